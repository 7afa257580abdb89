"""Every operation around users and the server, asked of a real server as its administrator: as typed, or reported.

A test makes what it changes and takes it away again; what belongs to the server is put back as it was.
"""

import os
from typing import Any

import pytest
from walk import Walk, in_the_end

from aiopeertube import Call, PeerTube, errors

from .conftest import PASSWORD, Guest, only_real
from .test_contract import PIXEL

pytestmark = [pytest.mark.anyio, only_real]

REFUSED = (errors.NotPermitted, errors.Conflict, errors.BadRequest)


async def test_reads_of_the_server(walk: Walk) -> None:
    for name in ("config.custom.get", "server.debug"):
        await walk.do(name)
    for name in ("server.followers.list", "server.following.list", "server.blocklist.accounts.list"):
        await walk.do(name)
    for name in ("server.blocklist.servers.list", "plugins.list"):
        await walk.do(name)
    for name in ("automatic_tags.available", "watched_words.lists().list", "users.list", "users.registrations.list"):
        await walk.do(name)
    await walk.do("server.logs", startDate="2020-01-01T00:00:00.000Z", level="error")
    await walk.do("server.audit_logs", startDate="2100-01-01T00:00:00.000Z")
    for target in ("my-videos", "remote-videos"):
        await walk.do("server.redundancy.list", target=target)
    await walk.perhaps("custom_pages.homepage")
    await walk.perhaps("plugins.available")
    for name in ("plugins.get", "plugins.public_settings", "plugins.registered_settings"):
        await walk.perhaps(name, "peertube-plugin-hello-world")
    if walk.is_8:
        for name in ("server.blocklist.subscriptions.list", "watched_words.subscriptions().list"):
            await walk.do(name)
        await walk.do("automatic_tags.video_policies")
        await walk.perhaps("server.blocklist.public_log", startDate="2020-01-01T00:00:00.000Z")
    assert walk.differences == {}


async def test_reads_of_a_user(walk: Walk) -> None:
    me = await walk.do("me.get")
    (video,) = await walk.pt.me.videos().collect(limit=1)
    account = me["account"]["name"]
    await walk.do("automatic_tags.available", account)
    await walk.do("automatic_tags.comment_policies", account)
    await walk.do("watched_words.lists().list")
    await walk.do("imports.list")
    if walk.is_8:
        await walk.do("users.sessions.list", me["id"])
        await walk.do("player_settings.get_channel", me["videoChannels"][0]["name"], raw=True)
        await walk.pt.watched_words.subscriptions(account).list().collect()
        player = await walk.do("player_settings.get_video", video["uuid"], raw=True)
        await walk.do("player_settings.update_video", video["uuid"], theme=player["theme"])
    assert walk.differences == {}


async def test_what_proves_who_a_user_is(walk: Walk, guest: Guest) -> None:
    request = await walk.do("users.two_factor.request", guest.id, pt=guest.pt, currentPassword=PASSWORD)
    assert request["otpRequest"]["secret"]
    with pytest.raises(errors.ApiError):
        token = request["otpRequest"]["requestToken"]
        await guest.pt.users.two_factor.confirm(guest.id, requestToken=token, otpToken="000000")
    with pytest.raises(errors.BadRequest):
        await walk.do("users.two_factor.disable", guest.id, currentPassword="nope")
    await walk.do("users.ask_reset_password", email="nobody@example.com")
    await walk.do("users.ask_send_verify_email", email="nobody@example.com")
    with pytest.raises(errors.NotPermitted):
        await guest.pt.users.verify_email(guest.id, verificationString="nope")
    with pytest.raises(errors.NotPermitted):
        await guest.pt.users.reset_password(guest.id, verificationString="nope", password=PASSWORD)
    assert walk.differences == {}


async def test_what_a_user_changes_of_their_own(walk: Walk, guest: Guest) -> None:
    pt = guest.pt
    avatars = await walk.do("me.avatar.pick", PIXEL, pt=pt)
    assert avatars["avatars"]
    await walk.do("me.avatar.delete", pt=pt)
    if walk.is_8:
        await walk.do("me.read_new_feature", pt=pt, feature=1)
        sessions = await walk.do("users.sessions.list", guest.id, pt=pt)
        await walk.do("users.sessions.revoke", guest.id, sessions[0]["id"], pt=pt)
    await walk.do("auth.revoke", pt=pt)
    assert walk.differences == {}


