"""Records with anything in them, made from the descriptors: what a hostile caller may send."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

_TELLING: Final = (
    "",
    " ",
    "\u3000",
    "３１００００",
    "310000",
    "C3311",
    "3311",
    "c22c21/00",
    "91110000600037341L",
    "2027-06-30",
    "2027-02-30",
    "13800001234",
    "a@example.com",
    "CENTER",
    "https://example.cn/",
    "nodes/shanghai/managers/01arz3ndektsv4rrffq69g5fav",
    "450",
    "-1.5",
    "高强铝合金板材",
    "\ufdfa" * 20,
    "é\u0301\u0323",
    "\u202e\ufeff\x00",
)
_TEXTS: Final = st.one_of(
    st.sampled_from(_TELLING), st.text(max_size=150), st.text("13８- .@a元", max_size=30)
)


def messages(message: type[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of messages of a class, each field set or not."""
    descriptor = message.DESCRIPTOR
    fields = {
        field.name: _lists(field) if field.is_repeated else values(field)
        for field in descriptor.fields
        if field.name not in {"state", "info"}
    }
    return st.fixed_dictionaries({}, optional=fields).map(lambda said: message(**said))


def _lists(field: Any) -> st.SearchStrategy[Any]:
    return st.lists(values(field), max_size=4)


def values(field: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of values of a field, or of one item of a list."""
    if field.message_type:
        return messages(field.message_type._concrete_class)
    if field.enum_type:
        return st.integers(0, 12)
    return {
        field.TYPE_BOOL: st.booleans(),
        field.TYPE_BYTES: st.one_of(st.binary(max_size=40), st.just(bytes(32))),
        field.TYPE_STRING: _TEXTS,
        field.TYPE_INT64: st.integers(-(1 << 63), (1 << 63) - 1),
        field.TYPE_UINT32: st.integers(0, (1 << 32) - 1),
        field.TYPE_UINT64: st.integers(0, (1 << 64) - 1),
    }[field.type]
