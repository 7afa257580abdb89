"""Edits by rule, for all videos of a scope: set fields, find and replace, add and remove tags, or call a function."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from aiopeertube.errors import InputError
from aiopeertube.migrate.metadata import fields
from aiopeertube.migrate.metadata.fields import FIELDS, Reading
from aiopeertube.migrate.metadata.fitting import Cuts, Say, whole
from aiopeertube.migrate.metadata.passwords import SAFE
from aiopeertube.migrate.metadata.values import CLEARED, Ambiguous, unique
from aiopeertube.migrate.scope import Scope
from aiopeertube.migrate.suggestions import did_you_mean

from . import patterns
from .conditions import Condition, condition
from .functions import Change, called, changes_of, field_named, loaded

Video = Mapping[str, Any]
Made = TypeVar("Made")

_EDIT: Final = re.compile(r"([A-Za-z.]+)=(.*)", re.DOTALL)
_SET_OF_TEXT: Final = ("name", "description", "support")


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of a transform: the fields that it looks at, and how it changes their values in place.

    `whole` means that it looks at more of a video than its fields.
    """

    needs: frozenset[str]
    change: Callable[[dict[str, Any], Video], None]
    whole: bool = False


def setting(text: str, reading: Reading, cuts: Cuts | None = None) -> Rule:
    """Read FIELD=VALUE, the value as in a cell; an empty one clears.

    Raises:
        ValueError: no such field, or no such value.
    """
    found = _EDIT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not of the form FIELD=VALUE")
    name = field_named(found[1])
    if why := fields.too_new(name, reading.version):
        raise ValueError(why)
    value = _given(name, found[2], reading)
    if reading.fit and cuts is not None and value:
        cuts.note("every video", name, whole(name, found[2], reading), value)

    def change(values: dict[str, Any], video: Video) -> None:
        values[name] = value

    return Rule(frozenset({name}), change)


def _given(name: str, text: str, reading: Reading) -> Any:
    try:
        value = fields.parsed(name, text, reading)
        return fields.cleared(name) if value in (None, CLEARED) else value
    except Ambiguous:
        raise  # it says by which option it can be told
    except ValueError as exc:
        raise ValueError(f"{name}: {exc}") from None


def replacing(text: str, *, regex: bool = False) -> Rule:
    """Read FIELD/FIND/REPLACEMENT, where the second character sets what separates; for texts and tags.

    Raises:
        ValueError: it is not of that form, or the field is no text.
    """
    name, separator, rest = _split_at_separator(text)
    parts = rest.removesuffix(separator).split(separator) if rest.count(separator) > 1 else rest.split(separator)
    if len(parts) != 2 or not parts[0]:
        raise ValueError(f"{text!r} is not of the form FIELD/FIND/REPLACEMENT")
    replace = _by_regex(text, parts[0], parts[1]) if regex else _by_text(parts[0], parts[1])

    def change(values: dict[str, Any], video: Video) -> None:
        if name == "tags":
            values[name] = unique(new for tag in values[name] if (new := replace(tag, video)))
        elif values[name] is not None:
            values[name] = replace(values[name], video) or None

    return Rule(frozenset({name}), change)


def _by_text(find: str, put: str) -> Callable[[str, Video], str]:
    return lambda text, video: text.replace(find, put)


def _by_regex(rule: str, find: str, put: str) -> Callable[[str, Video], str]:
    try:
        pattern = patterns.compiled(find, put)
    except ValueError as exc:
        raise ValueError(f"{rule!r}: {exc}") from None

    def replace(text: str, video: Video) -> str:
        try:
            return patterns.replaced(pattern, put, text)
        except patterns.TooSlow:
            which = f"{video.get('uuid')}, {video.get('name')!r}"
            what = f"{rule!r} tries ever more ways; stopped after {patterns.SECONDS:g} s, at the video {which}"
            raise _said("replace_regex", what) from None

    return replace


def _split_at_separator(text: str) -> tuple[str, str, str]:
    found = re.match(r"[A-Za-z]+", text)
    name = found[0] if found else ""
    if name not in {*_SET_OF_TEXT, "tags"} or len(text) < len(name) + 2:
        meant = did_you_mean(name, (*_SET_OF_TEXT, "tags")) if name and name not in FIELDS else ""
        raise ValueError(
            f"{text!r} does not begin with name, description, support or tags, and then a separator{meant}"
        )
    return name, text[len(name)], text[len(name) + 1 :]


def tagging(add: Sequence[str], remove: Sequence[str]) -> Rule:
    """Add tags and remove others; the five-tag limit is checked on the result."""

    def change(values: dict[str, Any], video: Video) -> None:
        values["tags"] = unique({*values["tags"], *add} - {*remove})

    return Rule(frozenset({"tags"}), change)


def _tag(text: str, reading: Reading) -> str:
    """Return a tag that videos can have; one that will be cut to fit is looked at then.

    Raises:
        ValueError: the server would not take it.
    """
    if not reading.fit and (why := fields.refusal("tags", [text])):
        raise ValueError(why)
    return text


def calling(target: str | Change, reading: Reading, cuts: Cuts | None = None) -> Rule:
    """Call a function, or MODULE:FUNCTION (of the current directory too), with each video in full.

    It returns what to change. Fields are named as in a table; labels, dates and lists of tags are read as they are
    there, and None clears. It may return None or {} for "nothing".

    Raises:
        ConfigurationError: there is no such function.
    """
    function = loaded(target, arguments=("video",))

    def change(values: dict[str, Any], video: Video) -> None:
        values.update(changes_of(function, reading, video, cuts=cuts))

    return Rule(frozenset(fields.OPEN_FIELDS), change, whole=True)


