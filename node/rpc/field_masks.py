"""Applies the update mask of a revision (AIP-134).

Rules:

- A path begins with the name of a part (public, members, origin) and walks through single messages
  to a field; the field is replaced as a whole. A field that the request leaves empty is cleared.
- No mask means every populated field of the request, down to values and lists.
- A path that leads nowhere is refused, by itself, in the violations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from federation.records.findings import Finding
from node.services.errors import InvalidFields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from google.protobuf.message import Message

M = TypeVar("M", bound="Message")


def masked(stored: M, update: M, paths: Sequence[str], parts: Collection[str]) -> M:
    """Return a copy of `stored` with the fields that `paths` name taken from `update`.

    `parts` are the fields of the record that a path may begin with. Raises INVALID_FIELD.
    """
    violations = [
        _violation(path) for path in paths if not _leads(path.split("."), stored.DESCRIPTOR, parts)
    ]
    if violations:
        raise InvalidFields(violations)
    result = type(stored)()
    result.CopyFrom(stored)
    if paths:
        steps: list[list[str]] = [path.split(".") for path in paths]
    else:
        steps = [path for path in _populated(update) if path[0] in parts]
    for path in steps:
        _copy(update, result, path)
    return result


def _leads(steps: list[str], message: Any, parts: Collection[str]) -> bool:
    if steps[0] not in parts:
        return False
    for step in steps[:-1]:
        field = message.fields_by_name.get(step)
        if field is None or field.is_repeated or field.message_type is None:
            return False
        message = field.message_type
    return steps[-1] in message.fields_by_name


def _populated(message: Message) -> Iterator[list[str]]:
    """Yield the paths of all populated fields, down to values, lists and empty messages."""
    for field, value in message.ListFields():
        inner = list(_populated(value)) if _is_single_message(field) else []
        if inner:
            yield from ([field.name, *path] for path in inner)
        else:
            yield [field.name]


def _copy(source: Message, target: Message, path: list[str]) -> None:
    name, *rest = path
    field = source.DESCRIPTOR.fields_by_name[name]
    if rest:
        if source.HasField(name) or target.HasField(name):
            _copy(getattr(source, name), getattr(target, name), rest)
        return
    target.ClearField(name)
    if field.is_repeated or _is_single_message(field):
        if field.is_repeated or source.HasField(name):
            getattr(target, name).MergeFrom(getattr(source, name))
    elif not field.has_presence or source.HasField(name):
        setattr(target, name, getattr(source, name))


def _is_single_message(field: Any) -> bool:
    return field.message_type is not None and not field.is_repeated


def _violation(path: str) -> Finding:
    shown = path[:80]
    return Finding(
        "update_mask",
        "MASK_PATH",
        shown,
        f"update_mask“{shown}”不是可修改的字段路径；路径以部分名开头，例如 public.title",
        f'update_mask "{shown}" names no field; begin with a part, for example public.title',
    )
