"""The longer bodies in which the server describes itself."""

from typing import Any

from aiopeertube.emulator.wire.video_files import extensions

ABOUT: dict[str, Any] = {
    "instance": {
        "name": "PeerTube",
        "shortDescription": "An emulated server",
        "description": "This server is an emulator.",
        "terms": "No terms for now.",
        "codeOfConduct": "",
        "hardwareInformation": "",
        "creationReason": "",
        "moderationInformation": "",
        "administrator": "",
        "maintenanceLifetime": "",
        "businessModel": "",
        "languages": [],
        "categories": [],
        "banners": [],
        "avatars": [],
    }
}

# Federation, abuses and registrations: nothing of that happens here.
STATISTICS_WITHOUT_NUMBERS: dict[str, Any] = {
    "totalLocalVideoComments": 0,
    "totalVideoComments": 0,
    "totalLocalDailyActiveVideoChannels": 0,
    "totalLocalWeeklyActiveVideoChannels": 0,
    "totalLocalMonthlyActiveVideoChannels": 0,
    "totalLocalPlaylists": 0,
    "totalInstanceFollowers": 0,
    "totalInstanceFollowing": 0,
    "videosRedundancy": [
        {"totalUsed": 0, "totalVideos": 0, "totalVideoFiles": 0, "strategy": "manual", "totalSize": None}
    ],
    "averageAbuseResponseTimeMs": None,
    "totalAbuses": 0,
    "totalAbusesProcessed": 0,
    "averageRegistrationRequestResponseTimeMs": None,
    "totalRegistrationRequests": 0,
    "totalRegistrationRequestsProcessed": 0,
    "totalActivityPubMessagesProcessed": 0,
    "totalActivityPubMessagesSuccesses": 0,
    "totalActivityPubCreateMessagesSuccesses": 0,
    "totalActivityPubUpdateMessagesSuccesses": 0,
    "totalActivityPubDeleteMessagesSuccesses": 0,
    "totalActivityPubFollowMessagesSuccesses": 0,
    "totalActivityPubAcceptMessagesSuccesses": 0,
    "totalActivityPubRejectMessagesSuccesses": 0,
    "totalActivityPubAnnounceMessagesSuccesses": 0,
    "totalActivityPubUndoMessagesSuccesses": 0,
    "totalActivityPubLikeMessagesSuccesses": 0,
    "totalActivityPubDislikeMessagesSuccesses": 0,
    "totalActivityPubFlagMessagesSuccesses": 0,
    "totalActivityPubViewMessagesSuccesses": 0,
    "totalActivityPubApproveReplyMessagesSuccesses": 0,
    "totalActivityPubRejectReplyMessagesSuccesses": 0,
    "totalActivityPubCreateMessagesErrors": 0,
    "totalActivityPubUpdateMessagesErrors": 0,
    "totalActivityPubDeleteMessagesErrors": 0,
    "totalActivityPubFollowMessagesErrors": 0,
    "totalActivityPubAcceptMessagesErrors": 0,
    "totalActivityPubRejectMessagesErrors": 0,
    "totalActivityPubAnnounceMessagesErrors": 0,
    "totalActivityPubUndoMessagesErrors": 0,
    "totalActivityPubLikeMessagesErrors": 0,
    "totalActivityPubDislikeMessagesErrors": 0,
    "totalActivityPubFlagMessagesErrors": 0,
    "totalActivityPubViewMessagesErrors": 0,
    "totalActivityPubApproveReplyMessagesErrors": 0,
    "totalActivityPubRejectReplyMessagesErrors": 0,
    "totalActivityPubMessagesErrors": 0,
    "activityPubMessagesProcessedPerSecond": 0,
    "totalActivityPubMessagesWaiting": 0,
}

STATISTICS_OF_8: dict[str, Any] = {
    "totalLocalVideoDownloads": 0,
    "totalActivityPubDownloadMessagesSuccesses": 0,
    "totalActivityPubDownloadMessagesErrors": 0,
}

