"""The server's answers, by path."""

from aiopeertube.emulator.api.calls import Route

from . import (
    archives,
    blocks,
    captions,
    channel_edits,
    channels,
    chapters,
    collaborators,
    comments,
    config,
    feeds,
    files,
    history,
    imports,
    jobs,
    mutes,
    notifications,
    oauth,
    ownership,
    passwords,
    playlist_elements,
    playlists,
    ratings,
    replacing,
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
    *feeds.ROUTES,
    *archives.ROUTES,
    *users.ROUTES,
    *config.ROUTES,
    *imports.ROUTES,
    *resumable.ROUTES,
    *replacing.ROUTES,
    *uploads.ROUTES,
    *files.ROUTES,
    *comments.ROUTES,
    *blocks.ROUTES,
    *ownership.ROUTES,
    *videos.ROUTES,
    *ratings.ROUTES,
    *history.ROUTES,
    *notifications.ROUTES,
    *chapters.ROUTES,
    *video_stats.ROUTES,
    *passwords.ROUTES,
    *captions.ROUTES,
    *channels.ROUTES,
    *channel_edits.ROUTES,
    *collaborators.ROUTES,
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
FILE_ROUTES: tuple[Route, ...] = (
    *files.FILE_ROUTES,
    *captions.FILE_ROUTES,
    *feeds.FILE_ROUTES,
    *archives.FILE_ROUTES,
)

__all__ = ["FILE_ROUTES", "ROUTES"]
