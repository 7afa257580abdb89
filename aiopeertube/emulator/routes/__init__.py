"""The server's answers, by path."""

from aiopeertube.emulator.api.calls import Route

from . import (
    blocks,
    captions,
    channel_edits,
    channels,
    chapters,
    comments,
    config,
    files,
    imports,
    jobs,
    mutes,
    oauth,
    objects,
    passwords,
    playlist_elements,
    playlists,
    ratings,
    reports,
    resumable,
    search,
    subscriptions,
    uploads,
    user_accounts,
    users,
    video_stats,
    videos,
)

# Where a path fits more than one route, the first is taken: fixed words come before names.
ROUTES: tuple[Route, ...] = (
    *oauth.ROUTES,
    *users.ROUTES,
    *config.ROUTES,
    *imports.ROUTES,
    *resumable.ROUTES,
    *uploads.ROUTES,
    *files.ROUTES,
    *comments.ROUTES,
    *blocks.ROUTES,
    *videos.ROUTES,
    *ratings.ROUTES,
    *chapters.ROUTES,
    *video_stats.ROUTES,
    *passwords.ROUTES,
    *captions.ROUTES,
    *channels.ROUTES,
    *channel_edits.ROUTES,
    *playlists.ROUTES,
    *playlist_elements.ROUTES,
    *search.ROUTES,
    *subscriptions.ROUTES,
    *mutes.ROUTES,
    *reports.ROUTES,
    *jobs.ROUTES,
    *user_accounts.ROUTES,
)

# Those beside the API.
FILE_ROUTES: tuple[Route, ...] = (*files.FILE_ROUTES, *captions.FILE_ROUTES, *objects.FILE_ROUTES)

__all__ = ["FILE_ROUTES", "ROUTES"]
