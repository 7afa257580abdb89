"""What commands over many items know of a noun: what one is called, and how it is named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiopeertube.errors import InputError, InvalidIdentifier
from aiopeertube.wire.identifiers import handle_problem, language_problem, video_problem

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of item: its word, the name in a row that `list` writes, and what is wrong with a name."""

    word: str
    name_in: Callable[[Row], object]
    problem: Callable[[str], InputError | None]


def _first_of(*fields: str) -> Callable[[Row], object]:
    return lambda row: next((row[field] for field in fields if row.get(field)), None)


def _handle(row: Row) -> object:
    """Return the name of a channel, with its host where it is elsewhere."""
    name, host = row.get("name") or row.get("channel"), row.get("host")
    return f"{name}@{host}" if name and host and not row.get("isLocal", True) else name


def _language(row: Row) -> object:
    language = row.get("language")
    return language.get("id") if isinstance(language, Mapping) else language


def _comment(row: Row) -> object:
    ids = row.get("videoId"), row.get("id")
    return f"{ids[0]}/{ids[1]}" if all(ids) else row.get("comment")


def _number_problem(word: str) -> Callable[[str], InputError | None]:
    def problem(text: str) -> InputError | None:
        if text.isascii() and text.isdigit() and 0 < len(text) < 17 and text[0] != "0":
            return None
        return InvalidIdentifier(f"{text[:80]!r} is not the id of {word}, a number")

    return problem


def _comment_problem(text: str) -> InputError | None:
    video, slash, comment = text.partition("/")
    if slash and video_problem(video) is None and _number_problem("a comment")(comment) is None:
        return None
    return InvalidIdentifier(f"{text[:80]!r} is not a comment; it looks like 7/42, the ids of video and comment")


def _job(row: Row) -> object:
    names = row.get("type"), row.get("id")
    return f"{names[0]}/{names[1]}" if all(names) else row.get("job")


def _job_problem(text: str) -> InputError | None:
    kind, slash, number = text.partition("/")
    if slash and kind and number and "/" not in number:
        return None
    return InvalidIdentifier(f"{text[:80]!r} is not a job; it looks like video-transcoding/42, its type and id")


VIDEO: Final = Noun("video", _first_of("uuid", "shortUUID", "id", "video"), video_problem)
CHANNEL: Final = Noun("channel", _handle, lambda name: handle_problem("channel", name))
PLAYLIST: Final = Noun("playlist", _first_of("uuid", "shortUUID", "id", "playlist"), video_problem)
ELEMENT: Final = Noun("element", _first_of("id", "element"), _number_problem("an element of a playlist"))
LANGUAGE: Final = Noun("language", _language, language_problem)
COMMENT: Final = Noun("comment", _comment, _comment_problem)
USER: Final = Noun("user", _first_of("id", "user"), _number_problem("a user"))
JOB: Final = Noun("job", _job, _job_problem)
IMPORT: Final = Noun("import", _first_of("id", "import"), _number_problem("an import"))


def check(names: Sequence[str], noun: Noun = VIDEO) -> None:
    """Check names before anything is sent; those of stdin ("-") are checked line by line.

    Raises:
        InvalidIdentifier: the first that is not one.
    """
    for name in names:
        if name != "-" and (problem := noun.problem(name)):
            raise problem