@dataclass(frozen=True, slots=True)
class Transform:
    """Conditions, and rules for the videos that meet them all."""

    rules: Sequence[Rule]
    conditions: Sequence[Condition] = ()
    fit: Reading | None = None  # cuts what became too long, and says so to `cuts`
    cuts: Cuts | None = None

    @property
    def whole(self) -> bool:
        """Whether it looks at more of a video than its fields."""
        return any(rule.whole for rule in self.rules)

    def passes_over(self, row: Video) -> bool:
        """Tell whether the row of a list says already that a condition does not hold."""
        return any(condition.fails_in(row) for condition in self.conditions)

    @property
    def needs(self) -> frozenset[str]:
        """The fields that it looks at."""
        parts: tuple[Rule | Condition, ...] = (*self.rules, *self.conditions)
        return frozenset[str]().union(*(part.needs for part in parts))

    def wanted(self, video: Video) -> dict[str, Any]:
        """Return the values that the rules give a video; {} where a condition does not hold.

        Raises:
            ValueError: a value came out that the server would not take.
        """
        if not all(condition.holds(video) for condition in self.conditions):
            return {}
        needed = frozenset().union(*(rule.needs for rule in self.rules))
        before = fields.current(video, needed)
        values = dict(before)
        for rule in self.rules:
            rule.change(values, video)
        changed = {name: value for name, value in values.items() if name not in before or value != before[name]}
        for name in sorted(changed):
            changed[name] = self._fitted(video, name, changed[name])
            if why := fields.refusal(name, changed[name]):
                raise ValueError(f"{name}: {why}")
        return changed

    def _fitted(self, video: Video, name: str, value: Any) -> Any:
        if self.fit is None or not value or name not in {*_SET_OF_TEXT, "tags"}:
            return value
        fitted = fields.typed(name, value, self.fit)
        if self.cuts is not None:
            self.cuts.note(called(video), name, value, fitted)
        return fitted


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules as people write them.

    Attributes:
        edits: FIELD=VALUE, the value as in a cell; an empty one clears.
        where: Conditions that must all hold, like "language=nl", "name~film" or "views>100".
        replace: FIELD/FIND/REPLACEMENT, for texts and tags; the character after the field separates.
        replace_regex: The same with regular expressions.
        add_tag, remove_tag: Tags.
        function: MODULE:FUNCTION or a function: gets a video in full, returns the fields to change.
    """

    edits: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    replace_regex: tuple[str, ...] = ()
    add_tag: tuple[str, ...] = ()
    remove_tag: tuple[str, ...] = ()
    function: str | Change | None = None

    def transform(self, reading: Reading, *, say: Say = lambda line: None) -> Transform:
        """Make what changes a video; `say` hears what is cut to fit.

        Raises:
            InputError: a rule makes no sense, or there is none. ConfigurationError: there is no such function.
        """
        cuts = Cuts(say)
        rules = list(self._rules(reading, cuts))
        conditions = list(_each("where", lambda text: condition(text, reading), self.where))
        if not rules:
            raise InputError(f"Nothing to do: give an edit, a replacement, tags or a function; fields are {_NAMES}")
        return Transform(rules, conditions, reading if reading.fit else None, cuts)

    def _rules(self, reading: Reading, cuts: Cuts) -> Iterator[Rule]:
        yield from _each("", lambda text: setting(text, reading, cuts), self.edits)
        yield from _each("replace", replacing, self.replace)
        yield from _each("replace_regex", lambda text: replacing(text, regex=True), self.replace_regex)
        if self.add_tag or self.remove_tag:
            yield tagging([*_each("add_tag", lambda tag: _tag(tag, reading), self.add_tag)], self.remove_tag)
        if self.function:
            yield calling(self.function, reading, cuts)

    def described(self, scope: Scope) -> str:
        """Name a job by its rules, so that a later run finds it again."""
        function = self.function if isinstance(self.function, str) else getattr(self.function, "__qualname__", "")
        parts: dict[str, object] = {
            "channel": scope.channel,
            "account": scope.account,
            "mine": scope.mine,
            "where": self.where,
            "replace": self.replace,
            "replace_regex": self.replace_regex,
            "add_tag": self.add_tag,
            "remove_tag": self.remove_tag,
            "function": function,
        }
        return " ".join(
            ("set", *map(_described, self.edits), *(f"{name}={value}" for name, value in parts.items() if value))
        )


def _described(edit: str) -> str:
    """Write an edit as the name of a job may have it, which is kept: a seal in the place of a secret."""
    name, equals, text = edit.partition("=")
    if name not in fields.SECRET:
        return edit
    return name + equals + str(SAFE.seal([text]))


_NAMES: Final = ", ".join(FIELDS)


def _each(option: str, make: Callable[[str], Made], texts: Sequence[str]) -> Iterator[Made]:
    """Read what was given to an option, which errors name.

    Raises:
        InputError: one of it makes no sense.
    """
    for text in texts:
        try:
            yield make(text)
        except ValueError as exc:
            raise _said(option, str(exc)) from exc


def _said(option: str, what: str) -> InputError:
    error = InputError(f"{option}: {what}" if option else what)
    error.option = option
    return error
