"""Finds the route of a path."""

from collections import defaultdict
from collections.abc import Iterable

from .api.calls import Route

API = "/api/v1/"

# The first words of paths that have the rate limit, whether the rest of the path exists or not.
LIMITED = frozenset({
    "abuses", "accounts", "automatic-tags", "blocklist", "bulk", "config", "custom-pages", "jobs", "metrics",
    "oauth-clients", "overviews", "plugins", "search", "server", "users", "video-channel-syncs", "video-channels",
    "video-playlists", "videos", "watched-words",
})  # fmt: skip


class Router:
    """Finds routes by method and path.

    Where several `routes` fit, the first is taken.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, int, str], list[tuple[list[str], Route]]] = defaultdict(list)
        for route in routes:
            words = route.template[1:].split("/")
            self._routes[route.method, len(words), words[0]].append((words, route))

    def find(self, method: str, words: list[str]) -> tuple[Route, dict[str, str]] | None:
        """Return the route of a path and the values in it.

        `words` is the path below ``/api/v1``, split at slashes and decoded.
        """
        for template, route in self._routes.get((method, len(words), words[0]), ()):
            params: dict[str, str] = {}
            for expected, word in zip(template, words, strict=True):
                if expected[0] == "{":
                    params[expected[1:-1]] = word
                elif expected != word:
                    break
            else:
                return route, params
        return None
