"""Types of options' values, beyond click's own."""

import math
from typing import Any

import click


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
