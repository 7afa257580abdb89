"""The whole life of jobs, held against a model: applied, killed, resumed, corrected, rolled back, looked at."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from job_life import FIELDS, Job, Life

RUNS = int(os.environ.get("JOB_LIVES", "200"))

VIDEOS = st.integers(1, 3)
VALUES = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["One", "Two", "Three"]), min_size=1)
TABLES = st.dictionaries(VIDEOS, VALUES, min_size=1)
KILLS = st.none() | st.tuples(st.integers(1, 4), st.sampled_from(["before", "after"]))


class JobsLive(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.life = Life(3)

    def teardown(self) -> None:
        self.life.close()

    def _one(self, data: Any, *, tables: bool = False, rollbacks: bool = False) -> Job:
        jobs = [job for job in self.life.jobs if not (tables and job.parent) and not (rollbacks and not job.parent)]
        number: int = data.draw(st.integers(0, len(jobs) - 1))
        return jobs[number]

    @precondition(lambda self: len(self.life.jobs) < 3)
    @rule(table=TABLES, kill=KILLS)
    def apply(self, table: Any, kill: Any) -> None:
        self.life.apply(table, kill)

    @precondition(lambda self: any(not job.parent for job in self.life.jobs))
    @rule(data=st.data(), kill=KILLS)
    def resume(self, data: Any, kill: Any) -> None:
        self.life.resume(self._one(data, tables=True), kill=kill)

    @precondition(lambda self: any(not job.parent for job in self.life.jobs))
    @rule(data=st.data(), table=TABLES, kill=KILLS)
    def correct_and_resume(self, data: Any, table: Any, kill: Any) -> None:
        self.life.resume(self._one(data, tables=True), table, kill)

    @precondition(lambda self: self.life.jobs)
    @rule(data=st.data(), kill=KILLS)
    def roll_back(self, data: Any, kill: Any) -> None:
        self.life.rollback(self._one(data), kill)

    @precondition(lambda self: any(job.parent for job in self.life.jobs))
    @rule(data=st.data(), kill=KILLS)
    def go_on_rolling_back(self, data: Any, kill: Any) -> None:
        back = self._one(data, rollbacks=True)
        assert back.parent is not None
        self.life.rollback(back.parent, kill, resume=back)

    @precondition(lambda self: self.life.jobs)
    @rule(data=st.data())
    def verify(self, data: Any) -> None:
        self.life.verify(self._one(data))

    @rule(video=VIDEOS, name=st.sampled_from(FIELDS), value=st.sampled_from(["One", "Two", "Theirs"]))
    def a_colleague_edits(self, video: int, name: str, value: str) -> None:
        self.life.edit(video, name, value)

    @precondition(lambda self: self.life.jobs)
    @rule(video=VIDEOS, really=st.integers(0, 3))
    def a_colleague_deletes(self, video: int, really: int) -> None:
        if really == 3:  # now and then: of what is gone there is little to tell
            self.life.delete(video)


JobsLive.TestCase.settings = settings(
    max_examples=RUNS,
    stateful_step_count=12,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
TestJobsLive = JobsLive.TestCase
