"""/plugins."""

from collections.abc import Mapping
from typing import Any, Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.errors import InputError, InvalidField
from aiopeertube.types.instance import AvailablePlugin, AvailablePluginFilters, Plugin, PluginFilters
from aiopeertube.wire.call import Call
from aiopeertube.wire.identifiers import segment

from ._api import Noun
from ._checks import choices_problem, text_problem


class Plugins(Noun):
    """Plugins and themes, named by their package: `peertube-plugin-…`, `peertube-theme-…`; for administrators."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[PluginFilters]) -> Paginator[Plugin]:
        """List what is installed; `pluginType` is 1 for plugins, 2 for themes."""
        problem = choices_problem(PluginFilters, filters)
        return self._pages("/plugins", filters, count=count, problem=problem, key=_name)

    def available(self, *, count: int = 100, **filters: Unpack[AvailablePluginFilters]) -> Paginator[AvailablePlugin]:
        """List what there is to install, as the project's index knows it."""
        problem = choices_problem(AvailablePluginFilters, filters)
        return self._pages("/plugins/available", filters, count=count, problem=problem, key=_package)

    def get(self, npmName: str) -> Call[Plugin]:
        """Get one that is installed."""
        return self._get(_path(npmName), problem=text_problem("npmName", npmName))

    def install(
        self,
        *,
        npmName: str | None = None,
        path: str | None = None,
        pluginVersion: str | None = None,
    ) -> Call[None]:
        """Install one, by its package or from a folder of the server's machine."""
        return self._installed("install", {"npmName": npmName, "path": path, "pluginVersion": pluginVersion})

    def update(self, *, npmName: str | None = None, path: str | None = None) -> Call[None]:
        """Bring one to its newest version, or to what a folder of the server's machine has."""
        return self._installed("update", {"npmName": npmName, "path": path})

    def uninstall(self, *, npmName: str) -> Call[None]:
        """Uninstall one; its settings stay."""
        return self._do("POST", "/plugins/uninstall", text_problem("npmName", npmName), json={"npmName": npmName})

    def public_settings(self, npmName: str) -> Call[dict[str, Any]]:
        """Get the settings that anybody may see."""
        return self._get(f"{_path(npmName)}/public-settings", problem=text_problem("npmName", npmName))

    def registered_settings(self, npmName: str) -> Call[dict[str, Any]]:
        """Get what settings there are."""
        return self._get(f"{_path(npmName)}/registered-settings", problem=text_problem("npmName", npmName))

    def update_settings(self, npmName: str, *, settings: Mapping[str, Any]) -> Call[None]:
        """Replace the settings."""
        json = {"settings": dict(settings)}
        return self._do("PUT", f"{_path(npmName)}/settings", text_problem("npmName", npmName), json=json)

    def _installed(self, verb: str, fields: dict[str, str | None]) -> Call[None]:
        json = {name: value for name, value in fields.items() if value is not None}
        problem: InputError | None = None
        if ("npmName" in json) == ("path" in json):
            problem = InvalidField("npmName", "give the package or the path of one, not both")
        return self._do("POST", f"/plugins/{verb}", problem, json=json, timeout=_SECONDS)


_SECONDS = 300.0  # the server runs its package manager before it answers


def _path(name: str) -> str:
    return f"/plugins/{segment(name)}"


def _name(row: Plugin) -> tuple[str, int]:
    return row["name"], row["type"]


def _package(row: AvailablePlugin) -> str:
    return row["npmName"]
