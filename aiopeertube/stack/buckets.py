"""Which requests the server counts where: the windows that a route takes a place in, and the lane it waits in."""

from typing import Final, Literal

from aiopeertube.wire.messages import READS, Multipart, RawBody, Request

Kind = Literal["read", "write", "transfer", "token"]

# Routes that PeerTube counts in a window of their own, beside the API's (server/core/controllers/api).
# What is answered there shows the figures of that window, not of the API's.
_OWN: Final = {
    ("POST", "/api/v1/users/token"): "login",
    ("POST", "/api/v1/users/register"): "signup",
    ("POST", "/api/v1/users/registrations/request"): "signup",
    ("POST", "/api/v1/users/ask-send-verify-email"): "email",
    ("POST", "/api/v1/users/registrations/ask-send-verify-email"): "email",
    ("POST", "/api/v1/server/logs/client"): "logs",
}
_API: Final = ("api",)
_OUTSIDE: Final = frozenset({"download", "feeds", "lazy-static", "plugins", "static", "videos", "w"})
_PING: Final = "/api/v1/ping"  # counted nowhere in stock PeerTube, but a proxy may think otherwise


def buckets_of(method: str, path: str) -> tuple[str, ...]:
    """Name the windows that count this route; the first is the one its headers speak of."""
    if method == "POST" and (method, path) in _OWN:
        return (_OWN[method, path], "api")
    if path.startswith("/api/"):
        return _API if path != _PING else ("ping",)
    segment = path.split("/", 2)[1] if "/" in path else ""
    return (segment,) if segment in _OUTSIDE else ("other",)


def kind_of(request: Request) -> Kind:
    """Tell reads, writes, and transfers of files, which may take an hour and must hold up no edit."""
    if request.sink is not None:
        return "transfer"
    if request.method in READS:
        return "read"
    body = request.body
    if body is None:
        return "write"
    if "/upload" in request.path or isinstance(body, RawBody):
        return "transfer"
    return "transfer" if isinstance(body, Multipart) and body.files else "write"
