"""What type checkers have to refuse; never run.

Each line is commented with the error that it must give: a comment on a line without that error is an error itself,
for mypy and for pyright.
"""

import asyncio

import aiopeertube
from aiopeertube import PeerTub  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
from aiopeertube.emulator import Emulato  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]

# What is refused is of unknown type; that it is refused is what counts.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

__all__ = ["Emulato", "PeerTub"]


async def names_and_values(pt: aiopeertube.PeerTube) -> None:
    pt.videoes.get(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    pt.videos.update(1, nmae="abc")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pt.videos.update(1, name=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.videos.update(1, category=float("nan"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.videos.list(sortt="name")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    str((await pt.me.get())["nmae"])  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]


async def what_a_bulk_run_takes(pt: aiopeertube.PeerTube) -> None:
    pt.bulk([pt.videos.list()])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.bulk(pt.videos.list())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pt.bulk([await pt.me.get()])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def a_call_is_no_coroutine(pt: aiopeertube.PeerTube) -> None:
    await asyncio.create_task(pt.me.get())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
