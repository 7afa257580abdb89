"""The recording of 8.2.1. Requests are in it as they were sent, but for credentials."""

from itertools import count
from typing import Any

from recordings import Recording, rows_of

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.options import UserOptions
from aiopeertube.emulator.wire.video_files import SourceFile

# The file that was uploaded had this length and this beginning.
VIDEO = b"\x00\x00\x00 ftypisom\x00\x00\x02\x00isomiso2avc1mp41".ljust(1714, b".")
ROWS = rows_of("8.2.1")
NUMBERS = {row["name"]: number for number, row in enumerate(ROWS)}
PASSWORDS = {"root": "test12345", "maker": "secret123", "twofa": "secret456"}


def _at(*names: str) -> tuple[int, ...]:
    return tuple(NUMBERS[name] for name in names)


def _uuid(name: str) -> str:
    uuid: str = ROWS[NUMBERS[name]]["response"]["body"]["video"]["uuid"]
    return uuid


def _fill(server: Emulator) -> None:
    store = server.store
    store.community.numbers["playlist"] = count(
        ROWS[NUMBERS["playlist create"]]["response"]["body"]["videoPlaylist"]["id"]
    )
    mine, roots = store.channels["maker_channel"], store.channels["root_channel"]
    first = ROWS[NUMBERS["video"]]["response"]["body"]["uuid"]
    source = SourceFile("t.mp4", len(VIDEO), "", store.channels["maker_channel"].created_at)
    for number, uuid in ((1, first), (2, None), (3, None)):
        more: dict[str, Any] = {"tags": ("tag one", "tag two"), "source": source}
        store.add_video(f"R {number}", mine, description=f"Original description {number}", uuid=uuid, **more)
    store.add_video("Root", roots, uuid=ROWS[NUMBERS["put somebody else's"]]["request"]["path"].rpartition("/")[2])


RECORDING = Recording(
    version="8.2.1",
    rows=ROWS,
    video=VIDEO,
    users=(
        UserOptions("root", PASSWORDS["root"], "administrator"),
        UserOptions("maker", PASSWORDS["maker"]),
        UserOptions("twofa", PASSWORDS["twofa"], otp="123456"),
    ),
    fill=_fill,
    logins={**dict(zip(_at("login", "login admin", "refresh"), ("user", "admin", "user2"), strict=True))},
    uuids={NUMBERS[name]: _uuid(name) for name in ("upload", "resumable last chunk")},
    # The server had videos of other users besides.
    totals=_at("videos filters", "my videos", "my videos of a channel", "my videos by privacy", "account videos")
    + _at("account channels", "channel videos", "captions empty", "captions", "my imports"),
    after_edits=_at("video after put", "video after nulls", "video after flags", "video after no longer nsfw"),
    others={f"password of {name}": password for name, password in PASSWORDS.items()},
    # The server looked at the file for a while before it answered the row above it.
    early=dict.fromkeys(_at("resumable status after end"), 0.7),
    clipped=frozenset(_at("videos languages")),
    cached=frozenset(_at("stats")),
)
