"""/videos/imports."""

from typing import Final, Unpack
from urllib.parse import urlsplit

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError, InvalidField
from aiopeertube.types import ImportFields, ImportFilters, VideoImport
from aiopeertube.wire.call import Call
from aiopeertube.wire.fields import form_fields, problem_of
from aiopeertube.wire.files import FileLike
from aiopeertube.wire.messages import API, Body, Multipart
from aiopeertube.wire.sendable import line_complaint, quoted

from ._answers import with_new_video
from ._api import Noun
from ._bodies import given, images
from ._checks import id_problem

_LONGEST: Final = 2000  # characters of an address, as the server counts


class Imports(Noun):
    """Videos that the server fetches from an address, if its administrator lets it."""

    __slots__ = ()

    def create(
        self,
        *,
        targetUrl: str,
        channelId: int,
        thumbnailfile: FileLike | None = None,
        previewfile: FileLike | None = None,
        **fields: Unpack[ImportFields],
    ) -> Call[VideoImport]:
        """Import a video from a URL; the answer comes once the server has checked the URL, before it has the video.

        Not repeated when the answer is lost: `list(targetUrl=...)` shows whether it was accepted.

        Raises (when awaited):
            InvalidField, FileUnreadable: before anything is sent.
            Conflict: imports are not enabled. NotPermitted: the URL is in the server's own network.
            BadRequest: the server rejected a field, or found nothing at the URL.
        """
        everything = {"channelId": channelId, "targetUrl": targetUrl, **fields}
        wanted = given(everything)
        # Without a name the server uses the one it finds, so None is valid here.
        problem: InputError | None = _url_problem(targetUrl) or problem_of({"channelId": channelId, **wanted})
        body: Body | None = None
        try:
            body = Multipart(form_fields(wanted), images(thumbnailfile, previewfile))
        except InputError as exc:
            problem = problem or exc
        return Call(
            "POST",
            f"{API}/videos/imports",
            with_new_video,
            body=body,
            problem=problem,
            sender=self._sender,
        )

    def list(self, *, count: int = 100, **filters: Unpack[ImportFilters]) -> Paginator[VideoImport]:
        """List the user's imports, the latest first."""
        return self._pages("/users/me/videos/imports", filters, count=count)

    def delete(self, number: int) -> Call[None]:
        """Remove an import from the list; what it made stays. Conflict: it is pending."""
        return self._do("DELETE", f"/videos/imports/{number}", id_problem("id", number))

    def cancel(self, number: int) -> Call[None]:
        """Stop an import that is pending."""
        return self._do("POST", f"/videos/imports/{number}/cancel", id_problem("id", number))

    def retry(self, number: int) -> Call[None]:
        """Try an import again that failed; only 8.x."""
        return self._do("POST", f"/videos/imports/{number}/retry", id_problem("id", number), since="8.0")


def _url_problem(url: str) -> InvalidField | None:
    try:
        parts = urlsplit(url)
        # urlsplit drops characters that the server would not.
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not line_complaint(url)
        usable = usable and len(url) <= _LONGEST
    except (ValueError, AttributeError, TypeError):
        usable = False
    return None if usable else InvalidField("targetUrl", f"must be an http(s) address, not {quoted(url)}")
