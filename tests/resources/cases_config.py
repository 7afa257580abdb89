"""The configuration, plugins, and what the instance makes of words."""

from typing import Any

from cases import PAGE, Case, Form

PNG = b"\x89PNG"
ROWS: dict[str, Any] = {"total": 1, "data": [{"id": 1}]}
METRIC: dict[str, Any] = {
    "playerMode": "web-video",
    "p2pEnabled": False,
    "resolutionChanges": 1,
    "errors": 0,
    "downloadedBytesP2P": 0,
    "downloadedBytesHTTP": 9,
    "uploadedBytesP2P": 0,
    "videoId": 7,
}


def _picture(kind: str) -> tuple[Case, ...]:
    return (
        Case(
            f"config.{kind}.pick",
            lambda pt: getattr(pt.config, kind).pick(PNG),
            f"POST /config/instance-{kind}/pick",
            f"/config/instance-{kind}/pick",
            Form((), ((f"{kind}file", f"{kind}file.png", "image/png"),)),
            repeated=True,
        ),
        Case(
            f"config.{kind}.delete",
            lambda pt: getattr(pt.config, kind).delete(),
            f"DELETE /config/instance-{kind}",
            f"/config/instance-{kind}",
        ),
    )


def _words(account: str | None, template: str, path: str) -> tuple[Case, ...]:
    return (
        Case(
            "watched_words.lists().list",
            lambda pt: pt.watched_words.lists(account).list(),
            f"GET /watched-words/{template}/lists",
            f"/watched-words/{path}/lists?{PAGE}",
            answer=ROWS,
        ),
        Case(
            "watched_words.lists().create",
            lambda pt: pt.watched_words.lists(account).create(listName="Bad", words=["a", "b"]),
            f"POST /watched-words/{template}/lists",
            f"/watched-words/{path}/lists",
            {"listName": "Bad", "words": ["a", "b"]},
            {"watchedWordsList": {"id": 4}},
        ),
        Case(
            "watched_words.lists().update",
            lambda pt: pt.watched_words.lists(account).update(4, words=["c"]),
            f"PUT /watched-words/{template}/lists/{{listId}}",
            f"/watched-words/{path}/lists/4",
            {"words": ["c"]},
        ),
        Case(
            "watched_words.lists().delete",
            lambda pt: pt.watched_words.lists(account).delete(4),
            f"DELETE /watched-words/{template}/lists/{{listId}}",
            f"/watched-words/{path}/lists/4",
        ),
        Case(
            "watched_words.subscriptions().list",
            lambda pt: pt.watched_words.subscriptions(account).list(),
            f"GET /watched-words/{template}/subscriptions",
            f"/watched-words/{path}/subscriptions?{PAGE}",
            answer=ROWS,
        ),
        Case(
            "watched_words.subscriptions().create",
            lambda pt: pt.watched_words.subscriptions(account).create(url="https://a.example/words.json"),
            f"POST /watched-words/{template}/subscriptions",
            f"/watched-words/{path}/subscriptions",
            {"url": "https://a.example/words.json"},
            {"id": 1},
        ),
        Case(
            "watched_words.subscriptions().delete",
            lambda pt: pt.watched_words.subscriptions(account).delete(4),
            f"DELETE /watched-words/{template}/subscriptions/{{id}}",
            f"/watched-words/{path}/subscriptions/4",
        ),
    )


