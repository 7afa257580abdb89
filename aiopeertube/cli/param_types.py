"""Types of options' values, beyond click's own."""

import math
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

_SECONDS: Final = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_UNITS: Final = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


class Concurrency(click.ParamType[int | str]):
    """A positive integer, or "auto"."""

    name = "auto|N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Read the number, or "auto"."""
        if value == "auto":
            return "auto"
        if str(value).isascii() and str(value).isdigit() and int(value) >= 1:
            return int(value)
        raise click.BadParameter(f'must be "auto" or a positive integer, not {value!r}', ctx, param)


class Finite(click.FloatRange):
    """A range of finite numbers: click compares, and NaN passes all comparisons."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            raise click.BadParameter(f"{value!r} is not a finite number", ctx, param)
        return number


class Secret(click.ParamType[str]):
    """A token or one-time code for a header; blanks, which come with copying, are removed."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the secret; no error shows it."""
        text = "".join(str(value).split())
        if text.isascii() and text.isprintable():
            return text
        raise click.BadParameter("it contains invalid characters", ctx, param)


class Labelled(click.ParamType[int]):
    """A constant of the API, by its label or its id."""

    name = "label"

    def __init__(self, **ids: int) -> None:
        self._ids = {label.replace("_", "-"): number for label, number in ids.items()}

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Name the labels."""
        return f"[{'|'.join(self._ids)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read one."""
        text = str(value).casefold()
        number = self._ids.get(text, int(text) if text.isascii() and text.isdigit() else -1)
        if number not in self._ids.values():
            self.fail(f"{value!r} is not one of {', '.join(map(repr, self._ids))}, or an id of these.", param, ctx)
        return number

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Complete a label."""
        return [CompletionItem(label) for label in self._ids if label.startswith(incomplete.casefold())]


class File(click.ParamType[str]):
    """The name of a file, which a shell completes."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Leave it as it is."""
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Let the shell complete it."""
        return [CompletionItem(incomplete, type="file")]


class Folder(File):
    """The name of a folder, which a shell completes."""

    name = "folder"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Let the shell complete it."""
        return [CompletionItem(incomplete, type="dir")]


class Bytes(click.ParamType[int]):
    """A number of bytes, like 500M or 2G; "unlimited" is -1, as the API has it."""

    name = "bytes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read one."""
        text = str(value).strip().casefold()
        if text in {"unlimited", "-1"}:
            return -1
        unit = text[-1:] if text[-1:].isalpha() else ""
        number = text.removesuffix(unit)
        if not (number.isascii() and number.isdigit() and unit in _UNITS):
            self.fail(f"{value!r} is not a number of bytes like 500M or 2G, or unlimited", param, ctx)
        return int(number) * _UNITS[unit]


class Duration(click.ParamType[float]):
    """Seconds, written like 90, 90s, 15m or 2h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one."""
        if isinstance(value, float):
            return value
        number = str(value).rstrip("hmins")
        try:
            seconds = float(number) * _SECONDS[str(value)[len(number) :] or "s"]
        except (ValueError, KeyError):
            seconds = 0.0
        if not 0 < seconds < math.inf:
            raise click.BadParameter(f"{value!r} is not a duration like 90s, 15m or 2h", ctx, param)
        return seconds
