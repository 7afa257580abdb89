"""/videos/{id}/chapters."""

from collections.abc import Sequence

from aiopeertube.errors import InputError, InvalidField
from aiopeertube.types.video_parts import Chapter
from aiopeertube.types.video_parts import Chapters as ChaptersSchema
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import VideoRef, video_problem
from aiopeertube.wire.sendable import whole_problem

from ._api import Noun
from ._checks import body_text_problem, first
from ._video_parts import below, opened


class Chapters(Noun):
    """The chapters of a video, all at once."""

    __slots__ = ()

    def get(self, video: VideoRef, *, videoPassword: str | None = None) -> Call[ChaptersSchema]:
        """Get the chapters, in order."""
        return self._ask("GET", below(video, "/chapters"), video_problem(video), headers=opened(videoPassword))

    def update(self, video: VideoRef, *, chapters: Sequence[Chapter]) -> Call[None]:
        """Replace all chapters; an empty list removes them. No two may start at the same second."""
        problem = first(video_problem(video), *(_problem_of(chapter) for chapter in chapters), _twice(chapters))
        return self._do("PUT", below(video, "/chapters"), problem, json={"chapters": list(chapters)})


def _problem_of(chapter: Chapter) -> InputError | None:
    try:
        timecode, title = chapter["timecode"], chapter["title"]
    except (KeyError, TypeError):
        return InvalidField("chapters", "each has a timecode and a title")
    return whole_problem("timecode", timecode) or body_text_problem("title", title, 1, 100)


def _twice(chapters: Sequence[Chapter]) -> InputError | None:
    starts = [chapter.get("timecode") for chapter in chapters if isinstance(chapter, dict)]
    found = next((start for start in starts if starts.count(start) > 1), None)
    return None if found is None else InvalidField("chapters", f"two of them start at second {found}")
