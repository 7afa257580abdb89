"""The server's description of itself."""

from typing import Any

from aiopeertube.emulator.api.calls import HTML, Call, Reply, Route, json_reply
from aiopeertube.emulator.api.config_bodies import ABOUT, STATISTICS_OF_8, STATISTICS_WITHOUT_NUMBERS, config_body
from aiopeertube.emulator.api.config_of_8 import config_of_8
from aiopeertube.emulator.model.constants import (
    ADMINISTRATOR,
    CATEGORIES,
    LICENCES,
    MODERATOR,
    MODERN_LICENCES,
    PRIVACIES,
)
from aiopeertube.emulator.model.languages import LANGUAGES, MODERN_LANGUAGES


async def config(call: Call) -> Reply:
    """Return the configuration."""
    options = call.backend.options
    body = config_body(
        options.full_version,
        imports=options.imports,
        replacements=options.replacements,
        more=options.additional_extensions,
    )
    return json_reply(config_of_8(body, call.backend.renderer.url) if options.is_modern else body)


async def about(_call: Call) -> Reply:
    """Return the server's description."""
    return json_reply(ABOUT)


async def ping(_call: Call) -> Reply:
    """Answer "pong"; the only route without a rate limit."""
    return Reply(200, b"pong", HTML)


async def statistics(call: Call) -> Reply:
    """Return statistics of the server."""
    users, videos = call.store.users.values(), call.store.videos.values()
    size = sum(video.size for video in videos)
    body: dict[str, Any] = {
        "totalUsers": len(users),
        "totalDailyActiveUsers": sum(user.last_login_at is not None for user in users),
        "totalWeeklyActiveUsers": sum(user.last_login_at is not None for user in users),
        "totalMonthlyActiveUsers": sum(user.last_login_at is not None for user in users),
        "totalModerators": sum(user.role == MODERATOR for user in users),
        "totalAdmins": sum(user.role == ADMINISTRATOR for user in users),
        "totalLocalVideos": len(videos),
        "totalLocalVideoViews": sum(video.views for video in videos),
        "totalLocalVideoFilesSize": size,
        "totalVideos": len(videos),
        "totalLocalVideoChannels": len(call.store.channels),
        **STATISTICS_WITHOUT_NUMBERS,
        **(STATISTICS_OF_8 if call.is_modern else {}),
    }
    return json_reply(body, **{"Cache-Control": "max-age=14400"})


async def categories(_call: Call) -> Reply:
    """Return the categories."""
    return json_reply(CATEGORIES)


async def licences(call: Call) -> Reply:
    """Return the licences."""
    return json_reply(MODERN_LICENCES if call.is_modern else LICENCES)


async def languages(call: Call) -> Reply:
    """Return the languages."""
    return json_reply(MODERN_LANGUAGES if call.is_modern else LANGUAGES)


async def privacies(_call: Call) -> Reply:
    """Return the privacies."""
    return json_reply(PRIVACIES)


ROUTES = (
    Route("GET", "/config", config, "getConfig"),
    Route("GET", "/config/about", about, "getAbout"),
    Route("GET", "/ping", ping),
    Route("GET", "/server/stats", statistics),
    Route("GET", "/videos/categories", categories, "getCategories"),
    Route("GET", "/videos/licences", licences, "getLicences"),
    Route("GET", "/videos/languages", languages, "getLanguages"),
    Route("GET", "/videos/privacies", privacies, "getPrivacies"),
)
