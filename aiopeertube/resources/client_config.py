"""/client-config."""

from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import text_problem


class ClientConfig(Noun):
    """What the server remembers of a web client, by a cookie; only 8.x."""

    __slots__ = ()

    def update_interface_language(self, *, language: str) -> Call[None]:
        """Set the language of the interface; only 8.x."""
        return self._language("update-interface-language", language)

    def update_language(self, *, language: str) -> Call[None]:
        """Do the same under another name, which the document of 8.2 has, and the server 8.2.1 does not."""
        return self._language("update-language", language)

    def _language(self, verb: str, language: str) -> Call[None]:
        problem = text_problem("language", language)
        return self._do("POST", f"/client-config/{verb}", problem, json={"language": language}, since="8.0")
