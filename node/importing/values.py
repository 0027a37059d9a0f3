"""Texts as values of a field's type.

- Enum values may be given with or without their prefix (SUPPLY for LISTING_KIND_SUPPLY), or by the
  words that commands show for them (供给). Choices and numbers may stand in full-width characters.
- What is not understood raises BadValueError, whose text is the rule that is broken.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor

from federation.records.fields import Group, Many, Number
from federation.records.shapes import LISTING_CONTACTS, LISTING_PUBLIC, LISTING_TERMS
from node.choice_words import CHOICES, code_of
from node.importing.problems import BadValueError, Term, out_of_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_PLAIN_CHARACTERS: Final = 100  # more than a choice or a number has

_SHA256_HEX: Final = re.compile(r"[0-9a-fA-F]{64}")
_INTEGER_BOUNDS: Final = {
    FieldDescriptor.TYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.TYPE_UINT64: (0, (1 << 64) - 1),
    FieldDescriptor.TYPE_UINT32: (0, (1 << 32) - 1),
}
_SHAPES: Final = {
    "public": LISTING_PUBLIC,
    "members": LISTING_TERMS,
    "origin": LISTING_CONTACTS,
}
# Spreadsheets and JSON write whole numbers with a part of zeros too.
_NUMBER: Final = re.compile(r"(?P<whole>-?[0-9]{1,100})(?:\.(?P<part>[0-9]{0,100}))?", re.ASCII)
_BOOLEANS: Final = {
    **dict.fromkeys(("true", "1", "yes", "y", "是", "有"), True),
    **dict.fromkeys(("false", "0", "no", "n", "否", "无"), False),
}


def converter(field: FieldDescriptor, names: Sequence[str]) -> Callable[[str], object]:
    """Return what makes a value of the field's type of a text, raising BadValueError.

    `names` are those of the path to the field.
    """
    if field.enum_type is not None:
        return _enum_converter(field)
    if field.type in _INTEGER_BOUNDS:
        bounds = number_bounds(names)
        return lambda text: _integer(text, field, bounds)
    match field.type:
        case FieldDescriptor.TYPE_BOOL:
            return _boolean
        case FieldDescriptor.TYPE_BYTES:
            return _bytes
        case _:
            return str


def _enum_converter(field: FieldDescriptor) -> Callable[[str], object]:
    enum: Any = field.enum_type
    prefix = _prefix(field)
    terms = {}
    for value in enum.values:
        terms[value.name] = terms[value.name.removeprefix(prefix)] = value.number
        terms[str(value.number)] = value.number

    def convert(text: str) -> object:
        number = terms.get(_plain(text).upper())
        if number is None:
            number = terms.get(code_of(prefix, text) or "")
        if number is None:
            raise BadValueError("UNKNOWN_TERM")
        return number

    return convert


def choices(field: FieldDescriptor) -> tuple[Term, ...]:
    """Return the terms of a field that takes one of few."""
    if field.enum_type is None:
        return ()
    prefix = _prefix(field)
    names = [value.name.removeprefix(prefix) for value in field.enum_type.values[1:]]
    return tuple(Term(name, CHOICES.get(prefix, {}).get(name, ("",))[0]) for name in names)


def _prefix(field: FieldDescriptor) -> str:
    enum: Any = field.enum_type
    name: str = enum.values_by_number[0].name
    return name.removesuffix("UNSPECIFIED")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip() if len(text) <= _PLAIN_CHARACTERS else text


def _boolean(text: str) -> object:
    value = _BOOLEANS.get(_plain(text).lower())
    if value is None:
        raise BadValueError("BAD_BOOLEAN")
    return value


def _integer(text: str, field: FieldDescriptor, told: tuple[int, int] | None) -> object:
    """Return the number. `told` are the bounds of the field by the rules of records.

    That it keeps them is asked where those rules are; here it has to fit into the field.
    """
    least, most = _INTEGER_BOUNDS[field.type]
    found = _NUMBER.fullmatch(_plain(text))
    if found is None:
        raise BadValueError("BAD_NUMBER")
    if (found["part"] or "").strip("0"):
        raise BadValueError("NOT_WHOLE")
    number = int(found["whole"])
    if not least <= number <= most:
        raise out_of_range(*(told or (least, most)))
    return number


def number_bounds(names: Iterable[str]) -> tuple[int, int] | None:
    """Return the bounds that the rules of records give a number, by the names in its path."""
    kind: Any = None
    shaped: Any = None
    for name in names:
        if shaped is None:
            shaped = _SHAPES[name]
            continue
        kind = dict(shaped.fields.values())[name]
        kind = kind.of if isinstance(kind, Many) else kind
        shaped = kind.shape if isinstance(kind, Group) else shaped
    return (kind.least, kind.most) if isinstance(kind, Number) else None


def _bytes(text: str) -> object:
    if _SHA256_HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadValueError("BAD_BYTES") from error
