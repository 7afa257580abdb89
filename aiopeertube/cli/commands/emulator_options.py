"""The options of `emulator`."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import click

from aiopeertube.cli.option_sets import option
from aiopeertube.cli.param_types import Finite

if TYPE_CHECKING:
    from aiopeertube.emulator import Fault

_FROM_ZERO = Finite(min=0)
_FROM_0_TO_1 = Finite(0, 1)


class Rate(click.ParamType["tuple[int, float] | None"]):
    """A rate limit like "50/10s", or "none"."""

    name = "rate"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, float] | None:
        """Read requests and seconds; None for no limit."""
        if value == "none":
            return None
        number, slash, seconds = str(value).removesuffix("s").partition("/")
        try:
            limit = int(number), float(seconds or 1)
        except ValueError:
            slash = ""
        if not slash or limit[0] < 1 or not 0 < limit[1] < math.inf:
            raise click.BadParameter(f'{value!r} is neither "none" nor like "50/10s"', ctx, param)
        return limit


class FaultType(click.ParamType["Fault"]):
    """A fault like "5xx=0.05" or "stall=0.01:2"."""

    name = "fault"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Fault":
        """Read kind, probability and seconds."""
        from aiopeertube.emulator import Fault  # noqa: PLC0415 - see the package

        kind, _, rest = str(value).partition("=")
        share, _, seconds = rest.partition(":")
        try:
            return Fault(kind, _FROM_0_TO_1(share or 1), seconds=_FROM_ZERO(seconds or 0))  # type: ignore[arg-type]
        except (ValueError, click.BadParameter) as exc:
            raise click.BadParameter(f"{value!r}: {exc}", ctx, param) from None


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The server's behaviour. The names are those of `EmulatorOptions`."""

    videos: int = option(
        "--videos", type=click.IntRange(min=0), default=50, show_default=True, help="How many videos it has."
    )
    file_size: int | None = option(
        "--file-size", type=click.IntRange(min=1), metavar="BYTES", help="Of each video. Default: by its length."
    )
    host: str = option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    port: int = option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on. Default: any.")
    server_version: Literal["6.3", "8.2"] = option(
        "--server-version",
        type=click.Choice(["6.3", "8.2"]),
        default="6.3",
        show_default=True,
        help="The release to look like.",
    )
    rate_limit: tuple[int, float] | None = option(
        "--rate-limit",
        type=Rate(),
        metavar="N/SECONDSs|none",
        default="50/10s",
        show_default=True,
        help="Requests per window; 50/10s is 50 in each 10 seconds.",
    )
    latency: float = option(
        "--latency", type=_FROM_ZERO, default=0.0, help="Seconds of network delay for each answer."
    )
    write_seconds: float = option(
        "--write-seconds",
        type=_FROM_ZERO,
        default=0.0,
        help="Seconds that one edit takes; parallel edits then fail as on a real server (0.045).",
    )
    access_token_lifetime: int = option(
        "--token-lifetime", type=click.IntRange(min=1), default=86399, help="Seconds that a token is valid."
    )
    faults: tuple["Fault", ...] = option(
        "--fault",
        type=FaultType(),
        metavar="KIND=PROBABILITY[:SECONDS]",
        multiple=True,
        help="429, 5xx, 5xx-after, reset, reset-after, stall, truncated or garbage, like 5xx=0.05 or stall=0.01:2.",
    )
    imports: bool = option(
        "--imports", is_flag=True, help="Let users import videos from URLs; nothing is ever fetched."
    )
    additional_extensions: bool = option(
        "--additional-extensions", is_flag=True, help="Take other files than .webm, .ogv and .mp4, like .mxf."
    )
    seed: int = option(
        "--seed", type=int, default=0, show_default=True, help="Seed of the data and of everything random."
    )
