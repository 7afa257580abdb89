"""Likes and dislikes, and that a video was watched."""

from typing import Any

from aiopeertube.emulator.api.access import check_can_see, check_id, existing_video
from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import checked
from aiopeertube.emulator.model.entities import Video
from aiopeertube.emulator.wire.problem_json import Problem, invalid_parameter, invalid_parameters

from .channels import account_of

_OF_6 = "Only the owner of this account can manage this account resource."
_OF_8 = "Only a user with sufficient right can manage this account resource."
_RATINGS = ("like", "dislike", "none")


async def rate(call: Call) -> Reply:
    """Like or dislike a video, or take that back."""
    user = call.user()
    sent = checked(call, (await call.read_body()).fields, {"rating": lambda value: value in _RATINGS}, ("rating",))
    check_id(call)
    video = existing_video(call)
    check_can_see(call, video)
    await call.backend.write()
    known = call.store.community.ratings.setdefault(video.id, {})
    _count(video, known.pop(user.id, "none"), -1)
    if sent["rating"] != "none":
        known[user.id] = sent["rating"]
        _count(video, sent["rating"], 1)
    return no_content(tagged=True)


def _count(video: Video, rating: str, by: int) -> None:
    if rating == "like":
        video.likes += by
    elif rating == "dislike":
        video.dislikes += by


async def my_rating(call: Call) -> Reply:
    """Return how the user rated a video."""
    user = call.user()
    check_id(call)
    video = existing_video(call)
    given = call.store.community.ratings.get(video.id, {}).get(user.id, "none")
    return json_reply({"videoId": video.id, "rating": given})


async def account_ratings(call: Call) -> Reply:
    """Return what an account rated, to its owner."""
    user, account = call.user(), account_of(call)
    if user is not account and not (call.is_modern and user.is_staff):
        raise Problem(_OF_8 if call.is_modern else _OF_6, 403)
    wanted = call.query().get("rating")
    if wanted is not None and wanted not in _RATINGS:
        raise invalid_parameters(invalid_parameter("rating", wanted, "query"), call.target)
    found = [
        (video, given[account.id])
        for number, given in call.store.community.ratings.items()
        if account.id in given and wanted in {None, given[account.id]}
        for video in (call.store.videos[number],)
    ]

    def body(rated: tuple[Video, str]) -> dict[str, Any]:
        video, rating = rated
        # No pictures here, as on real servers.
        pictures: dict[str, Any] = {"thumbnailPath": None, "previewPath": None}
        pictures |= {"thumbnails": []} if call.is_modern else {}
        return {"video": {**call.backend.renderer.rows([video])[0], **pictures}, "rating": rating}

    return page_reply(call, found, body, {"createdAt": lambda rated: rated[0].id})


ROUTES = (
    Route("PUT", "/videos/{id}/rate", rate),
    Route("GET", "/users/me/videos/{id}/rating", my_rating),
    Route("GET", "/accounts/{account}/ratings", account_ratings),
)
