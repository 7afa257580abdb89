"""What answers look like without what they say: of each operation and status the keys, the kinds of values, the type.

A kind is "string", "number", "boolean" or "null"; a list has one item, an object says which of its keys are not
always there ("key?"). Values of one kind become one, so that a walk over a server gives a small file.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from asked import operation_of
from explained import FIELDS

from aiopeertube.stack.pool.aiohttp import AiohttpPool
from aiopeertube.wire.messages import Request, Response

DATA = Path(__file__).parents[1] / "data"
Answers = dict[str, dict[str, Any]]
_RECORDED = {"6.3": "6.3.0", "8.2": "8.2.1"}
# In what the emulator differs, by a part of its name, and why.
_KNOWN = {
    ".files[].magnetUri is too much": "a real server makes it a while after the video",
    ".data[].data.": "what a job says depends on what it does",
    ".data[].parent is not there": "so does whether another job made it",
    ".metadata.": "nothing probes files here",
    "application/octet-stream, not None": "the emulator's streams say a type where 6.3 says none",
}
# What the recorded servers were not seen to answer.
_NOT_MET = {
    "GET /videos/{} 403": "the fork of 8.2.1 knows no wrong password under PeerTube's name",
    "GET /videos/{}/source 200": "the newest video on 8.2.1 had no file of its own",
}
# Keys that are names of things.
_NAMES = re.compile(r"\d+|.*[.@:].*")


class Shapes:
    """Notes the shapes of answers, each under its operation and status: `GET /users/{} 200`."""

    def __init__(self) -> None:
        self.answers: Answers = {}

    def note(self, request: Request, response: Response) -> None:
        """Note an answer; a refusal for asking too often is none."""
        operation = operation_of(request.method, request.path)
        if operation is None or response.status == 429:
            return
        seen = self.answers.setdefault(f"{operation} {response.status}", {})
        kind = response.headers.get("content-type")
        seen["type"], seen["etag"] = kind, "etag" in response.headers
        if kind is not None and "json" in kind and response.body:
            seen["body"] = _merged(seen.get("body", "null"), shape_of(json.loads(response.body)))


class Listening(AiohttpPool):
    """Connections whose answers are noted."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self._shapes = shapes

    async def handle(self, request: Request) -> Response:
        response = await super().handle(request)
        self._shapes.note(request, response)
        return response


@cache
def recorded(version: str) -> Answers:
    """Read what answers of a real server of this release, `6.3`, looked like."""
    return kept(DATA / f"shapes-{_RECORDED[version]}.json")


def unlike(version: str, answers: Answers) -> dict[str, list[str]]:
    """Tell in what answers are not those of a real server of this release, by their operation and status."""
    real = recorded(version)
    found = {name: ["never seen"] for name in answers.keys() - real.keys() - _NOT_MET.keys()}
    for name in answers.keys() & real.keys():
        told = unknown_differences(real[name], answers[name])
        if told:
            found[name] = told
    return found


def unknown_differences(real: Any, other: Any) -> list[str]:
    """Tell in what the other shape is not the real one, but for what emulators are known to do otherwise."""
    return [each for each in differences(real, other) if not any(known in each for known in _KNOWN)]


def keep(path: Path, answers: Answers) -> None:
    """Keep what a real server's answers looked like; objects of one shape are kept once."""
    objects: list[Any] = []
    compact = {name: _compact(answer, objects) for name, answer in sorted(answers.items())}
    lines = [json.dumps({"objects": objects})[:-1] + ",", '"answers": {']
    lines.append(",\n".join(f"{json.dumps(name)}: {json.dumps(answer)}" for name, answer in compact.items()))
    path.write_text("\n".join([*lines, "}}", ""]))


def kept(path: Path) -> Answers:
    """Read what was kept."""
    found = json.loads(path.read_text())
    return {name: _expanded(answer, found["objects"]) for name, answer in found["answers"].items()}


def differences(real: Any, other: Any, where: str = "$") -> Iterator[str]:
    """Tell in what the other shape is not the real one; what is null or empty on one side may be anything."""
    if "null" in (real, other) or [] in (real, other):
        return
    if isinstance(real, dict) and isinstance(other, dict):
        yield from (f"{where}.{key} is not there" for key in sorted(real.keys() - _bare(other)) if key[-1] != "?")
        yield from (f"{where}.{key} is too much" for key in sorted(_bare(other) - _bare(real)))
        for key in real:
            found = other.get(key, other.get(key.removesuffix("?"), other.get(f"{key}?", "null")))
            yield from differences(real[key], found, f"{where}.{key.removesuffix('?')}")
    elif isinstance(real, list) and isinstance(other, list):
        yield from differences(real[0], other[0], f"{where}[]")
    elif real != other:
        yield f"{where} is {other}, not {real}"


def _bare(shape: dict[str, Any]) -> set[str]:
    return {key.removesuffix("?") for key in shape}


def shape_of(value: Any) -> Any:
    """Return what a value looks like."""
    if isinstance(value, dict):
        return {
            "*" if _NAMES.fullmatch(key) else key: shape_of(item) for key, item in value.items() if key not in FIELDS
        }
    if isinstance(value, list):
        merged: Any = "null"
        for item in value:
            merged = _merged(merged, shape_of(item))
        return [merged] if value else []
    if value is None:
        return "null"
    return {bool: "boolean", str: "string"}.get(type(value), "number")


def _merged(first: Any, second: Any) -> Any:
    if first in ("null", []):
        return second
    if second in ("null", []):
        return first
    if isinstance(first, dict) and isinstance(second, dict):
        names = dict.fromkeys([*(key.removesuffix("?") for key in (*first, *second))])
        always = {name for name in names if name in first and name in second}
        return {
            name if name in always else f"{name}?": _merged(
                first.get(name, first.get(f"{name}?", "null")), second.get(name, second.get(f"{name}?", "null"))
            )
            for name in names
        }
    if isinstance(first, list) and isinstance(second, list):
        return [_merged(first[0], second[0])]
    return first


def _compact(shape: Any, objects: list[Any]) -> Any:
    if isinstance(shape, list):
        return [_compact(item, objects) for item in shape]
    if not isinstance(shape, dict):
        return shape
    made = {key: _compact(value, objects) for key, value in shape.items()}
    if len(made) < 4:
        return made
    if made not in objects:
        objects.append(made)
    return objects.index(made)


def _expanded(shape: Any, objects: list[Any]) -> Any:
    if isinstance(shape, bool) or shape is None or isinstance(shape, str):
        return shape
    if isinstance(shape, int):
        return _expanded(objects[shape], objects)
    if isinstance(shape, list):
        return [_expanded(item, objects) for item in shape]
    return {key: _expanded(value, objects) for key, value in shape.items()}
