"""The model of a job: what was wanted of which video, what a look at it found, and what was written.

It knows nothing of how a journal is kept. Each method that looks at videos does so as the job must.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from job_server import Edit, Server, Values

Key = tuple[int, tuple[tuple[str, str], ...]]  # a video, and what is wanted of it


@dataclass(slots=True)
class Wish:
    """What was wanted of a video, and how that stands.

    `seen` are fields as the last look found them, of those that were to be changed or are in conflict, or as the job
    left them; `wrote` is how many writes to the video the job had made when it was settled. What a rollback wants may
    be planned without a look: `expected` is what is to be there of it.
    """

    state: str = "new"
    seen: Values = field(default_factory=dict)
    planned: Values = field(default_factory=dict)  # what is to be written
    apart: Values = field(default_factory=dict)  # what is in conflict beside that
    wrote: int = 0
    expected: Values = field(default_factory=dict)

    def unseen(self, values: Values) -> "Wish":
        """Return it as one that is planned without a look."""
        seen = {name: self.expected[name] for name in values}
        return replace(self, state="open", seen=seen, planned=values, apart={})

    def unlooked(self) -> "Wish":
        """Return it as one that is to be looked at (again)."""
        return replace(self, state="open", planned={}, apart={})


@dataclass(slots=True)
class Job:
    """What a job has done, as far as anybody need know.

    `chains` are its writes by video, `wishes` what it wanted by video and values, `last` the latest wish of a video.
    """

    path: Path
    table: Path | None = None
    parent: "Job | None" = None
    undone: str = ""  # the journal of the rollback that undid it
    chains: dict[int, list[Edit]] = field(default_factory=dict)
    wishes: dict[Key, Wish] = field(default_factory=dict)
    last: dict[int, Key] = field(default_factory=dict)
    wanted: dict[int, Values] = field(default_factory=dict)  # by its last table

    def copy(self) -> "Job":
        """Return it as it is now."""
        wishes = {key: replace(wish) for key, wish in self.wishes.items()}
        chains = {video: [*chain] for video, chain in self.chains.items()}
        return replace(self, wishes=wishes, chains=chains, last={**self.last})

    def wish(self, video: int, values: Values) -> Wish:
        """Return what is known of a wish, which is the latest now."""
        self.last[video] = key = (video, tuple(sorted(values.items())))
        return self.wishes.setdefault(key, Wish())

    def doubts(self) -> Iterator[tuple[int, Wish]]:
        """Give the wishes of which nobody knows what became of them."""
        return ((video, wish) for (video, _), wish in self.wishes.items() if wish.state == "doubt")

    def left(self, video: int) -> Values:
        """Return what it wrote last."""
        return {name: value for edit in self.chains[video] for name, value in edit.after.items()}

    def may_have_left(self, video: int) -> Values:
        """Return what it wrote last, with what nobody knows whether it did."""
        left = self.left(video) if video in self.chains else {}
        for of, wish in self.doubts():
            left |= wish.planned if of == video else {}
        return left

    def firsts(self) -> dict[int, Values]:
        """Return what was there before it, of each video that it wrote to, or may have."""
        chains = {video: [*chain] for video, chain in self.chains.items()}
        for video, wish in self.doubts():
            chains.setdefault(video, []).append(Edit(video, wish.seen, wish.planned))
        return {video: _first(chain) for video, chain in chains.items()}

    def not_done(self) -> int:
        """Count what it has not done."""
        latest = [self.wishes[key] for key in self.last.values()]
        undone = sum((wish.state in {"failed", "conflict"}) + bool(wish.apart) for wish in latest)
        return undone + sum(wish.state in {"new", "open", "doubt"} for wish in self.wishes.values())

    def stands(self, video: int, now: Values | None) -> bool:
        """Tell whether a video is as the job left it."""
        return now is not None and all(now[name] == value for name, value in self.left(video).items())

    # -- looking ---------------------------------------------------------------------------------

    def settle(self, server: Server) -> None:
        """Find out what became of what was in flight at a kill, as the next verb must."""
        for video, wish in [*self.doubts()]:
            now = server.look(video)
            if now is None:
                wish.state = "doubt" if video in server.videos else "failed"
            else:
                self._settle(video, wish, now)

    def _settle(self, video: int, wish: Wish, now: Values) -> None:
        before, after = wish.seen, wish.planned
        known = [name for name in after if now[name] in (before[name], after[name])]
        if known and all(now[name] == after[name] for name in known):
            self.wrote(wish, Edit(video, dict(before), dict(after)))
        elif all(now[name] == before[name] for name in after):
            wish.state = "open"
        else:
            wish.state = "conflict"

    def wrote(self, wish: Wish, edit: Edit) -> None:
        """Take in an edit that was carried out."""
        chain = self.chains.setdefault(edit.video, [])
        chain.append(edit)
        wish.state, wish.wrote = "changed", len(chain)
        wish.seen = wish.seen | edit.after

    def skip_others(self, wanted: Mapping[int, Values]) -> None:
        """Leave out what is not asked for any more."""
        kept = {(video, tuple(sorted(values.items()))) for video, values in wanted.items()}
        for key, wish in self.wishes.items():
            if key not in kept and wish.state in {"new", "open"}:
                wish.state = "skipped"

    def _is_settled(self, wish: Wish, wrote: int, *, failed_again: bool, states: set[str]) -> bool:
        if wish.state == "doubt":
            return True  # still
        states = states if failed_again else states | {"failed"}
        return wish.state in states and wrote == wish.wrote and not wish.apart

    def compare(
        self, server: Server, video: int, values: Values, *, overwrite: bool = False, again: bool = False
    ) -> Values:
        """Look at a video for a row of a table; return what is to be written.

        `overwrite` replaces what others changed since an earlier look, `again` tries again what failed.
        """
        wish, wrote = self.wish(video, values), len(self.chains.get(video, ()))
        if self._is_settled(wish, wrote, failed_again=again, states={"changed", "unchanged"}):
            return {}
        if wrote != wish.wrote and wish.state != "new":
            own = {name: v for e in self.chains.get(video, [])[wish.wrote :] for name, v in e.after.items()}
            wish.seen = wish.seen | own
        wish.apart, wish.planned, wish.wrote = {}, {}, wrote
        now = server.look(video)
        if now is None:
            wish.state = "failed"
            return {}
        differ = {name: value for name, value in values.items() if now[name] != value}
        foreign = {name for name in differ if wish.seen.get(name, now[name]) != now[name] and not overwrite}
        wish.planned = {name: value for name, value in differ.items() if name not in foreign}
        wish.seen = {name: wish.seen[name] if name in foreign else now[name] for name in differ}
        wish.state = "open" if wish.planned else "conflict" if foreign else "unchanged"
        if foreign and wish.planned:
            wish.apart = {name: differ[name] for name in foreign}
        return wish.planned

    def undo(self, server: Server, back: "Job", video: int, values: Values, *, again: bool = False) -> Values:
        """Look at a video for a rollback; return what is to be written."""
        wish, wrote, expected = back.wish(video, values), len(back.chains.get(video, ())), self.may_have_left(video)
        is_old = expected != wish.expected and wish.state not in {"changed", "doubt"}  # more was written since
        settled = {"changed", "unchanged", "conflict"}
        if not is_old and back._is_settled(wish, wrote, failed_again=again, states=settled):
            return {}
        wish.wrote, wish.expected = wrote, expected
        now = server.look(video)
        if now is None:
            wish.state, wish.planned = "failed", {}
            return {}
        differ = {name: value for name, value in values.items() if now[name] != value}
        wish.seen = {name: now[name] for name in differ}
        if any(now[name] != wish.expected[name] for name in differ):
            wish.state = "conflict"
            return {}
        wish.state, wish.planned = "open" if differ else "unchanged", differ
        return differ


def _first(chain: list[Edit]) -> Values:
    """Return what was there before, or what others left between two writes."""
    first: Values = {}
    after: Values = {}
    for edit in chain:
        first |= {name: value for name, value in edit.before.items() if after.get(name) != value}
        after |= edit.after
    return first