async def test_words_and_tags(walk: Walk, guest: Guest) -> None:
    for account, pt in ((guest.name, guest.pt), (None, walk.pt)):
        lists = pt.watched_words.lists(account)
        made = (await lists.create(listName=f"List {guest.name}", words=["one", "two"]))["watchedWordsList"]
        try:
            await lists.update(made["id"], words=["three"])
            rows = {row["id"]: row async for row in lists.list()}
            assert rows[made["id"]]["words"] == ["three"]
            available = await walk.do("automatic_tags.available", *([account] if account else []), pt=pt)
            assert f"List {guest.name}" in {tag["name"] for tag in available["available"]}
        finally:
            await in_the_end(lists.delete(made["id"]))
    await walk.do("automatic_tags.update_comment_policies", guest.name, pt=guest.pt, review=["external-link"])
    assert await walk.do("automatic_tags.comment_policies", guest.name, pt=guest.pt) == {"review": ["external-link"]}
    if walk.is_8:
        before = await walk.do("automatic_tags.video_policies")
        await walk.do("automatic_tags.update_video_policies", autoBlock=before["autoBlock"])
        channel = (await guest.pt.me.get())["videoChannels"][0]["name"]
        assert await walk.do("player_settings.update_channel", channel, pt=guest.pt, theme="galaxy")
        assert (await guest.pt.player_settings.get_channel(channel))["theme"] == "galaxy"
        await walk.do("client_config.update_interface_language", language="en-US")
        with pytest.raises(errors.ApiError):
            await walk.pt.client_config.update_language(language="fr-FR")
    assert walk.differences == {}


async def test_the_servers_settings_are_put_back(walk: Walk) -> None:
    before = await walk.do("config.custom.get")
    after = await walk.do("config.custom.update", before)
    assert after == before
    for kind in ("avatar", "banner"):
        await walk.do(f"config.{kind}.pick", PIXEL)
        await walk.do(f"config.{kind}.delete")
    if walk.is_8:
        await walk.do("config.logo.pick", "favicon", PIXEL)
        await walk.do("config.logo.delete", "favicon")
    await walk.do("server.run_command", command="process-video-viewers")
    await walk.do("server.log_client", message="a test", url="https://videos.example/w/1", level="warn")
    (video,) = await walk.pt.videos.list().collect(limit=1)
    metric: dict[str, Any] = {
        "playerMode": "web-video",
        "p2pEnabled": False,
        "resolutionChanges": 0,
        "videoId": video["uuid"],
    }
    metric |= dict.fromkeys(("errors", "downloadedBytesP2P", "downloadedBytesHTTP", "uploadedBytesP2P"), 0)
    await walk.do("metrics.playback", **metric, bufferStalled=0)
    assert walk.differences == {}


async def test_what_these_servers_refuse(walk: Walk) -> None:
    """Registration is closed or asks for approval, there is no mail, nobody follows, and no such plugin is there."""
    guest: dict[str, Any] = {
        "username": f"g{os.urandom(4).hex()}",
        "password": PASSWORD,
        "email": "nobody@example.com",
    }
    for name, kinds, more in (
        ("users.register", REFUSED, guest),
        ("users.registrations.request", REFUSED, {**guest, "registrationReason": "to see"}),
        ("server.contact", REFUSED, {"fromName": "Anna", "fromEmail": "a@example.com", "body": "Hello"}),
        ("server.redundancy.create", (errors.ApiError,), {"videoId": 999999999}),
        ("plugins.update", (errors.ApiError,), {"npmName": "peertube-plugin-hello-world"}),
    ):
        await walk.refused(name, kinds, **more)
    await walk.perhaps("plugins.uninstall", npmName="peertube-plugin-hello-world")  # 6.3 does not mind
    pt = walk.pt
    await walk.do(
        "users.registrations.ask_send_verify_email", email="nobody@example.com"
    )  # nobody is told who is there
    for call in (
        pt.users.registrations.accept(999999999, moderationResponse="yes"),
        pt.users.registrations.reject(999999999, moderationResponse="no"),
        pt.users.registrations.delete(999999999),
        pt.users.registrations.verify_email(999999999, verificationString="x"),
        pt.server.redundancy.update(f"{guest['username']}.example", redundancyAllowed=True),
        pt.server.redundancy.delete(999999999),
        pt.server.followers.accept("peertube@videos.example"),
        pt.server.followers.reject("peertube@videos.example"),
        pt.server.followers.delete("peertube@videos.example"),
        pt.server.following.delete("videos.example"),
        pt.plugins.update_settings("peertube-plugin-hello-world", settings={}),
        pt.auth.token(await pt.auth.client(), username="nobody", password=PASSWORD),
        *(_of_8(pt) if walk.is_8 else []),
    ):
        with pytest.raises(errors.ApiError):
            await call
    assert walk.differences == {}


def _of_8(pt: PeerTube) -> tuple[Call[Any], ...]:
    return (
        pt.jobs.cancel("email", "999999999"),
        pt.server.blocklist.subscriptions.create(url="nowhere"),
        pt.server.blocklist.subscriptions.delete(999999999),
        *(pt.watched_words.subscriptions(whose).create(url="nowhere") for whose in (None, "root")),
        *(pt.watched_words.subscriptions(whose).delete(999999999) for whose in (None, "root")),
    )
