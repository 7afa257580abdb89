"""Runs a job with a blocking peer: in a loop, or in threads with a client for each."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Protocol

from _job import PAGE, WARM_UP, Answer, Edit, Job, Meter, print_result, read_job, result, uuids

Put = Callable[[str, dict[str, Any]], int]
Edits = Callable[[int, Any], Edit]
Send = Callable[[Edits, Sequence[Any]], list[Answer]]


class Client(Protocol):
    """What a peer supplies."""

    def __init__(self, job: Job) -> None: ...

    def authorize(self, token: str) -> None:
        """Send this token from now on."""

    def get(self, url: str, params: dict[str, str | int]) -> Any:
        """GET JSON, or raise."""

    def post(self, url: str, form: dict[str, str]) -> Any:
        """POST a form and return the JSON of the answer, or raise."""

    def put(self, url: str, body: dict[str, Any]) -> int:
        """PUT JSON and return the status."""

    def close(self) -> None:
        """Close the connections."""


class Session:
    """A client that has logged in, and the way its PUTs are spread."""

    def __init__(self, job: Job, client_class: type[Client], *, threads: bool) -> None:
        self.job = job
        self._client_class = client_class
        self._threads = threads and job.in_flight > 1
        self._stack = ExitStack()
        self.client = self._stack.enter_context(closing(client_class(job)))
        self._token = job.token

    def close(self) -> None:
        """Close all clients."""
        self._stack.close()

    def authorize(self) -> None:
        """Use the token of the job, or log in; without either, stay anonymous."""
        job = self.job
        if self._token is None and job.username is not None:
            oauth_client = self.client.get(f"{job.url}/api/v1/oauth-clients/local", {})
            answer = self.client.post(f"{job.url}/api/v1/users/token", job.login_form(oauth_client))
            self._token = answer["access_token"]
        if self._token is not None:
            self.client.authorize(self._token)

    def collect(self, limit: float) -> list[dict[str, Any]]:
        """Collect rows page by page."""
        rows: list[dict[str, Any]] = []
        total = limit
        while len(rows) < min(limit, total):
            params: dict[str, str | int] = {"start": len(rows), "count": PAGE, "sort": "createdAt"}
            page = self.client.get(f"{self.job.url}{self.job.path}", params)
            rows += page["data"]
            total = page["total"] if page["data"] else 0
        return rows if len(rows) <= limit else rows[: int(limit)]

    @contextmanager
    def spread(self, latencies: list[float] | None = None) -> Iterator[Send]:
        """Give a function that sends edits, in a loop or in threads; connections last as long as the block."""
        if not self._threads:
            put = timed(self.client.put, latencies)
            yield lambda edits, items: in_a_loop(put, edits, items, self.job.pause)
            return
        local = threading.local()

        def open_client() -> None:
            client = self._client_class(self.job)
            self._stack.callback(client.close)
            if self._token is not None:
                client.authorize(self._token)
            local.put = timed(client.put, latencies)

        def send(edits: Edits, items: Sequence[Any]) -> list[Answer]:
            def one(number: int, item: Any) -> Answer:
                return answer_of(local.put, edits(number, item))

            return list(pool.map(one, range(len(items)), items))

        with ThreadPoolExecutor(self.job.in_flight, initializer=open_client) as pool:
            yield send


def answer_of(put: Put, edit: Edit) -> Answer:
    """Send one edit once; nothing is repeated."""
    try:
        return put(*edit)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, it is counted
        return type(error).__name__


def in_a_loop(put: Put, edits: Edits, items: Sequence[Any], pause: float) -> list[Answer]:
    """One after the other, with a pause between them where one is asked for."""
    answers: list[Answer] = []
    for number, item in enumerate(items):
        if pause and number:
            time.sleep(pause)
        answers.append(answer_of(put, edits(number, item)))
    return answers


def timed(put: Put, latencies: list[float] | None) -> Put:
    """Measure every PUT; a layer of its own, so that jobs without latencies do not pay for it."""
    if latencies is None:
        return put

    def measured(url: str, body: dict[str, Any]) -> int:
        began = time.perf_counter()
        try:
            return put(url, body)
        finally:
            latencies.append(time.perf_counter() - began)

    return measured


def rename(session: Session) -> dict[str, Any]:
    """Measure the PUTs alone, and each of them."""
    session.authorize()
    rows = session.collect(session.job.count)
    latencies: list[float] = []
    with session.spread(latencies) as send, Meter() as meter:
        answers = send(session.job.row_edit, rows)
    return result(meter, answers, latencies=latencies)


def put(session: Session) -> dict[str, Any]:
    """Measure what a PUT costs this process."""
    session.authorize()
    items = uuids(session.job.count)
    with session.spread() as send:
        send(session.job.bare_edit, uuids(WARM_UP))
        with Meter() as meter:
            answers = send(session.job.bare_edit, items)
    return result(meter, answers)


def list_all(session: Session) -> dict[str, Any]:
    """Measure reading and decoding all pages; no row is kept."""
    session.authorize()
    url = f"{session.job.url}{session.job.path}"
    items = 0
    with Meter() as meter:
        while True:
            page = session.client.get(url, {"start": items, "count": PAGE})
            items += len(page["data"])
            if not page["data"] or items >= page["total"]:
                break
    return result(meter, items=items)


def migrate(session: Session) -> dict[str, Any]:
    """Measure the whole of a script: login, all rows, one PUT for each."""
    with Meter() as meter:
        session.authorize()
        rows = session.collect(float("inf"))
        with session.spread() as send:
            answers = send(session.job.row_edit, rows)
    return result(meter, answers)


JOBS = {"rename": rename, "put": put, "list": list_all, "migrate": migrate}


def main(client_class: type[Client], *, threads: bool) -> None:
    """Run the job of the command line."""
    job = read_job()
    with closing(Session(job, client_class, threads=threads)) as session:
        print_result(JOBS[job.what](session))