CASES = (
    Case("config.get", lambda pt: pt.config.get(), "GET /config", "/config", answer={"serverVersion": "8.2.1"}),
    Case("config.about", lambda pt: pt.config.about(), "GET /config/about", "/config/about", answer={"instance": {}}),
    Case(
        "config.custom.get",
        lambda pt: pt.config.custom.get(),
        "GET /config/custom",
        "/config/custom",
        answer={"a": 1},
    ),
    Case(
        "config.custom.update",
        lambda pt: pt.config.custom.update({"signup": {"enabled": True}}),  # type: ignore[typeddict-item]
        "PUT /config/custom",
        "/config/custom",
        {"signup": {"enabled": True}},
        {"a": 1},
    ),
    Case(
        "config.custom.delete",
        lambda pt: pt.config.custom.delete(),
        "DELETE /config/custom",
        "/config/custom",
        answer={"a": 1},
    ),
    *_picture("avatar"),
    *_picture("banner"),
    Case(
        "config.logo.pick",
        lambda pt: pt.config.logo.pick("favicon", PNG),
        "POST /config/instance-logo/{logoType}/pick",
        "/config/instance-logo/favicon/pick",
        Form((), (("logofile", "logofile.png", "image/png"),)),
        repeated=True,
    ),
    Case(
        "config.logo.delete",
        lambda pt: pt.config.logo.delete("header-wide"),
        "DELETE /config/instance-logo/{logoType}",
        "/config/instance-logo/header-wide",
    ),
    Case(
        "custom_pages.homepage",
        lambda pt: pt.custom_pages.homepage(),
        "GET /custom-pages/homepage/instance",
        "/custom-pages/homepage/instance",
        answer={"content": "# Hello"},
    ),
    Case(
        "custom_pages.update_homepage",
        lambda pt: pt.custom_pages.update_homepage(content="# Hello"),
        "PUT /custom-pages/homepage/instance",
        "/custom-pages/homepage/instance",
        {"content": "# Hello"},
    ),
    Case(
        "metrics.playback",
        lambda pt: pt.metrics.playback(**METRIC),
        "POST /metrics/playback",
        "/metrics/playback",
        METRIC,
    ),
    Case(
        "client_config.update_interface_language",
        lambda pt: pt.client_config.update_interface_language(language="nl-NL"),
        "POST /client-config/update-interface-language",
        "/client-config/update-interface-language",
        {"language": "nl-NL"},
    ),
    Case(
        "client_config.update_language",
        lambda pt: pt.client_config.update_language(language="nl-NL"),
        "POST /client-config/update-language",
        "/client-config/update-language",
        {"language": "nl-NL"},
    ),
    Case(
        "player_settings.get_channel",
        lambda pt: pt.player_settings.get_channel("films", raw=True),
        "GET /player-settings/video-channels/{channelHandle}",
        "/player-settings/video-channels/films?raw=true",
        answer={"theme": "lucide"},
    ),
    Case(
        "player_settings.update_channel",
        lambda pt: pt.player_settings.update_channel("films", theme="galaxy"),
        "PUT /player-settings/video-channels/{channelHandle}",
        "/player-settings/video-channels/films",
        {"theme": "galaxy"},
        {"theme": "galaxy"},
    ),
    Case(
        "player_settings.get_video",
        lambda pt: pt.player_settings.get_video(7),
        "GET /player-settings/videos/{id}",
        "/player-settings/videos/7",
        answer={"theme": "lucide"},
    ),
    Case(
        "player_settings.update_video",
        lambda pt: pt.player_settings.update_video(7, theme="channel-default"),
        "PUT /player-settings/videos/{id}",
        "/player-settings/videos/7",
        {"theme": "channel-default"},
        {"theme": "channel-default"},
    ),
    Case(
        "plugins.list",
        lambda pt: pt.plugins.list(pluginType=2, uninstalled=False),
        "GET /plugins",
        f"/plugins?{PAGE}&pluginType=2&uninstalled=false",
        answer=ROWS,
    ),
    Case(
        "plugins.available",
        lambda pt: pt.plugins.available(search="x", currentPeerTubeEngine="8.2.1"),
        "GET /plugins/available",
        f"/plugins/available?{PAGE}&search=x&currentPeerTubeEngine=8.2.1",
        answer=ROWS,
    ),
    Case(
        "plugins.get",
        lambda pt: pt.plugins.get("peertube-plugin-hello"),
        "GET /plugins/{npmName}",
        "/plugins/peertube-plugin-hello",
        answer={"name": "hello"},
    ),
    Case(
        "plugins.install",
        lambda pt: pt.plugins.install(npmName="peertube-plugin-hello", pluginVersion="1.0.0"),
        "POST /plugins/install",
        "/plugins/install",
        {"npmName": "peertube-plugin-hello", "pluginVersion": "1.0.0"},
    ),
    Case(
        "plugins.update",
        lambda pt: pt.plugins.update(path="/srv/hello"),
        "POST /plugins/update",
        "/plugins/update",
        {"path": "/srv/hello"},
    ),
    Case(
        "plugins.uninstall",
        lambda pt: pt.plugins.uninstall(npmName="peertube-plugin-hello"),
        "POST /plugins/uninstall",
        "/plugins/uninstall",
        {"npmName": "peertube-plugin-hello"},
    ),
    Case(
        "plugins.public_settings",
        lambda pt: pt.plugins.public_settings("peertube-plugin-hello"),
        "GET /plugins/{npmName}/public-settings",
        "/plugins/peertube-plugin-hello/public-settings",
        answer={"publicSettings": {}},
    ),
    Case(
        "plugins.registered_settings",
        lambda pt: pt.plugins.registered_settings("peertube-plugin-hello"),
        "GET /plugins/{npmName}/registered-settings",
        "/plugins/peertube-plugin-hello/registered-settings",
        answer={"registeredSettings": []},
    ),
    Case(
        "plugins.update_settings",
        lambda pt: pt.plugins.update_settings("peertube-plugin-hello", settings={"a": 1}),
        "PUT /plugins/{npmName}/settings",
        "/plugins/peertube-plugin-hello/settings",
        {"settings": {"a": 1}},
    ),
    Case(
        "automatic_tags.available",
        lambda pt: pt.automatic_tags.available(),
        "GET /automatic-tags/server/available",
        "/automatic-tags/server/available",
        answer={"available": []},
    ),
    Case(
        "automatic_tags.available",
        lambda pt: pt.automatic_tags.available("anna"),
        "GET /automatic-tags/accounts/{accountName}/available",
        "/automatic-tags/accounts/anna/available",
        answer={"available": []},
    ),
    Case(
        "automatic_tags.comment_policies",
        lambda pt: pt.automatic_tags.comment_policies("anna"),
        "GET /automatic-tags/policies/accounts/{accountName}/comments",
        "/automatic-tags/policies/accounts/anna/comments",
        answer={"review": []},
    ),
    Case(
        "automatic_tags.update_comment_policies",
        lambda pt: pt.automatic_tags.update_comment_policies("anna", review=["external-link"]),
        "PUT /automatic-tags/policies/accounts/{accountName}/comments",
        "/automatic-tags/policies/accounts/anna/comments",
        {"review": ["external-link"]},
    ),
    Case(
        "automatic_tags.video_policies",
        lambda pt: pt.automatic_tags.video_policies(),
        "GET /automatic-tags/policies/server/videos",
        "/automatic-tags/policies/server/videos",
        answer={"autoBlock": []},
    ),
    Case(
        "automatic_tags.update_video_policies",
        lambda pt: pt.automatic_tags.update_video_policies(autoBlock=["external-link"]),
        "PUT /automatic-tags/policies/server/videos",
        "/automatic-tags/policies/server/videos",
        {"autoBlock": ["external-link"]},
    ),
    *_words(None, "server", "server"),
    *_words("anna", "accounts/{accountName}", "accounts/anna"),
)
