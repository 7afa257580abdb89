"""Mutated inputs: a file is changed at random, from a seed, and whoever reads it may fail only in its own words.

`hunt` is for any input that is bytes: tables, plans, journals. A failure is told by its number, and `mutant` makes
the same file of that number again. All together try `AIOPEERTUBE_FUZZ` inputs, by default 2,000; others of them with
another `AIOPEERTUBE_FUZZ_SEED` than 0.
"""

import io
import os
import random
import re
import signal
import traceback
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

from aiopeertube.errors import PeerTubeError

Mutate = Callable[[random.Random, bytes], bytes]

SEED: Final = int(os.environ.get("AIOPEERTUBE_FUZZ_SEED", "0"))
LIMIT: Final = 10.0  # seconds of processor time for one input; what waits for other programs does not count
_INTERESTING: Final = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"\n\n",
    b"=", b"-1", b"0", b"1e308", b"1E+400", b"99999999999999999999", b"NaN", b"true", b"null", b"{}", b"[]", b"{",
    b"]", b":", b"\\", b"\\u0000", b"\\ud800", b"\xe9", b"\xc3\xa9", b"\xf0\x9f\x8e\xac", b"\xe2\x80\x8b", b"%s",
    b"{0}", b"<", b">", b"/>", b"&#0;", b"&lt;", b"<!--", b"1048577", b"XFE1", b"A1", b"#N/A", b"x" * 300,
)  # fmt: skip

_VALUE: Final = re.compile(rb'="([^"]*)"|>([^<>]+)<')
_VALUES: Final = (
    b"", b"-1", b"0", b"7", b"1e9", b"99999999999999", b"x", b"#N/A", b"A1048577", b"ZZZ9", b"n", b"s", b"d", b"b",
    b"e", b"str", b"inlineStr", b"1.5", b"2958466", b"-99999999", b"NaN", b"1E+400", b"14396", b"yyyy", b"0%",
    b"&#1;", b"_x0000_",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """An input that did harm: its number, and what came of it."""

    number: int
    what: str


class TooSlow(BaseException):
    """An input takes too long; no handler of errors takes it for one of its own."""


def count(share: float) -> int:
    """Tell how many inputs a test tries whose share of all is that."""
    return round(int(os.environ.get("AIOPEERTUBE_FUZZ", "2000")) * share)


def mutant(seeds: Sequence[bytes], number: int, mutate: Mutate, *, seed: int = SEED) -> bytes:
    """Make the input of that number."""
    rng = random.Random(f"{seed}/{number}")
    return mutate(rng, rng.choice(seeds))


def hunt(
    try_one: Callable[[bytes], object],
    seeds: Sequence[bytes],
    mutate: Mutate,
    *,
    count: int,
    seed: int = SEED,
    allowed: type[Exception] | tuple[type[Exception], ...] = PeerTubeError,
) -> Iterator[Finding]:
    """Try so many mutants, and give those that end with an error that is not `allowed`, or do not end."""
    for number in range(count):
        data = mutant(seeds, number, mutate, seed=seed)
        try:
            with _limited():
                try_one(data)
        except allowed:
            continue
        except TooSlow:
            yield Finding(number, f"more than {LIMIT:.0f} s")
        except Exception:  # noqa: BLE001 - which is what is looked for
            yield Finding(number, traceback.format_exc(limit=-4))


@contextmanager
def _limited() -> Iterator[None]:
    """Raise TooSlow after `LIMIT`; where the system has no such timer, a hang is one."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def late(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def changed(rng: random.Random, data: bytes) -> bytes:
    """Change bytes, pieces and lines of a file, here and there."""
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        data = rng.choice(_CHANGES)(rng, data)
    return data


def changed_archive(rng: random.Random, data: bytes) -> bytes:
    """Change what is in an archive and pack it again; now and then its parts' names, or the archive itself."""
    if rng.random() < 0.1:
        return changed(rng, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice([*parts, *_likely(parts)])
        kind = rng.random()
        if kind < 0.05:
            del parts[name]
            break
        if kind < 0.1:
            parts[rng.choice([*parts])] = parts[name]
        else:
            parts[name] = changed_xml(rng, parts[name]) if kind < 0.85 else changed(rng, parts[name])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def changed_xml(rng: random.Random, data: bytes) -> bytes:
    """Change an attribute or a text of XML, so that it can still be parsed."""
    places = [*_VALUE.finditer(data)]
    if not places:
        return data
    found = rng.choice(places)
    start, end = found.span(found.lastindex or 0)
    return data[:start] + rng.choice(_VALUES) + data[end:]


def _likely(parts: dict[str, bytes]) -> list[str]:
    return [name for name in parts if "sheet" in name or "Strings" in name or "styles" in name] * 3


def _flip(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(_INTERESTING) + data[at:]


def _replace(rng: random.Random, data: bytes) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.randrange(12)
    return data[:at] + rng.choice(_INTERESTING) + data[at + size :]


def _delete(rng: random.Random, data: bytes) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.choice((1, 2, 10, 100))
    return data[:at] + data[at + size :]


def _repeat(rng: random.Random, data: bytes) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.choice((1, 10, 100))
    return data[:at] + data[at : at + size] * rng.choice((2, 2, 50)) + data[at + size :]


def _move(rng: random.Random, data: bytes) -> bytes:
    at, to, size = rng.randrange(len(data) + 1), rng.randrange(len(data) + 1), rng.choice((1, 10, 100))
    rest = data[:at] + data[at + size :]
    return rest[:to] + data[at : at + size] + rest[to:]


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


def _recode(rng: random.Random, data: bytes) -> bytes:
    encoding = rng.choice(("utf-16", "utf-16-le", "cp1252", "latin-1", "utf-8-sig", "utf-32"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


# The small ones come more often, or there would be little left to be read.
_CHANGES: Final = (
    *(_flip, _insert, _replace, _delete) * 4, *(_repeat, _move) * 2, _cut, _lines, _recode,
)  # fmt: skip
