"""The PyPI package `pypeertube` 1.1.1, on requests: one after the other, since it shows no parallel way.

Its listing raises ValueError where a video has no licence. `update_video` sends a form and reads the video back after
each; that is part of using it, and of its latencies. Rows are read with its own functions only: with the session
inside it, it would be requests.
"""

import inspect
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from _job import Answer, Job, Meter, cannot, print_result, read_job, result
from pypeertube.client import ApiClient
from pypeertube.exceptions import PeerTubeAPIBadResponseError
from pypeertube.videos import Video, get_videos_in_account, get_videos_in_channel, update_video

# All its keyword arguments have to be given.
NOTHING = {
    name: None
    for name, parameter in inspect.signature(update_video).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
}


def reader(job: Job) -> Callable[[ApiClient], list[Video]] | None:
    """Find its function that lists this path; one's own videos are those of the account of the same name."""
    match job.path.split("/")[3:]:
        case ["users", "me", "videos"]:
            return lambda client: get_videos_in_account(client, client.username)
        case ["accounts", name, "videos"]:
            return lambda client: get_videos_in_account(client, name)
        case ["video-channels", name, "videos"]:
            return lambda client: get_videos_in_channel(client, name)
    return None


def update(client: ApiClient, job: Job, number: int, video: Video) -> Answer:
    """Edit one video once. It raises for other answers than 204, and also where it does not understand the video."""
    try:
        update_video(client, video.uuid, **{**NOTHING, **job.changes(number)})
    except PeerTubeAPIBadResponseError as error:
        status: int = error.args[1]
        return status
    except Exception as error:  # noqa: BLE001 - whatever went wrong, it is counted
        return type(error).__name__
    return 204


def update_all(client: ApiClient, job: Job, videos: list[Video], latencies: list[float]) -> list[Answer]:
    """Edit one after the other, with a pause between them where one is asked for."""
    answers: list[Answer] = []
    for number, video in enumerate(videos):
        if job.pause and number:
            time.sleep(job.pause)
        began = time.perf_counter()
        answers.append(update(client, job, number, video))
        latencies.append(time.perf_counter() - began)
    return answers


def run(job: Job) -> dict[str, Any]:
    """Do what it can do, and say what it cannot."""
    if job.what == "put":
        return cannot("It reads the video back after each PUT, which a server that only answers 204 does not give.")
    read = reader(job)
    if read is None:
        return cannot(f"It has no function that lists {job.path}, only those of an account, a channel or a search.")
    if job.username is None or job.password is None:
        return cannot("It takes no token: it always logs in with username and password.")
    with Meter() as whole:
        # Its `with` block ends the token on the server, so it is not used: only the connection is closed.
        client = ApiClient(job.url, job.username, job.password)
        with closing(client.session):
            try:
                with Meter() as listing:
                    videos = read(client)
            except ValueError as error:
                return cannot(f"Its listing does not get over these videos: {type(error).__name__}: {error}.")
            if job.what == "list":
                return result(listing, items=len(videos))
            videos.sort(key=lambda video: video.created_at)
            latencies: list[float] = []
            with Meter() as editing:
                answers = update_all(client, job, videos if job.what == "migrate" else videos[: job.count], latencies)
    if job.what == "migrate":
        return result(whole, answers)
    return result(editing, answers, latencies=latencies)


if __name__ == "__main__":
    print_result(run(read_job()))
