"""Channels and accounts, what they own, and who gives it to whom."""

from typing import Any

from cases import PAGE, ROWS, Case, Form

from aiopeertube import PeerTube

PNG = b"\x89PNG"
URL = "https://a.example/c/films"


def _ownership(noun: str, path: str, thing: str, template: str, accepted: dict[str, int]) -> tuple[Case, ...]:
    def offers(pt: PeerTube) -> Any:
        return getattr(pt, noun).ownership

    name = f"{noun}.ownership"
    return (
        Case(
            f"{name}.list",
            lambda pt: offers(pt).list(),
            f"GET {path}/ownership",
            f"{path}/ownership?{PAGE}",
            answer=ROWS,
        ),
        Case(
            f"{name}.of",
            lambda pt: offers(pt).of(thing, state=1),
            f"GET {path}/{template}/ownership",
            f"{path}/{thing}/ownership?{PAGE}&state=1",
            answer=ROWS,
        ),
        Case(
            f"{name}.give",
            lambda pt: offers(pt).give(thing, username="anna"),
            f"POST {path}/{template}/give-ownership",
            f"{path}/{thing}/give-ownership",
            {"username": "anna"},
        ),
        Case(
            f"{name}.accept",
            lambda pt: offers(pt).accept(3, **accepted),
            f"POST {path}/ownership/{{id}}/accept",
            f"{path}/ownership/3/accept",
            accepted or None,
        ),
        Case(
            f"{name}.refuse",
            lambda pt: offers(pt).refuse(3),
            f"POST {path}/ownership/{{id}}/refuse",
            f"{path}/ownership/3/refuse",
        ),
        Case(
            f"{name}.delete",
            lambda pt: offers(pt).delete(3),
            f"DELETE {path}/ownership/{{id}}",
            f"{path}/ownership/3",
        ),
    )


def _picture(kind: str) -> tuple[Case, ...]:
    return (
        Case(
            f"channels.{kind}.pick",
            lambda pt: getattr(pt.channels, kind).pick("films", PNG),
            f"POST /video-channels/{{channelHandle}}/{kind}/pick",
            f"/video-channels/films/{kind}/pick",
            Form((), ((f"{kind}file", f"{kind}file.png", "image/png"),)),
            {f"{kind}s": []},
            repeated=True,
        ),
        Case(
            f"channels.{kind}.delete",
            lambda pt: getattr(pt.channels, kind).delete("films"),
            f"DELETE /video-channels/{{channelHandle}}/{kind}",
            f"/video-channels/films/{kind}",
        ),
    )


def _collaborator(verb: str, method: str, rest: str) -> Case:
    return Case(
        f"channels.collaborators.{verb}",
        lambda pt: getattr(pt.channels.collaborators, verb)("films", 3),
        f"{method} /video-channels/{{channelHandle}}/collaborators/{{collaboratorId}}{rest}",
        f"/video-channels/films/collaborators/3{rest}",
    )