_CONFIG: dict[str, Any] = {
    "client": {
        "videos": {
            "miniature": {"displayAuthorAvatar": False, "preferAuthorDisplayName": False},
            "resumableUpload": {"maxChunkSize": 0},
        },
        "menu": {"login": {"redirectOnSingleExternalAuth": False}},
    },
    "defaults": {
        "publish": {
            "downloadEnabled": True,
            "commentsPolicy": 1,
            "commentsEnabled": True,
            "privacy": 1,
            "licence": None,
        },
        "p2p": {"webapp": {"enabled": True}, "embed": {"enabled": True}},
    },
    "webadmin": {"configuration": {"edition": {"allowed": True}}},
    "instance": {
        "name": "PeerTube",
        "shortDescription": "An emulated server",
        "isNSFW": False,
        "defaultNSFWPolicy": "do_not_list",
        "defaultClientRoute": "/videos/trending",
        "customizations": {"javascript": "", "css": ""},
        "avatars": [],
        "banners": [],
    },
    "search": {
        "remoteUri": {"users": True, "anonymous": False},
        "searchIndex": {"enabled": False, "url": "", "disableLocalSearch": False, "isDefaultSearch": False},
    },
    "plugin": {"registered": [], "registeredExternalAuths": [], "registeredIdAndPassAuths": []},
    "theme": {"registered": [], "default": "default"},
    "email": {"enabled": False},
    "contactForm": {"enabled": True},
    "serverVersion": "",
    "serverCommit": "",
    "transcoding": {
        "remoteRunners": {"enabled": False},
        "hls": {"enabled": False},
        "web_videos": {"enabled": False},
        "enabledResolutions": [],
        "profile": "default",
        "availableProfiles": ["default"],
    },
    "live": {
        "enabled": False,
        "allowReplay": True,
        "latencySetting": {"enabled": True},
        "maxDuration": -1,
        "maxInstanceLives": 20,
        "maxUserLives": 3,
        "transcoding": {
            "enabled": True,
            "remoteRunners": {"enabled": False},
            "enabledResolutions": [],
            "profile": "default",
            "availableProfiles": ["default"],
        },
        "rtmp": {"port": 1935},
    },
    "videoStudio": {"enabled": False, "remoteRunners": {"enabled": False}},
    "videoTranscription": {"enabled": False, "remoteRunners": {"enabled": False}},
    "export": {"users": {"enabled": True, "exportExpiration": 172800000, "maxUserVideoQuota": 10737418240}},
    "autoBlacklist": {"videos": {"ofUsers": {"enabled": False}}},
    "avatar": {"file": {"size": {"max": 4194304}, "extensions": [".png", ".jpeg", ".jpg", ".gif", ".webp"]}},
    "banner": {"file": {"size": {"max": 4194304}, "extensions": [".png", ".jpeg", ".jpg", ".gif", ".webp"]}},
    "video": {
        "image": {"extensions": [".png", ".jpg", ".jpeg", ".webp"], "size": {"max": 4194304}},
        "file": {"extensions": [*extensions(more=False)]},
    },
    "videoCaption": {"file": {"size": {"max": 20971520}, "extensions": [".vtt", ".srt"]}},
    "user": {"videoQuota": -1, "videoQuotaDaily": -1},
    "videoChannels": {"maxPerUser": 20},
    "trending": {
        "videos": {
            "intervalDays": 7,
            "algorithms": {"enabled": ["hot", "most-viewed", "most-liked"], "default": "most-viewed"},
        }
    },
    "tracker": {"enabled": True},
    "followings": {"instance": {"autoFollowIndex": {"indexUrl": ""}}},
    "broadcastMessage": {"enabled": False, "message": "", "level": "info", "dismissable": False},
    "homepage": {"enabled": False},
    "openTelemetry": {"metrics": {"enabled": False, "playbackStatsInterval": 15000}},
    "views": {"videos": {"watchingInterval": {"anonymous": 5000, "users": 5000}}},
    "storyboards": {"enabled": True},
    "signup": {
        "allowed": False,
        "allowedForCurrentIP": True,
        "minimumAge": 16,
        "requiresApproval": True,
        "requiresEmailVerification": False,
    },
}


def config_body(version: str, *, imports: bool, replacements: bool, more: bool) -> dict[str, Any]:
    """Return the configuration of a server: its version, what users may do, and `more` extensions of videos."""
    importing = {
        "videos": {"http": {"enabled": imports}, "torrent": {"enabled": False}},
        "videoChannelSynchronization": {"enabled": False},
        "users": {"enabled": True},
    }
    replacing = {"videoFile": {"update": {"enabled": replacements}}}
    files = {**_CONFIG["video"], "file": {"extensions": [*extensions(more=more)]}}
    return {**_CONFIG, "serverVersion": version, "import": importing, "video": files, **replacing}
