"""The recording of PeerTube 6.3.0, and what it does not say about itself."""

from typing import Any

from recordings import Recording, rows_of

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.options import UserOptions

SRT = "1\n00:00:00,000 --> 00:00:01,000\nHello\n"
# The file that was uploaded had this length; of its content the recording holds the beginning.
VIDEO = b"\x00\x00\x00 ftypisom\x00\x00\x02\x00isomiso2avc1mp41".ljust(2685, b".")


def _file(filename: str, content_type: str, text: str | None = None) -> dict[str, str]:
    body = {"file": "video" if content_type == "video/mp4" else "image"} if text is None else {"text": text}
    return {"filename": filename, "type": content_type, **body}


# The recording holds multipart bodies as text only.
MULTIPART: dict[int, dict[str, Any]] = {
    46: {"tags[0]": "ccc", "name": "Multipart name"},
    68: {"thumbnailfile": _file("t.jpg", "image/jpeg")},
    69: {"thumbnailfile": _file("t.txt", "text/plain", "hello")},
    74: {"captionfile": _file("a.srt", "application/x-subrip", SRT)},
    75: {"captionfile": _file("a.vtt", "text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHallo\n")},
    70: {
        "channelId": "2",
        "name": "Uploaded",
        "tags[0]": "x1",
        "privacy": "2",
        "videofile": _file("t.mp4", "video/mp4"),
    },
    71: {"channelId": "2", "videofile": _file("t.mp4", "video/mp4")},
    72: {"channelId": "2", "name": "Not a video", "videofile": _file("t.mp4", "video/mp4", "not a video")},
    76: {"captionfile": _file("a.vtt", "text/vtt", "WEBVTT\n")},
    77: {"captionfile": _file("a.txt", "text/plain", "hello")},
}
# Headers of requests are not in the recording. Its bodies and answers tell what these said.
ANNOUNCED = {"X-Upload-Content-Length": str(len(VIDEO)), "X-Upload-Content-Type": "video/mp4"}
PIECES = {81: (0, 1000), 83: (0, 1000), 84: (2000, 2100), 85: (1000, 2685)}
HEADERS = {
    **dict.fromkeys((80, 87), ANNOUNCED),
    **{number: {"Content-Range": f"bytes {start}-{end - 1}/{len(VIDEO)}"} for number, (start, end) in PIECES.items()},
    **{number: {"Content-Range": f"bytes */{len(VIDEO)}"} for number in (82, 86)},
}
BAD_TOKEN = {9, 66}
# Requests that were made before a row without being recorded; only their count shows in the headers.
UNRECORDED = {35: 1, 107: 49}


def _completed() -> list[dict[str, Any]]:
    rows = rows_of("6.3.0")
    for number, row in enumerate(rows):
        request = row["request"]
        more = {
            "multipart": MULTIPART.get(number),
            "piece": PIECES.get(number),
            "headers": HEADERS.get(number),
            "bad_token": number in BAD_TOKEN,
        }
        request |= {name: value for name, value in more.items() if value}
        row["unrecorded"] = UNRECORDED.get(number, 0)
    return rows


def _fill(server: Emulator) -> None:
    store = server.store
    channel = store.channels["nisv_channel"]
    uuid, tags = "38773124-8101-4655-a4ef-2124259155af", ("tag41974", "tag42668")
    store.add_video("R 38773124 8 1", channel, description="Original description 3", uuid=uuid, tags=tags)
    for number in range(2, 401):
        store.add_video(f"R {number}", channel, description=f"Original description {number}")


RECORDING = Recording(
    version="6.3.0",
    rows=_completed(),
    video=VIDEO,
    users=(UserOptions("root", "test12345", "administrator"), UserOptions("nisv", "secret123")),
    fill=_fill,
    logins={1: "user", 2: "admin", 112: "user2"},
    uuids={70: "e9e312a8-55e1-48fb-912d-b356e290636c", 85: "789c2f77-142f-4e0f-b59c-1cec4077ee45"},
    totals=(18, 20, 21, 25, 27, 28, 29, 30, 31, 34, 73, 78, 107, 110),
    after_edits=(41, 43),
    # Dates are whole seconds. Half a second past them agrees with all that was recorded but one `retry-after`,
    # which tells that its row came earlier in its second than the window's first one in its own.
    early=dict.fromkeys((99, 100, 101), 0.25),
    clipped=frozenset({16}),
)
