"""What of the values of a video fits the instance that it is copied to; what does not is left out and told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.english import LABELS
from aiopeertube.migrate.metadata.field_reads import PASSWORDS
from aiopeertube.migrate.metadata.values import js_trimmed
from aiopeertube.migrate.metadata.vocabulary import Vocabulary
from aiopeertube.wire.fields import problem_of

ORIGINALLY: Final = "originallyPublishedAt"
_LISTED: Final = ("category", "licence")  # of which a server takes no other than its own
_OF_NSFW: Final = ("nsfwFlags", "nsfwSummary")
_NOT_OURS: Final = frozenset({"channel", PASSWORDS})
_NOTHING: Final[tuple[Any, ...]] = (None, "", 0, [])


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of the instance that is copied to, and how copies are wanted there.

    `channels` are names of channels there by their names here, where these differ; `dates` gives videos that have no
    original date that of their publication; `via` is "upload" or "import".
    """

    version: tuple[int, ...]
    words: Vocabulary
    channels: Mapping[str, str] = field(default_factory=dict)
    dates: bool = True
    via: str = "upload"

    def channel(self, name: str) -> str:
        """Return what the channel of a name there is called here."""
        return self.channels.get(name, name)


def fields_here(target: Target, video: Mapping[str, Any], lost: dict[str, str]) -> dict[str, Any]:
    """Read what both servers know; what this one does not goes into `lost`, by field."""
    there = [name for name, one in fields.FIELDS.items() if name not in _NOT_OURS and _is_known(video, one.key)]
    values = fields.current(video, there)
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in _OF_NSFW and not values.get("nsfw"):
            continue
        here, why = _fitted(target, name, value, video)
        if why and value not in _NOTHING:
            lost[name] = why
        if not why or here not in _NOTHING:
            found[name] = here
    if target.dates and found.get(ORIGINALLY) is None and (at := _published(video)):
        found[ORIGINALLY] = at
    return found


def _is_known(video: Mapping[str, Any], key: str) -> bool:
    return not key or key in video


def _fitted(target: Target, name: str, value: Any, video: Mapping[str, Any]) -> tuple[Any, str]:
    """Return what a value is here, and why it is not what it was there; "" where it is."""
    if why := fields.too_new(name, target.version):
        return None, why
    if name in _LISTED and value is not None:
        return _listed(target, name, value, (video.get(name) or {}).get("label"))
    if name == "name":
        return js_trimmed(value), ""
    if problem := problem_of({fields.FIELDS[name].wire or name: value}):
        return _tags_that_fit(value) if name == "tags" else (None, str(problem).removeprefix(f"{name}: "))
    return value, ""


def _listed(target: Target, name: str, value: Any, label: Any) -> tuple[Any, str]:
    """Find a category or licence of an instance among those of another: plugins add some, under numbers of their own.

    One that a server has by itself keeps its number, also where it is called otherwise.
    """
    labels = target.words.labels.get(name)
    if not labels or labels.get(str(value)) == label:
        return value, ""
    alike = [number for number, text in labels.items() if text == label]
    if len(alike) == 1 and alike[0].isdecimal():
        return int(alike[0]), ""
    if str(value) in labels and (label is None or str(value) in LABELS[name]):
        return value, ""
    return None, f"the instance has no {name} {value}"


def _tags_that_fit(tags: list[str]) -> tuple[list[str], str]:
    kept: list[str] = []
    for tag in tags:
        if problem_of({"tags": [*kept, tag]}) is None:
            kept.append(tag)
    return kept, f"the instance takes {len(kept)} of them"


def _published(video: Mapping[str, Any]) -> str | None:
    """Return when a video was published, where it has been."""
    if fields.FIELDS["privacy"].read(video) == fields.PRIVATE:
        return None
    at = fields.FIELDS[ORIGINALLY].read({ORIGINALLY: video.get("publishedAt")})
    return at if isinstance(at, str) else None
