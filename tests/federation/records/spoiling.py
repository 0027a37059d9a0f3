"""How a test spoils a record that keeps every rule, so that it breaks exactly one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from federation.records.findings import Finding


class Broken(NamedTuple):
    """A sentence, the one rule and field that are told, and what spoils the record."""

    sentence: str
    rule: str
    field: str
    spoil: Callable[[Any], object]


def sentence(broken: Broken) -> str:
    return broken.sentence


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(found.rule, found.field) for found in findings]


def _at(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = getattr(record, name)
    return record


def put(path: str, value: object) -> Callable[[Any], object]:
    """Return what sets a field."""
    parent, _, last = path.rpartition(".")
    return lambda record: setattr(_at(record, parent), last, value)


def drop(path: str) -> Callable[[Any], object]:
    """Return what clears a field."""
    parent, _, last = path.rpartition(".")
    return lambda record: _at(record, parent).ClearField(last)


def extend(path: str, *values: object) -> Callable[[Any], object]:
    """Return what adds items to a list."""
    return lambda record: _at(record, path).extend(values)
