"""The server's answers, by path."""

from aiopeertube.emulator.api.calls import Route

from . import captions, channels, config, files, imports, oauth, passwords, resumable, uploads, users, videos

# Where a path fits more than one route, the first is taken: fixed words come before names.
ROUTES: tuple[Route, ...] = (
    *oauth.ROUTES,
    *users.ROUTES,
    *config.ROUTES,
    *imports.ROUTES,
    *resumable.ROUTES,
    *uploads.ROUTES,
    *files.ROUTES,
    *videos.ROUTES,
    *passwords.ROUTES,
    *captions.ROUTES,
    *channels.ROUTES,
)

# Those beside the API.
FILE_ROUTES: tuple[Route, ...] = files.FILE_ROUTES

__all__ = ["FILE_ROUTES", "ROUTES"]
