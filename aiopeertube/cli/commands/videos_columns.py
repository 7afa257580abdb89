"""The fields of videos that are written where none are asked for."""

from typing import Final

from aiopeertube.cli.options_list import Columns

_COLUMNS: Final = ("id", "name", "channel.name", "privacy", "language", "publishedAt", "views")
_CSV_COLUMNS: Final = (
    "id",
    "uuid",
    "shortUUID",
    "name",
    "channel.name",
    "account.name",
    "privacy.label",
    "category.label",
    "licence.label",
    "language.id",
    "nsfw",
    "duration",
    "views",
    "createdAt",
    "publishedAt",
    "updatedAt",
    "originallyPublishedAt",
    "url",
)
_CARD: Final = (
    "name",
    "id",
    "uuid",
    "shortUUID",
    "url",
    "channel",
    "account",
    "privacy",
    "category",
    "licence",
    "language",
    "tags",
    "nsfw",
    "commentsPolicy",
    "downloadEnabled",
    "duration",
    "views",
    "createdAt",
    "publishedAt",
    "updatedAt",
    "originallyPublishedAt",
    "support",
    "description",
)


VIDEOS: Final = Columns(_COLUMNS, _CSV_COLUMNS, _CARD)
