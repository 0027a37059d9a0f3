"""Files in which a person says what is written: an agreement, a contract, contacts.

- JSON, or by the name's ending TOML: the fields of the proto file by their names. The JSON form of
  proto3 is read as well.
- A choice may be short, `licence` for CONTRACT_TYPE_LICENCE. Numbers are whole: fen and ppm.
- What is not known is told with what is. Of a file with personal data no content is told.
- What `show --json` wrote is read too; what the node fills in is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from google.protobuf.message import Message

_M = TypeVar("_M", bound="Message")
_TOML: Final = ".toml"
_WHOLE: Final = re.compile(r"-?[0-9]{1,40}")
"""A whole number, also one in quotes; null leaves a field out."""


_PLACE: Final = re.compile(r"line (\d+),? column (\d+)")


class _SaidError(ValueError):
    """A fault that is told: its text holds no content of a file with personal data."""


def read_said(
    file: Path,
    message: _M,
    called: str,
    *,
    always: str = "",
    left_out: Sequence[str] = (),
    is_personal: bool = False,
) -> _M:
    """Fill an empty message from a file; refuses BAD_FILE.

    `called` is what the file should hold, for the refusal, and the field around it in what `show
    --json` wrote; `always` is a field that it has by itself. `left_out` is what the node fills in.
    """
    from google.protobuf import json_format

    from federation.log.errors import Refused

    try:
        text = file.read_text(encoding="utf-8-sig")
        said = _toml(text) if file.suffix.lower() == _TOML else _json(text)
        plain = _Reader(left_out, is_personal).plain(
            _unwrapped(said, called, always), message.DESCRIPTOR
        )
        json_format.ParseDict(plain, message)
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror}"
        raise Refused("BAD_FILE", what, file=str(file)) from error
    except UnicodeDecodeError as error:
        what = (
            f"{file} is no {called}: it is not UTF-8 from byte {error.start} on; save it as UTF-8"
        )
        raise Refused("BAD_FILE", what, file=str(file)) from (None if is_personal else error)
    except (ValueError, json_format.ParseError) as error:
        is_told = not is_personal or isinstance(error, _SaidError)
        why = f": {error}" if is_told else _place(error)
        what = f"{file} is no {called}{why}"
        raise Refused("BAD_FILE", what, file=str(file)) from (error if is_told else None)
    for field in left_out:
        message.ClearField(field)
    return message


class _Reader:
    """Turns what was said into the JSON form of proto3; raises _SaidError."""

    def __init__(self, left_out: Sequence[str], is_personal: bool) -> None:
        self._left_out = left_out
        self._is_personal = is_personal

    def plain(self, said: Any, kind: Any, path: str = "") -> Any:
        """Return an object with the names of the proto file."""
        if not isinstance(said, dict):
            return said
        found: dict[str, Any] = {}
        for name, value in said.items():
            field = kind.fields_by_name.get(name) or kind.fields_by_camelcase_name.get(name)
            if field is None:
                names = [one for one in kind.fields_by_name if path or one not in self._left_out]
                place = f'"{path}{name}"'
                if self._is_personal:
                    place = f"a field of {path.rstrip('.') or 'the file'}"
                raise _SaidError(f"{place} is not known; known are {', '.join(names)}")
            if isinstance(value, list):
                found[field.name] = [
                    self._value(one, field, f"{path}{name}[{at}]") for at, one in enumerate(value)
                ]
            else:
                found[field.name] = self._value(value, field, f"{path}{name}")
        return found

    def _value(self, value: Any, field: Any, path: str) -> Any:
        from datetime import date, datetime

        if field.message_type is not None:
            return self.plain(value, field.message_type, f"{path}.")
        if (bounds := _bounds(field)) is not None and value is not None:
            told = "" if self._is_personal else f' "{value}"'
            if not _WHOLE.fullmatch(str(value)):
                raise _SaidError(
                    f"{path}{told} is no whole number; amounts are in fen, shares in ppm"
                )
            if not bounds[0] <= int(str(value)) <= bounds[1]:
                raise _SaidError(f"{path}{told} is not within {bounds[0]} to {bounds[1]}")
        if isinstance(value, _Fraction):
            raise _SaidError(f"{path} is a number; write it in quotes")
        if field.enum_type is not None and isinstance(value, str):
            return _chosen(value, field.enum_type, path)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()  # a day of TOML
        if field.type == field.TYPE_STRING and not isinstance(value, str | None):
            raise _SaidError(f"{path} is a text; write it in quotes")
        return value


def _bounds(field: Any) -> tuple[int, int] | None:
    """Return the least and the greatest value of a field of whole numbers."""
    return {
        field.CPPTYPE_INT32: (-(1 << 31), (1 << 31) - 1),
        field.CPPTYPE_INT64: (-(1 << 63), (1 << 63) - 1),
        field.CPPTYPE_UINT32: (0, (1 << 32) - 1),
        field.CPPTYPE_UINT64: (0, (1 << 64) - 1),
    }.get(field.cpp_type)


def _chosen(value: str, enum: Any, path: str) -> Any:
    """Return the name of a choice that was said short or whole."""
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    name = prefix + value.upper().replace("-", "_").removeprefix(prefix)
    if name not in enum.values_by_name:
        known = [one.name.removeprefix(prefix).lower() for one in enum.values[1:]]
        raise _SaidError(f'{path} "{value}" is not known; known are {", ".join(known)}')
    return name


def _unwrapped(said: Any, called: str, always: str) -> dict[str, Any]:
    """Return what stands in the answer that `show --json` wrote."""
    if not isinstance(said, dict):
        raise _SaidError("it is no object with fields")
    inner = said.get(called)
    is_around = always and always not in said and isinstance(inner, dict)
    return _unwrapped(inner, called, always) if is_around else said


def _json(text: str) -> Any:
    import json

    return json.loads(text, object_pairs_hook=_once, parse_float=_Fraction)


def _toml(text: str) -> Any:
    import tomllib

    from node.config.toml_text import parse_toml

    try:
        return parse_toml(text, parse_float=_Fraction)
    except tomllib.TOMLDecodeError as error:
        _check_day(text, str(error))
        raise


def _place(error: Exception) -> str:
    """Return where a file cannot be read any more, which tells nothing of what stands there."""
    found = _PLACE.search(str(error))
    return f": line {found[1]}, column {found[2]} cannot be read" if found else ""


def _check_day(text: str, fault: str) -> None:
    """Say that a day is none, where that is why a line cannot be read: TOML does not."""
    from datetime import date

    if not (place := re.search(r"at line (\d+)", fault)):
        return
    line = text.splitlines()[int(place[1]) - 1]
    for day in re.findall(r"(?<![\d\"'-])\d{4}-\d\d?-\d\d?(?![\d\"'-])", line.partition("#")[0]):
        try:
            date.fromisoformat(day)
        except ValueError:
            what = f"line {place[1]}: {day} is no day of the calendar; write it like 2026-10-31"
            raise ValueError(what) from None


class _Fraction(str):
    """A number that is not whole, as it stands in the file: told where its field is known."""

    __slots__ = ()


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice}" is given twice')
    return found
