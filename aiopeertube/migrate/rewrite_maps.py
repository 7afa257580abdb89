"""Maps from old keys to videos that web servers load: `map` of nginx, and `RewriteMap txt:` of Apache.

nginx looks keys up in a hash, ignoring case, and takes none twice: keys that differ by case alone are regular
expressions, and so are a few long ones, for which its hash has no room unless it is told to have some.

A line of Apache's ends its key at the first blank, and nothing quotes one. So a key is written as it is where that
can be, and a path as `int:escape` makes it, too.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

Say = Callable[[str], object]

MAP_FORMATS: Final = ("nginx", "apache")
_SPECIAL: Final = frozenset({"default", "hostnames", "include", "volatile"})
_HASHED: Final = 46  # bytes of a key for which nginx's hash has room unless it is told otherwise
_EXPRESSIONS: Final = 200  # of long keys: they are tried one after the other
_TOKEN: Final = 4000  # bytes of one word of nginx's
_LINE: Final = 1000  # bytes of one line of Apache's
_KEPT: Final = frozenset(b"$-_.+!*'(),:@&=/~")  # and letters and digits: what int:escape leaves; of some versions ...
_LATER: Final = frozenset(b";")  # ... this, too


def map_lines(format: str, pairs: Iterable[tuple[str, str]], say: Say) -> Iterator[str]:
    """Write the lines of a map from keys to addresses; what no line can hold is told and left out."""
    yield from (_apache if format == "apache" else _nginx)(_unique(pairs, say), say)


def _unique(pairs: Iterable[tuple[str, str]], say: Say) -> dict[str, str]:
    """Return the address for each key; of several videos of one key the first counts, and the others are told."""
    kept: dict[str, str] = {}
    for key, url in pairs:
        if kept.setdefault(key, url) != url:
            say(f"left out, since an earlier video has the same key: {key!r} for {url}")
    return kept


def _nginx(found: Mapping[str, str], say: Say) -> Iterator[str]:
    folded = Counter(_lower(key) for key in found)
    long = [key for key in found if len(_bytes(key)) > _HASHED]
    as_expressions = frozenset(long if len(long) <= _EXPRESSIONS else ())
    if len(long) > _EXPRESSIONS:
        size = 1 << max(len(_bytes(key)) + 24 for key in long).bit_length()
        what = f"this map needs `map_hash_bucket_size {size};` beside it"
        say(what)
        yield f"# {what}\n"
    for key, url in found.items():
        if len(_bytes(key)) > _TOKEN or "\0" in key:
            say(f"left out, since nginx cannot hold it: {key[:80]!r}")
        elif folded[_lower(key)] > 1 or key in as_expressions:
            yield f'"~^{_quoted(re.escape(key))}\\\\z" {url};\n'
        else:
            special = key.lower() in _SPECIAL or key.startswith(("~", "\\"))
            yield f'"{_quoted(chr(92) * special + key)}" {url};\n'


def _lower(key: str) -> bytes:
    return _bytes(key).lower()  # as nginx does: letters of ASCII alone


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _apache(found: Mapping[str, str], say: Say) -> Iterator[str]:
    for key, url in found.items():
        forms = [form for form in _forms(key) if _fits(form, url)]
        if not forms:
            say(f"left out, since Apache cannot hold it: {key[:80]!r}")
        yield from (f"{form} {url}\n" for form in forms)


def _forms(key: str) -> Iterable[str]:
    """Return a key as it is, and a path as `int:escape` makes it of a request's."""
    escaped = (_escaped(key, _KEPT), _escaped(key, _KEPT | _LATER)) if key.startswith("/") else ()
    return dict.fromkeys((key, *escaped))


def _fits(form: str, url: str) -> bool:
    blank = any(char.isspace() or char == "\0" for char in form)
    return not blank and not form.startswith("#") and len(_bytes(form)) + len(url) < _LINE


def _escaped(key: str, left: frozenset[int]) -> str:
    plain = (byte in left or (byte < 128 and chr(byte).isalnum()) for byte in _bytes(key))
    return "".join(chr(byte) if keep else f"%{byte:02x}" for byte, keep in zip(_bytes(key), plain, strict=True))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
