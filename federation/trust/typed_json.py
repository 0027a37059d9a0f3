"""Reads canonical JSON of hostile origin field by field: a value of the right type, or a refusal.

- Canonical means: encoding what was read again gives the same bytes. Keys ascend, no white space,
  UTF-8, integers only. So doubled keys, fractions, NaN and second spellings are refused at once.
- Every refusal (TRUST_FILE_REFUSED) names the path of the field, for example `members[2].name`.
- Fields that are not asked for are left alone: a later version may add some.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from federation.log import strict_base64 as base64
from federation.log.errors import Refused

if TYPE_CHECKING:
    from re import Pattern

NUMBER_MAX: Final = 2**63 - 1


def encode_canonical(value: object) -> bytes:
    """Return the canonical JSON of a value made of dicts, lists, strings, integers, bools, None."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def read_canonical(raw: bytes, size_bytes_max: int) -> JsonField:
    """Return the root of a canonical JSON document, or refuse it."""
    if len(raw) > size_bytes_max:
        raise refused("", f"larger than {size_bytes_max} bytes")
    try:
        value = json.loads(raw.decode(), parse_float=_no_fraction, parse_constant=_no_fraction)
        canonical = encode_canonical(value) == raw
    except (ValueError, RecursionError) as error:  # ValueError: also of UTF-8, huge integers
        raise refused("", "not JSON of whole numbers") from error
    if not canonical:
        raise refused("", "not canonical JSON")
    return JsonField("", value)


def _no_fraction(text: str) -> int:
    raise ValueError(text)


def refused(path: str, what: str) -> Refused:
    """Return the refusal of what stands at a path."""
    return Refused("TRUST_FILE_REFUSED", f"{path or 'file'}: {what}", path=path)


class JsonField:
    """A value and where it stands."""

    __slots__ = ("path", "value")

    def __init__(self, path: str, value: object) -> None:
        self.path = path
        self.value = value

    def refused(self, what: str) -> Refused:
        """Return the refusal of this field."""
        return refused(self.path, what)

    def __getitem__(self, name: str) -> JsonField:
        """Return a field of an object, or refuse its absence."""
        if not isinstance(self.value, dict):
            raise self.refused("not an object")
        path = f"{self.path}.{name}" if self.path else name
        if name not in self.value:
            raise refused(path, "missing")
        return JsonField(path, self.value[name])

    def optional(self) -> JsonField | None:
        """Return the field, or None where null stands."""
        return None if self.value is None else self

    def if_there(self, name: str) -> JsonField | None:
        """Return a field of an object; None where null stands or an earlier format had none."""
        is_absent = isinstance(self.value, dict) and name not in self.value
        return None if is_absent else self[name].optional()

    def items(self, count_max: int) -> list[JsonField]:
        """Return the elements of an array."""
        if not isinstance(self.value, list):
            raise self.refused("not an array")
        if len(self.value) > count_max:
            raise self.refused(f"more than {count_max} elements")
        return [JsonField(f"{self.path}[{i}]", one) for i, one in enumerate(self.value)]

    def text(self, pattern: Pattern[str]) -> str:
        """Return a string that the pattern matches whole."""
        if not isinstance(self.value, str):
            raise self.refused("not a string")
        if not pattern.fullmatch(self.value):
            raise self.refused("not of the form that this field has")
        return self.value

    def number(self, low: int = 0, high: int = NUMBER_MAX) -> int:
        """Return a whole number from low to high."""
        if type(self.value) is not int:
            raise self.refused("not a whole number")
        if not low <= self.value <= high:
            raise self.refused(f"not from {low} to {high}")
        return self.value

    def octets(self, size_bytes_max: int) -> bytes:
        """Return the bytes that canonical base64 spells."""
        if not isinstance(self.value, str) or not self.value.isascii():
            raise self.refused("not base64")
        if len(self.value) > 4 * (size_bytes_max // 3 + 1):
            raise self.refused(f"more than {size_bytes_max} bytes")
        try:
            return base64.decode(self.value.encode(), "TRUST_FILE_REFUSED")
        except Refused as error:
            raise self.refused(error.what) from error
