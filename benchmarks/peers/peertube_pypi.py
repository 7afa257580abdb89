"""The PyPI package `peertube` 1.1.1, a client generated from PeerTube's specification: it lists, but does not edit.

Nothing is done behind its back with the httpx client inside it: that would be httpx.
"""

from typing import Any

from _job import PAGE, Job, Meter, cannot, print_result, read_job, result
from peertube import AuthenticatedClient, Client
from peertube.api.my_user import get_api_users_me_videos
from peertube.api.video import get_videos

LISTS = {"/api/v1/videos": get_videos.sync, "/api/v1/users/me/videos": get_api_users_me_videos.sync}


def list_all(job: Job) -> dict[str, Any]:
    """Read all pages into its models, as its `sync` functions do."""
    get_page = LISTS[job.path]
    client: AuthenticatedClient | Client = Client(base_url=job.url, raise_on_unexpected_status=True)
    if job.token is not None:
        client = AuthenticatedClient(base_url=job.url, token=job.token, raise_on_unexpected_status=True)
    items = 0
    with client, Meter() as meter:
        while True:
            page = get_page(client=client, start=items, count=PAGE)
            items += len(page.data)
            if not page.data or items >= page.total:
                break
    return result(meter, items=items)


def run(job: Job) -> dict[str, Any]:
    """Do what it can do, and say what it cannot."""
    if job.what != "list":
        return cannot("It has no function for PUT /videos/{id} (only GET and DELETE of that path, and PUT of lives).")
    if job.path not in LISTS:
        return cannot(f"This script knows no function of it for {job.path}.")
    if job.token is None and job.username is not None:
        return cannot("It has no function for POST /users/token: a token has to come from elsewhere.")
    return list_all(job)


if __name__ == "__main__":
    print_result(run(read_job()))
