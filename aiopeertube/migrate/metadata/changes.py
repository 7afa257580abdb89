"""From what is wanted of a video to what is sent: what fields ask for, and drop, with each other."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiopeertube.errors import InvalidField

from .field_reads import PASSWORDS, Video, taken_as
from .fields import AT, DATES, FIELDS, PRIVATE, PROTECTED, THEN, Values, current, unknown_here
from .passwords import SAFE


def needed_for(names: Iterable[str]) -> set[str]:
    """Name the fields that have to be known of a video before these can be changed."""
    needed = set(names)
    if needed & {AT, THEN}:
        needed |= {AT, THEN}
    if needed & {PASSWORDS, *_OF_NSFW}:
        needed |= {"privacy", "nsfw"}
    return needed


_OF_NSFW: Final = ("nsfwFlags", "nsfwSummary")


def driver(name: str) -> str:
    """Name the field with which the server drops this one; "" where there is none."""
    return "nsfw" if name in _OF_NSFW else AT if name == THEN else ""


def dropped(wanted: Mapping[str, Any]) -> list[str]:
    """Name the fields that the server drops with what is wanted."""
    of_nsfw = _OF_NSFW if wanted.get("nsfw") is False else ()
    return [*of_nsfw, *((THEN,) if AT in wanted and wanted[AT] is None else ())]


def clash(wanted: Mapping[str, Any]) -> str:
    """Say which values cannot be wanted together, whatever the video is like; "" when all can."""
    if wanted.get("nsfw") is False and (flagged := [name for name in _OF_NSFW if wanted.get(name)]):
        return f"nsfw false drops {flagged[0]}, so both cannot be set"
    if wanted.get(PASSWORDS) and wanted.get("privacy", PROTECTED) != PROTECTED:
        return _ONLY_PROTECTED
    if AT in wanted and wanted[AT] is None and wanted.get(THEN) is not None:
        return f"a schedule needs {AT}"
    return ""


def change(wanted: Mapping[str, Any], video: Video) -> tuple[Values, Values]:
    """Return what has to change of a video: the values before and after, of the same fields.

    That includes what the server drops with it, and what it asks for with it.

    Raises:
        ValueError: it cannot be changed so; the message says what is missing.
    """
    if why := unknown_here(video, wanted):
        raise ValueError(why)
    now = current(video, needed_for(wanted))
    whole = _completed(dict(wanted), now, video)
    now |= current(video, whole)
    other = {name for name, value in whole.items() if value != now[name]}
    if other & {AT, THEN}:
        other |= {AT, THEN}
    after = {name: whole[name] for name in whole if name in other}
    _check_passwords(after, now)
    return {name: now[name] for name in after}, after


def _completed(wanted: Values, now: Values, video: Video) -> Values:
    if why := clash(wanted):
        raise ValueError(why)
    if PASSWORDS in wanted and not wanted[PASSWORDS] and wanted.get("privacy", now["privacy"]) == PROTECTED:
        raise ValueError("a video that is password protected has one password at least")
    if wanted.get("nsfw") is False:
        wanted |= {name: FIELDS[name].empty for name in _OF_NSFW if name in video}
    elif any(wanted.get(name) for name in _OF_NSFW) and not wanted.get("nsfw", now["nsfw"]):
        raise ValueError(_ONLY_NSFW)
    if AT in wanted and wanted[AT] is None:
        wanted[THEN] = None
    elif AT in wanted or THEN in wanted:
        wanted = {AT: now[AT], THEN: now[THEN]} | wanted
        if wanted[AT] is None and wanted[THEN] is not None:
            raise ValueError(f"a schedule needs {AT}, and the video has none")
    return wanted


def written(after: Mapping[str, Any]) -> Values:
    """Return what a change leaves in fields: no video but a protected one has passwords."""
    leaves = after.get("privacy", PROTECTED) != PROTECTED
    return {**after, PASSWORDS: None} if leaves else dict(after)


def missing(values: Mapping[str, Any]) -> str:
    """Say what a new video lacks that its other fields ask for; "" when nothing."""
    if values.get("privacy") == PROTECTED and not values.get(PASSWORDS):
        return _NEEDS_PASSWORDS
    if values.get(PASSWORDS) and values.get("privacy") != PROTECTED:
        return _ONLY_PROTECTED
    if any(values.get(name) for name in _OF_NSFW) and not values.get("nsfw"):
        return _ONLY_NSFW
    if values.get(THEN) is not None and values.get(AT) is None:
        return f"a schedule needs {AT}"
    return ""


_NEEDS_PASSWORDS: Final = f"privacy {PROTECTED} (password protected) needs {PASSWORDS}, a column beside it"
_ONLY_PROTECTED: Final = f"only videos with privacy {PROTECTED} (password protected) have {PASSWORDS}"
_ONLY_NSFW: Final = "only videos whose nsfw is true have nsfwFlags and nsfwSummary; set nsfw, too"


def _check_passwords(after: Values, now: Values) -> None:
    seal = after.get(PASSWORDS)
    if after.get("privacy") == PROTECTED and not seal:
        raise ValueError(_NEEDS_PASSWORDS)
    if seal and after.get("privacy", now["privacy"]) != PROTECTED:
        raise ValueError(_ONLY_PROTECTED)
    if seal and SAFE.opened(seal) is None:
        raise ValueError("the passwords are kept nowhere; set privacy and videoPasswords by a table")


def for_ever(before: Mapping[str, Any], after: Mapping[str, Any], version: tuple[int, ...] = ()) -> list[str]:
    """Name what a rollback of a change cannot bring back; `version` is the server's, () where it is not known."""
    lost = ["publishedAt"] if _moves_date(before, after, version) else []
    left = before.get("privacy") == PROTECTED
    if left or (before.get(PASSWORDS) and after.get(PASSWORDS)):
        lost.append(PASSWORDS)
    return lost


def _moves_date(before: Mapping[str, Any], after: Mapping[str, Any], version: tuple[int, ...]) -> bool:
    """Tell whether a video is published anew, by a change or by its rollback.

    A video that was private is published when it is so no longer. In 8.x a schedule sets the date to its own, and
    taking it away to now: so that of a schedule comes back with it, and no other.
    """
    if AT in before and version >= (8,):
        return before[AT] is None
    return PRIVATE in {before.get("privacy"), after.get("privacy")}


def on_the_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make the fields of an update, with what the server asks for beside them.

    Raises:
        InvalidField: passwords that this process has not seen.
    """
    values = {name: _dated(value) if name in DATES else value for name, value in values.items()}
    sent = {FIELDS[name].wire or name: value for name, value in values.items() if name not in _TOGETHER}
    if AT in values:
        sent["scheduleUpdate"] = _schedule(values)
    if any(values.get(name) for name in _OF_NSFW):
        sent.setdefault("nsfw", True)
    if values.get(PASSWORDS):
        sent |= {"privacy": PROTECTED, PASSWORDS: _opened(values[PASSWORDS])}
    return sent


def _dated(value: Any) -> Any:
    return taken_as(value) or value if isinstance(value, str) else value


_TOGETHER: Final = frozenset({AT, THEN, PASSWORDS})


def _schedule(values: Mapping[str, Any]) -> dict[str, Any] | None:
    if values[AT] is None:
        return None
    then = values.get(THEN)
    return {"updateAt": values[AT]} | ({} if then is None else {"privacy": then})


def _opened(seal: str) -> list[str]:
    found = SAFE.opened(seal)
    if found is None:
        raise InvalidField(PASSWORDS, "they are kept nowhere, and have to be read from the table again")
    return list(found)
