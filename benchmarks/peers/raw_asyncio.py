"""The floor: nothing but asyncio's transports. Requests are made beforehand; of answers only the end is looked for.

It shows what sockets, the event loop and Python itself cost, and does only the job "put".
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from _async_driver import runner_for
from _job import WARM_UP, Answer, Job, Meter, cannot, print_result, read_job, result, uuids


class Connection(asyncio.Protocol):
    """One connection: the next request is written when the answer to the last one has ended."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; uvloop's is no subclass of `asyncio.Transport`."""
        self._transport = cast("asyncio.Transport", transport)

    def send_all(self, requests: Iterator[bytes], answers: list[Answer]) -> asyncio.Future[None]:
        """Send what is left of the requests, which connections share."""
        self._requests = requests
        self._answers = answers
        self._data = b""
        self._done = asyncio.get_running_loop().create_future()
        self._send_next()
        return self._done

    def _send_next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
        else:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Look for the end of the answer."""
        self._data = data = self._data + data if self._data else data
        end = data.find(b"\r\n\r\n") + 4
        if end >= 4 and len(data) >= end + content_length(data[:end]):
            self._data = b""
            self._answers.append(int(data[9:12]))
            self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the run: a floor with lost requests says nothing."""
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


def content_length(head: bytes) -> int:
    """Return the length of the body that belongs to the head of an answer; a 204 has none."""
    if head.startswith(b"HTTP/1.1 204"):
        return 0
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


def request_bytes(job: Job, host: str, uuid: str) -> bytes:
    """Make a whole request, with the headers that other clients send too."""
    url, body = job.bare_edit(0, uuid)
    content = json.dumps(body).encode()
    head = (
        f"PUT {urlsplit(url).path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: raw-asyncio\r\nAccept: */*\r\n"
        f"Authorization: Bearer {job.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def put(job: Job) -> dict[str, Any]:
    """Measure what a PUT costs this process."""
    origin = urlsplit(job.url)
    requests = [request_bytes(job, origin.netloc, uuid) for uuid in uuids(max(job.count, WARM_UP))]
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(Connection, origin.hostname or "", origin.port or 80))[1]
        for _ in range(job.in_flight)
    ]

    async def send(batch: Sequence[bytes]) -> list[Answer]:
        answers: list[Answer] = []
        left = iter(batch)
        await asyncio.gather(*(connection.send_all(left, answers) for connection in connections))
        return answers

    await send(requests[:WARM_UP])
    with Meter() as meter:
        answers = await send(requests[: job.count])
    for connection in connections:
        connection.close()
    return result(meter, answers)


def main() -> None:
    """Run the job of the command line."""
    job = read_job()
    if job.what != "put":
        print_result(cannot("It is the floor of a PUT, not a client: it neither logs in nor reads JSON."))
        return
    with runner_for(job) as runner:
        print_result(runner.run(put(job)))


if __name__ == "__main__":
    main()
