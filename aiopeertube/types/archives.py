"""Archives of all that a user has."""

from typing import NotRequired, TypedDict

from .common import LabelledId


class ExportId(TypedDict):
    """The id of an archive."""

    id: int


class ExportRequested(TypedDict):
    """Answer of a request for an archive."""

    export: ExportId


class UserExport(TypedDict):
    """An archive. `state.id` is 1 pending, 2 processing, 3 completed, 4 errored; `size` is in bytes."""

    id: int
    state: LabelledId
    size: int | None
    privateDownloadUrl: str | None
    createdAt: str
    expiresOn: str | None
    fileUrl: NotRequired[str | None]


class ImportStats(TypedDict):
    """How much of a kind was imported."""

    success: int
    duplicates: int
    errors: int


class ImportSummary(TypedDict):
    """How much was imported, by kind."""

    stats: dict[str, ImportStats]


class UserImport(TypedDict):
    """The import of an archive. `state.id` is 1 pending, 2 processing, 3 completed, 4 errored."""

    id: int
    state: LabelledId
    createdAt: str
    resultSummary: NotRequired[ImportSummary | None]


class UserImportId(TypedDict):
    """The id of an import."""

    id: int


class ArchiveProgress(TypedDict):
    """How many bytes of an archive have arrived, or the import that began.

    `offset` is None when the server does not say.
    """

    offset: int | None
    userImport: UserImportId | None