CASES = (
    *_ownership("videos", "/videos", "7", "{id}", {"channelId": 1}),
    *_ownership("channels", "/video-channels", "films", "{channelHandle}", {}),
    *_picture("avatar"),
    *_picture("banner"),
    _collaborator("accept", "POST", "/accept"),
    _collaborator("reject", "POST", "/reject"),
    _collaborator("delete", "DELETE", ""),
    Case(
        "channels.collaborators.list",
        lambda pt: pt.channels.collaborators.list("films"),
        "GET /video-channels/{channelHandle}/collaborators",
        "/video-channels/films/collaborators",
        answer={"total": 0, "data": []},
    ),
    Case(
        "channels.collaborators.invite",
        lambda pt: pt.channels.collaborators.invite("films", accountHandle="anna"),
        "POST /video-channels/{channelHandle}/collaborators/invite",
        "/video-channels/films/collaborators/invite",
        {"accountHandle": "anna"},
        {"collaborator": {"id": 3}},
    ),
    Case(
        "channels.create",
        lambda pt: pt.channels.create(name="films", displayName="Films", support=None),
        "POST /video-channels",
        "/video-channels",
        {"name": "films", "displayName": "Films", "support": None},
        {"videoChannel": {"id": 3}},
    ),
    Case(
        "channels.update",
        lambda pt: pt.channels.update("films", description=None, bulkVideosSupportUpdate=True),
        "PUT /video-channels/{channelHandle}",
        "/video-channels/films",
        {"description": None, "bulkVideosSupportUpdate": True},
    ),
    Case(
        "channels.delete",
        lambda pt: pt.channels.delete("films"),
        "DELETE /video-channels/{channelHandle}",
        "/video-channels/films",
    ),
    Case(
        "channels.followers",
        lambda pt: pt.channels.followers("films", search="x"),
        "GET /video-channels/{channelHandle}/followers",
        f"/video-channels/films/followers?{PAGE}&search=x",
        answer=ROWS,
    ),
    Case(
        "channels.playlists",
        lambda pt: pt.channels.playlists("films", playlistType=1),
        "GET /video-channels/{channelHandle}/video-playlists",
        f"/video-channels/films/video-playlists?{PAGE}&playlistType=1",
        answer=ROWS,
    ),
    Case(
        "channels.reorder_playlists",
        lambda pt: pt.channels.reorder_playlists("films", startPosition=3, insertAfterPosition=0),
        "POST /video-channels/{channelHandle}/video-playlists/reorder",
        "/video-channels/films/video-playlists/reorder",
        {"startPosition": 3, "insertAfterPosition": 0},
    ),
    Case(
        "channels.activities",
        lambda pt: pt.channels.activities("films", sort="-createdAt"),
        "GET /video-channels/{channelHandle}/activities",
        f"/video-channels/films/activities?{PAGE}&sort=-createdAt",
        answer=ROWS,
    ),
    Case(
        "channels.import_videos",
        lambda pt: pt.channels.import_videos("films", externalChannelUrl=URL, videoChannelSyncId=4),
        "POST /video-channels/{channelHandle}/import-videos",
        "/video-channels/films/import-videos",
        {"externalChannelUrl": URL, "videoChannelSyncId": 4},
    ),
    Case(
        "channel_syncs.create",
        lambda pt: pt.channel_syncs.create(externalChannelUrl=URL, videoChannelId=3),
        "POST /video-channel-syncs",
        "/video-channel-syncs",
        {"externalChannelUrl": URL, "videoChannelId": 3},
        {"videoChannelSync": {"id": 4}},
    ),
    Case(
        "channel_syncs.delete",
        lambda pt: pt.channel_syncs.delete(4),
        "DELETE /video-channel-syncs/{channelSyncId}",
        "/video-channel-syncs/4",
    ),
    Case(
        "channel_syncs.sync",
        lambda pt: pt.channel_syncs.sync(4),
        "POST /video-channel-syncs/{channelSyncId}/sync",
        "/video-channel-syncs/4/sync",
        repeated=True,
    ),
    Case(
        "accounts.channels",
        lambda pt: pt.accounts.channels("anna", withStats=True, search="x"),
        "GET /accounts/{name}/video-channels",
        f"/accounts/anna/video-channels?{PAGE}&withStats=true&search=x",
        answer=ROWS,
    ),
    Case(
        "accounts.playlists",
        lambda pt: pt.accounts.playlists("anna", playlistType=2),
        "GET /accounts/{name}/video-playlists",
        f"/accounts/anna/video-playlists?{PAGE}&playlistType=2",
        answer=ROWS,
    ),
    Case(
        "accounts.followers",
        lambda pt: pt.accounts.followers("anna"),
        "GET /accounts/{name}/followers",
        f"/accounts/anna/followers?{PAGE}",
        answer=ROWS,
    ),
    Case(
        "accounts.ratings",
        lambda pt: pt.accounts.ratings("anna", rating="like"),
        "GET /accounts/{name}/ratings",
        f"/accounts/anna/ratings?{PAGE}&rating=like",
        answer=ROWS,
    ),
    Case(
        "accounts.channel_syncs",
        lambda pt: pt.accounts.channel_syncs("anna"),
        "GET /accounts/{name}/video-channel-syncs",
        f"/accounts/anna/video-channel-syncs?{PAGE}",
        answer=ROWS,
    ),
)
