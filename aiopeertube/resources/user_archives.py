"""/users/{userId}/exports and /users/{userId}/imports: all that a user has, as one archive."""

from aiopeertube._pagination import Paginator
from aiopeertube.types import UploadStarted
from aiopeertube.types.archives import ArchiveProgress, ExportRequested, UserExport, UserImport
from aiopeertube.wire.answers import is_resume_incomplete, json_value, strange
from aiopeertube.wire.call import Call
from aiopeertube.wire.messages import JsonBody, Response
from aiopeertube.wire.sendable import line_problem

from ._api import Noun
from ._checks import id_problem
from ._chunks import Chunks, offset_of, size_problem

_ZIP = "application/zip"


class UserExports(Noun):
    """Archives of all that a user has, which the server makes and keeps for a while."""

    __slots__ = ()

    def list(self, user: int, *, count: int = 100) -> Paginator[UserExport]:
        """List the archives; `privateDownloadUrl` of a finished one is where it is, and opens it for anybody."""
        problem = id_problem("userId", user)
        return self._pages(f"/users/{user}/exports", {}, count=count, problem=problem)

    def request(self, user: int, *, withVideoFiles: bool) -> Call[ExportRequested]:
        """Have an archive made, with or without the files of videos; `list` tells when it is finished.

        Conflict: there is one already.
        """
        json = {"withVideoFiles": withVideoFiles}
        return self._ask("POST", f"/users/{user}/exports/request", id_problem("userId", user), json=json)

    def delete(self, user: int, export: int) -> Call[None]:
        """Delete an archive. Conflict: it is being made."""
        path = f"/users/{user}/exports/{export}"
        return self._do("DELETE", path, id_problem("userId", user), id_problem("id", export))


class UserImportUploads(Chunks[ArchiveProgress]):
    """An archive of another server, sent in chunks; `aiopeertube.resumable.import_archive` does it for a file."""

    __slots__ = ()

    def start(self, *, filename: str, size: int) -> Call[UploadStarted]:
        """Announce an archive of `size` bytes; its name ends in .zip."""
        problem = size_problem(size) or line_problem("filename", filename)
        return self._announced(size, _ZIP, None if problem else JsonBody.of({"filename": filename}), problem)


class UserImports(Noun):
    """Archives that users bring from other servers."""

    __slots__ = ()

    def latest(self, user: int) -> Call[UserImport]:
        """Get how far the last archive's import is. NotFound: there was none."""
        return self._get(f"/users/{user}/imports/latest", problem=id_problem("userId", user))

    def uploads(self, user: int) -> UserImportUploads:
        """Return the calls that send an archive in chunks."""
        path = f"/users/{user}/imports/import-resumable"
        return UserImportUploads(self._sender, path, _progress, id_problem("userId", user))


def _progress(response: Response) -> ArchiveProgress:
    if is_resume_incomplete(response):
        return {"offset": offset_of(response), "userImport": None}
    answer = json_value(response)
    made = answer.get("userImport") if isinstance(answer, dict) else None
    if not isinstance(made, dict) or "id" not in made:
        raise strange(response, "the import of an archive")
    return {"offset": None, "userImport": {"id": made["id"]}}
