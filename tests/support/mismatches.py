"""Values against declared types: every way in which one is not what its annotation says, by name."""

import types
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict


def mismatches(value: Any, annotation: Any, where: str = "$", bound: dict[Any, Any] | None = None) -> list[str]:
    """Every way in which the value is not what the annotation says."""
    bound = bound or {}
    if isinstance(annotation, TypeVar):
        annotation = bound[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation in (Any, object):
        return []
    if origin in (Union, types.UnionType):
        # Of something that is there, None is not the nearest arm.
        meant = [arm for arm in args if value is None or arm is not type(None)]
        arms = [mismatches(value, arm, where, bound) for arm in meant]
        return min(arms, key=len)
    if origin is Literal:
        return [] if value in args else [f"{where}: {value!r} is none of {args}"]
    if is_typeddict(origin or annotation):
        return _in_typed_dict(value, origin or annotation, where, dict(zip(_parameters(origin), args, strict=True)))
    if origin in (list, Sequence):
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no list"]
        return [m for i, item in enumerate(value) for m in mismatches(item, args[0], f"{where}[{i}]", bound)]
    if origin in (dict, Mapping):
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no object"]
        return [m for key, item in value.items() for m in mismatches(item, args[1], f"{where}.{key}", bound)]
    if annotation is None:
        annotation = type(None)
    accepted = {int, float} if annotation is float else {annotation}
    return [] if type(value) in accepted else [f"{where}: {value!r} is no {annotation}"]


def _parameters(generic: object) -> tuple[TypeVar, ...]:
    return getattr(generic, "__parameters__", ())


def _in_typed_dict(value: Any, typed_dict: Any, where: str, bound: dict[Any, Any]) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no {typed_dict.__name__}"]
    hints = get_type_hints(typed_dict)
    found = [f"{where}.{key}: {typed_dict.__name__} does not declare it" for key in value.keys() - hints.keys()]
    found += [f"{where}.{key}: required, yet absent" for key in typed_dict.__required_keys__ - value.keys()]
    for key in value.keys() & hints.keys():
        found += mismatches(value[key], hints[key], f"{where}.{key}", bound)
    return sorted(found)
