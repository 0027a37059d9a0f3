"""What a field may hold, whatever record it stands in: its kind, and the walk that applies it.

- A field kind brings a value into its normal form and reports what the form does not allow.
- A `Shape` gives one kind to every field of a message: a field without one fails at import.
- `walk` visits only fields that are set and changes the message in place, so one pass normalises
  and checks. Values that a kind knows to be normal (its codes, or those seen before) it passes by.
  Of a list that is too long only the first items are looked at: it is refused anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Final, Protocol

from federation.records.findings import Report

MAX_INT64: Final = (1 << 63) - 1
SEEN_MAX: Final = 4096


class Field(Protocol):
    """A kind of field."""

    def normal(self, value: Any, path: str, report: Report) -> Any:
        """Return the value to store, reporting what is wrong with it; never raises."""


class Message(Protocol):
    """A protobuf message, as far as the walk needs it."""

    def ListFields(self) -> Sequence[tuple[Any, Any]]: ...  # noqa: N802, D102 - protobuf's name


class Seen(set[str]):
    """Texts that a kind found to be normal: codes and days come again and again."""

    def note(self, text: str) -> str:
        """Return the text; remember it while there is room."""
        if len(self) < SEEN_MAX:
            self.add(text)
        return text


def known_to(kind: Field) -> Container[Any]:
    """Return the values of a kind that are normal as they stand."""
    known: Container[Any] = getattr(kind, "known", ())
    return known


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The kinds of all fields of a message, by field number, and which must be set."""

    fields: dict[int, tuple[str, Field]]
    required: frozenset[int]


def shape(message: type[Any], /, required: str = "", **kinds: Field) -> Shape:
    """Return the shape of a message class; `required` names fields, parted by blanks.

    Raises ValueError, at import, where `kinds` and the message's fields differ.
    """
    numbers = {descriptor.name: descriptor.number for descriptor in message.DESCRIPTOR.fields}
    if numbers.keys() != kinds.keys():
        raise ValueError(f"{message.__name__}: {sorted(numbers.keys() ^ kinds.keys())}")
    return Shape(
        {numbers[name]: (name, kind) for name, kind in kinds.items()},
        frozenset(numbers[name] for name in required.split()),
    )


def walk(message: Message, shaped: Shape, path: str, report: Report) -> None:
    """Bring every set field of a message into its normal form and report what breaks its kind."""
    fields = _placed(shaped, path)
    missing = len(shaped.required)
    for descriptor, value in message.ListFields():
        place, name, is_required, normal, known = fields[descriptor.number]
        if value in known:
            missing -= is_required
            continue
        stored = normal(value, place, report)
        if stored is not value:
            setattr(message, name, stored)
        if is_required and stored:  # a text can become empty when its blanks go
            missing -= 1
    if missing:
        present = {descriptor.number for descriptor, _ in message.ListFields()}
        for number in sorted(shaped.required - present):
            report.add("REQUIRED", fields[number][0])


@lru_cache(maxsize=1024)
def _placed(
    shaped: Shape, path: str
) -> dict[int, tuple[str, str, bool, Callable[[Any, str, Report], Any], Container[Any]]]:
    """Return (path, name, is required, normal, known) of each field of a message at `path`."""
    return {
        number: (f"{path}.{name}", name, number in shaped.required, kind.normal, known_to(kind))
        for number, (name, kind) in shaped.fields.items()
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of an enumeration; 0, not set, only where a message leaves the field out."""

    enum: Any
    known: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the known numbers but 0."""
        object.__setattr__(self, "known", frozenset(self.enum.values()) - {0})

    def normal(self, value: int, path: str, report: Report) -> int:
        """Return the number; see Field."""
        if value not in self.known:
            report.add("CHOICE_UNKNOWN", path, value, choice=self.enum.DESCRIPTOR.name)
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """An integer of a range."""

    least: int = 0
    most: int = MAX_INT64
    known: range = field(init=False)

    def __post_init__(self) -> None:
        """Know the whole range."""
        object.__setattr__(self, "known", range(self.least, self.most + 1))

    def normal(self, value: int, path: str, report: Report) -> int:
        """Return the number; see Field."""
        if value not in self.known:
            report.add("NUMBER_RANGE", path, value, least=self.least, most=self.most)
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    known: ClassVar[tuple[bool, ...]] = (True, False)

    def normal(self, value: bool, path: str, report: Report) -> bool:  # noqa: ARG002 - see Field
        """Return the value; see Field."""
        return value


@dataclass(frozen=True, slots=True)
class Digest:
    """A SHA-256 digest."""

    def normal(self, value: bytes, path: str, report: Report) -> bytes:
        """Return the bytes; see Field."""
        if len(value) != 32:  # noqa: PLR2004 - SHA-256
            report.add("DIGEST_LENGTH", path, value.hex(), length=len(value))
        return value


@dataclass(frozen=True, slots=True)
class Group:
    """A message with a shape of its own."""

    shape: Shape

    def normal(self, value: Message, path: str, report: Report) -> Message:
        """Return the message, whose fields were walked in place; see Field."""
        walk(value, self.shape, path, report)
        return value


@dataclass(frozen=True, slots=True)
class Many:
    """A list. `distinct` lists hold codes or choices, none of them twice."""

    most: int
    of: Field
    distinct: bool = False

    def normal(self, value: Any, path: str, report: Report) -> Any:
        """Return the list, whose items were normalised in place; see Field."""
        normal, known, items = self.of.normal, known_to(self.of), value
        if len(value) > self.most:
            report.add("TOO_MANY", path, count=len(value), most=self.most)
            items = value[: self.most]
        for index, item in enumerate(items):
            stored = item
            if item not in known:
                place = f"{path}[{index}]"
                stored = normal(item, place, report)
                if not stored and stored == "":
                    report.add("REQUIRED", place)
                if stored is not item:
                    value[index] = stored
            if index and self.distinct and stored in value[:index]:
                report.add("DUPLICATE_ITEM", f"{path}[{index}]", stored)
        return value
