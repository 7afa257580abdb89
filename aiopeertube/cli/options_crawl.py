"""The options of `crawl`."""

from dataclasses import dataclass
from typing import Any

import click

from aiopeertube.cli.option_sets import option
from aiopeertube.cli.param_types import Bytes, Duration, Folder


@dataclass(frozen=True, slots=True)
class CrawlFlags:
    """Which instances, who asks, and where to."""

    index: str | None = option(
        "--index", metavar="URL", help="Instances of an index, like https://instances.joinpeertube.org."
    )
    out: str = option(
        "--out",
        required=True,
        type=Folder(),
        metavar="OUT",
        help="A folder, an address like s3://bucket/crawl, or - for JSON lines on stdout.",
    )
    contact: str = option(
        "--contact",
        default="",
        metavar="MAIL|URL",
        help="Whom the instances can ask about your requests: an address of mail or of a page. Needed.",
    )
    format: str = option(
        "--format",
        type=click.Choice(["jsonl", "parquet"]),
        default="jsonl",
        show_default=True,
        help="How videos are written.",
    )
    filter: tuple[str, ...] = option(
        "--filter",
        metavar="KEY=VALUE",
        multiple=True,
        help="A filter of the list of videos, like nsfw=both; repeat it for lists. Default: isLocal=true.",
    )
    resume: bool = option("--resume", is_flag=True, help="Go on with the crawl in OUT.")
    resume_failed: bool = option(
        "--resume-failed", is_flag=True, help="Go on like --resume, and visit again what was away, odd or at a bound."
    )
    at_once: int = option(
        "--at-once",
        type=click.IntRange(min=1),
        default=500,
        show_default=True,
        help="Instances that are visited at the same time.",
    )
    dask: str | None = option(
        "--dask",
        metavar="ADDRESS",
        help="Visit from the workers of a Dask cluster, by its scheduler, like tcp://machine:8786.",
    )


@dataclass(frozen=True, slots=True)
class BoundFlags:
    """What one instance may take before it is left."""

    pages: int | None = option(
        "--max-pages", type=click.IntRange(min=1), metavar="N", help="Pages of 100 videos. Default: 10,000."
    )
    seconds: float | None = option("--max-visit", type=Duration(), help="Time, like 90s, 15m or 2h. Default: 4h.")
    bytes: int | None = option("--max-bytes", type=Bytes(), metavar="BYTES", help="Bytes, like 500M. Default: 2G.")

    def given(self) -> dict[str, Any]:
        """Return those that were given."""
        all_of_them = {"pages": self.pages, "seconds": self.seconds, "bytes": self.bytes}
        return {name: value for name, value in all_of_them.items() if value is not None}
