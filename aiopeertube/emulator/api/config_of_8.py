"""In what the configuration of 8.x differs from that of 6.3."""

from typing import Any

_IMAGE = {"size": {"max": 8388608}}
_SITES = (
    "https://play.google.com/store/apps/details?id=org.framasoft.peertube",
    "https://apps.apple.com/app/id6737834858",
)
_APP = {"enabled": True, "host": "joinpeertube.org", "scheme": "peertube"}
_COLORS = (
    "primaryColor", "onPrimaryColor", "foregroundColor", "backgroundColor", "backgroundSecondaryColor",
    "menuForegroundColor", "menuBackgroundColor", "menuBorderRadius", "headerForegroundColor",
    "headerBackgroundColor", "inputBorderRadius",
)  # fmt: skip
_LOGOS = (("favicon", 32, "favicon.png"), ("header-square", 34, "logo.svg"), ("header-wide", 34, "logo.svg"))

_MORE: dict[str, Any] = {
    "client": {
        "newFeaturesInfo": True,
        "header": {"hideInstanceName": False},
        "browseVideos": {"defaultSort": "-publishedAt", "defaultScope": "federated"},
        "openInApp": {
            "android": {"intent": {**_APP, "fallbackUrl": _SITES[0]}},
            "ios": {**_APP, "fallbackUrl": _SITES[1]},
        },
    },
    "defaults": {
        "live": {"saveReplay": False},
        "p2p": {"webapp": {"enabled": False}, "embed": {"enabled": False}},
        "player": {"theme": "lucide", "autoPlay": True},
    },
    "instance": {
        "defaultClientRoute": "/videos/browse",
        "serverCountry": "",
        "support": {"text": ""},
        "social": {"blueskyLink": "", "mastodonLink": "", "xLink": "", "externalLink": ""},
        "defaultLanguage": "en",
    },
    "theme": {
        "builtIn": [{"name": "peertube-core-dark-brown"}, {"name": "peertube-core-light-beige"}],
        "customization": dict.fromkeys(_COLORS),
    },
    "transcoding": {
        "hls": {"splitAudioAndVideo": False},
        "alwaysTranscodeOriginalResolution": True,
        "alwaysTranscodePodcastOptimizedAudio": True,
    },
    "live": {"dvr": {"maxWindow": 3600}},
    "avatar": {"file": _IMAGE},
    "banner": {"file": _IMAGE},
    "logo": {"file": {**_IMAGE, "extensions": [".svg", ".png", ".jpeg", ".jpg", ".gif", ".webp"]}},
    "video": {"image": _IMAGE},
    "trending": {"videos": {"algorithms": {"default": "hot"}}},
    "blocklist": {"publicLog": {"enabled": False}},
    "federation": {"enabled": True},
    "views": {"videos": {"remote": {"maxAge": 2592000000}, "local": {"maxAge": -1}}},
    "storyboards": {"remoteRunners": {"enabled": False}},
    "webrtc": {"stunServers": ["stun:stun.framasoft.org"]},
    "nsfwFlagsSettings": {"enabled": True},
    "fieldsConstraints": {"users": {"password": {"minLength": 8, "maxLength": 50}}},
}
_GONE = (("client", "videos", "miniature", "displayAuthorAvatar"), ("defaults", "publish", "commentsEnabled"))


def config_of_8(older: dict[str, Any], url: str) -> dict[str, Any]:
    """Make the configuration of a server of 8.x at `url` of that of 6.3."""
    body = _merged(older, _MORE)
    for path in _GONE:
        body = _without(body, path)
    logos = [_logo(url, kind, size, file) for kind, size, file in _LOGOS]
    return body | {"instance": {**body["instance"], "logo": logos}}


def _logo(url: str, kind: str, size: int, file: str) -> dict[str, Any]:
    address = f"{url}/client/assets/images/{file}"
    return {"fileUrl": address, "width": size, "height": size, "type": kind, "isFallback": True}


def _merged(older: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    merged = dict(older)
    for name, value in more.items():
        known = merged.get(name)
        merged[name] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _without(body: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {name: value for name, value in body.items() if name != first}
    return {**body, first: _without(body[first], tuple(rest))}
