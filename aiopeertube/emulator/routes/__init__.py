"""The server's answers, by path."""

from aiopeertube.emulator.api.calls import Route

from . import captions, channels, config, imports, oauth, passwords, resumable, uploads, users, videos

# Where a path fits more than one route, the first is taken: fixed words come before names.
ROUTES: tuple[Route, ...] = (
    *oauth.ROUTES,
    *users.ROUTES,
    *config.ROUTES,
    *imports.ROUTES,
    *resumable.ROUTES,
    *uploads.ROUTES,
    *videos.ROUTES,
    *passwords.ROUTES,
    *captions.ROUTES,
    *channels.ROUTES,
)

__all__ = ["ROUTES"]
