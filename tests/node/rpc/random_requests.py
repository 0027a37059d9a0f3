"""Requests with anything in them, made from the descriptors: what a careless caller may send.

`fields_of` gives any request at random, `bent` a sound one with one field wrong at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from google.protobuf.descriptor import Descriptor

_TEXTS: Final = st.one_of(
    st.sampled_from(
        [
            "",
            "x",
            "\0",
            "nodes/anhui/listings/",
            "nodes/jiangsu/listings/" + "0" * 26,
            "00000000-0000-4000-8000-000000000000",
            "public",
            "public.title",
            "origin",
            "340100",
            "34",
            "anhui",
            "anhui-tech",
            "2027-12-31",
            '"' + "0" * 64 + '"',
        ]
    ),
    st.text(max_size=40),
)
_BYTES: Final = st.binary(max_size=40)
_BOUNDS: Final = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_ENUM: (-(2**31), 2**31 - 1),
}


def values(field: FieldDescriptor, known: Mapping[str, Sequence[Any]]) -> st.SearchStrategy[Any]:
    """Give values of one element of a field; `known` has some that exist, by a field's name.

    Those of a message are known by the name of its type.
    """
    if field.message_type is not None:
        made = fields_of(field.message_type, known)
        exist = known.get(field.message_type.name)
        return st.one_of(st.sampled_from(exist), made) if exist else made
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        if field.type == FieldDescriptor.TYPE_BYTES:
            return st.one_of(st.sampled_from(known.get(field.name, [b""])), _BYTES)
        return st.one_of(st.sampled_from(known.get(field.name, [""])), _TEXTS)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return st.booleans()
    if field.cpp_type not in _BOUNDS:
        return st.floats(width=32)
    low, high = _BOUNDS[field.cpp_type]
    return st.one_of(st.integers(0, 9), st.sampled_from([low, high]), st.integers(low, high))


def fields_of(message: Descriptor, known: Mapping[str, Sequence[Any]]) -> st.SearchStrategy[Any]:
    """Give dictionaries of some fields of a message."""
    optional = {}
    for field in message.fields:
        one = values(field, known)
        optional[field.name] = st.lists(one, max_size=3) if field.is_repeated else one
    return st.fixed_dictionaries({}, optional=optional)


_HUGE: Final = "长" * 20_000
_WRONG: Final[dict[int, tuple[Any, ...]]] = {
    FieldDescriptor.CPPTYPE_INT32: (-1, -(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-1, -(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (2**32 - 1,),
    FieldDescriptor.CPPTYPE_UINT64: (2**64 - 1,),
    FieldDescriptor.CPPTYPE_ENUM: (0, 99, -1, 2**31 - 1),
    FieldDescriptor.CPPTYPE_BOOL: (),
    FieldDescriptor.CPPTYPE_STRING: (
        "",
        "\0",
        "a\x1b[31m\n",
        "\u202ea",
        _HUGE,
        "nodes/anhui/agreements/" + "0" * 26,
        "nodes/nobody/proposals/" + "0" * 26,
        "9999-99-99",
        "nobody",
    ),
}
_WRONG_BYTES: Final = (b"", b"\0", b"x" * 33, b"x" * 20_000)
_MANY: Final = 300


def bent(message: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a message with each field that it has wrong in each way, and the path of that field."""
    for field, value in message.ListFields():
        at = f"{path}{field.name}"
        if field.is_repeated:
            yield at, _with(message, field, [])
            yield at, _with(message, field, [value[0]] * _MANY)
            for part, one in _bent_value(field, value[0], f"{at}[0]"):
                yield part, _with(message, field, [one, *value[1:]])
            continue
        if field.message_type is not None:
            yield at, _with(message, field, None)
        for part, one in _bent_value(field, value, at):
            yield part, _with(message, field, one)


def _bent_value(field: FieldDescriptor, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if field.message_type is not None:
        yield path, type(value)()
        yield from bent(value, f"{path}.")
    else:
        is_bytes = field.type == FieldDescriptor.TYPE_BYTES
        for wrong in _WRONG_BYTES if is_bytes else _WRONG[field.cpp_type]:
            yield path, wrong


def _with(message: Any, field: FieldDescriptor, value: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    copy.ClearField(field.name)
    if field.is_repeated:
        getattr(copy, field.name).extend(value)
    elif field.message_type is not None:
        if value is not None:
            getattr(copy, field.name).CopyFrom(value)
            getattr(copy, field.name).SetInParent()
    else:
        setattr(copy, field.name, value)
    return copy


def is_path(message: Descriptor, path: str) -> bool:
    """Say whether a path, such as `agreement.parties[0].member`, leads to a field of a message."""
    name, _, rest = path.partition(".")
    field = message.fields_by_name.get(name.partition("[")[0])
    if field is None or ("[" in name and not field.is_repeated):
        return False
    return not rest or (field.message_type is not None and is_path(field.message_type, rest))
