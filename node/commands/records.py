"""Records as text: for a person, as JSON, and as cells under field paths. Pure.

A path is written as everywhere in the API, `public.supply.ip[0].number`, so that what `ydx export`
wrote can be read by `ydx import`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

_LIST_SEPARATOR = ";"
_TIME = "google.protobuf.Timestamp"


def as_json(message: Message, *, with_zeros: bool = False) -> dict[str, Any]:
    """Return the proto3 JSON form, with the field names of the proto files."""
    return MessageToDict(
        message,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=with_zeros,
    )


def cells(message: Message, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every populated field, in the order of the proto files.

    A list of plain values is one text, its elements separated by semicolons; each element of a list
    of messages has its own paths.
    """
    for field, value in message.ListFields():
        path = f"{prefix}{field.name}"
        if field.message_type is None:
            yield path, _text(field, value)
        elif field.is_repeated:
            for index, element in enumerate(value):
                yield from cells(element, f"{path}[{index}].")
        elif field.message_type.full_name == _TIME:
            yield path, value.ToJsonString()
        else:
            yield from cells(value, f"{path}.")


def column_order(message: Message) -> Any:
    """Return a sort key for paths of this type of message: the order of the proto files."""

    def key(path: str) -> list[tuple[int, int]]:
        order = []
        descriptor: Any = message.DESCRIPTOR
        for step in path.split("."):
            name, _, index = step.rstrip("]").partition("[")
            field = descriptor.fields_by_name[name]
            order.append((field.number, int(index or 0)))
            descriptor = field.message_type
        return order

    return key


def changed_paths(before: Message | None, after: Message) -> list[str]:
    """Return the paths of the parts that a revision gave another text; none for the first."""
    if before is None:
        return []
    old, new = dict(cells(before)), dict(cells(after))
    parts = ("public.", "members.", "origin.")
    return [
        path
        for path in dict.fromkeys([*new, *old])
        if path.startswith(parts) and old.get(path) != new.get(path)
    ]


def _text(field: FieldDescriptor, value: Any) -> str:
    if field.is_repeated:
        return _LIST_SEPARATOR.join(_single(field, element) for element in value)
    return _single(field, value)


def _single(field: FieldDescriptor, value: Any) -> str:
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else str(value)
    match field.type:
        case FieldDescriptor.TYPE_BYTES:
            return str(value.hex())
        case FieldDescriptor.TYPE_BOOL:
            return "true" if value else "false"
        case _:
            return str(value)
