"""The whole life of jobs, held against a model: applied, killed, resumed, corrected, rolled back, looked at."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from job_life import Life
from job_model import Job
from job_server import FIELDS

# More, and others each time: AIOPEERTUBE_LIVES=500 pytest --hypothesis-seed=7 tests/migrate/test_life.py
MORE = os.environ.get("AIOPEERTUBE_LIVES")

# Mostly the same video and field, or little would meet.
VIDEOS = st.sampled_from([1, 1, 1, 2, 3])
NAMES = st.sampled_from([FIELDS[0], *FIELDS])
VALUES = st.dictionaries(NAMES, st.sampled_from(["One", "Two", "Three"]), min_size=1)
TABLES = st.dictionaries(VIDEOS, VALUES, min_size=1)
KILLS = st.just(0) | st.integers(1, 40)
FIRST = st.none() | st.none() | st.integers(1, 2)
SELDOM = st.sampled_from([False, False, False, True])


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
    @rule(table=TABLES, kill=KILLS, overwrite=SELDOM, first=FIRST)
    def apply(self, table: Any, kill: int, overwrite: bool, first: int | None) -> None:
        self.life.apply(table, kill, overwrite=overwrite, first=first)

    @precondition(lambda self: any(not job.parent for job in self.life.jobs))
    @rule(data=st.data(), kill=KILLS, overwrite=SELDOM, first=FIRST)
    def resume(self, data: Any, kill: int, overwrite: bool, first: int | None) -> None:
        self.life.resume(self._one(data, tables=True), kill=kill, overwrite=overwrite, first=first)

    @precondition(lambda self: any(not job.parent for job in self.life.jobs))
    @rule(data=st.data(), overwrite=SELDOM)
    def try_again_what_failed(self, data: Any, overwrite: bool) -> None:
        self.life.resume(self._one(data, tables=True), overwrite=overwrite, failed=True)

    @precondition(lambda self: any(not job.parent for job in self.life.jobs))
    @rule(data=st.data(), table=TABLES, kill=KILLS, overwrite=SELDOM, first=FIRST)
    def correct_and_resume(self, data: Any, table: Any, kill: int, overwrite: bool, first: int | None) -> None:
        self.life.resume(self._one(data, tables=True), table, kill, overwrite=overwrite, first=first)

    @precondition(lambda self: self.life.jobs)
    @rule(data=st.data(), kill=KILLS, first=FIRST)
    def roll_back(self, data: Any, kill: int, first: int | None) -> None:
        self.life.rollback(self._one(data), kill, first=first)

    @precondition(lambda self: any(job.parent for job in self.life.jobs))
    @rule(data=st.data(), kill=KILLS, failed=SELDOM)
    def go_on_rolling_back(self, data: Any, kill: int, failed: bool) -> None:
        self.life.go_on(self._one(data, rollbacks=True), kill, failed=failed)

    @precondition(lambda self: self.life.jobs)
    @rule(data=st.data(), kill=KILLS)
    def verify(self, data: Any, kill: int) -> None:
        self.life.verify(self._one(data), kill)

    @rule(video=VIDEOS, name=NAMES, value=st.sampled_from(["One", "Two", "Theirs"]))
    def a_colleague_edits(self, video: int, name: str, value: str) -> None:
        self.life.edit(video, name, value)

    @precondition(lambda self: self.life.jobs)
    @rule(video=VIDEOS, really=st.integers(0, 3))
    def a_colleague_deletes(self, video: int, really: int) -> None:
        if really == 3:  # now and then: of what is gone there is little to tell
            self.life.delete(video)

    @rule(video=VIDEOS)
    def a_video_cannot_be_read_for_a_while(self, video: int) -> None:
        self.life.server.unreadable ^= {video}

    @rule(video=VIDEOS)
    def a_video_cannot_be_changed_for_a_while(self, video: int) -> None:
        self.life.server.refused ^= {video}


JobsLive.TestCase.settings = settings(
    max_examples=int(MORE or 200),
    derandomize=MORE is None,
    stateful_step_count=15,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
TestJobsLive = JobsLive.TestCase
