"""Field paths of a listing and the conversion of texts into its fields.

A path is written as everywhere in the API: public.title, public.supply.ip[0].number. Of a column
origin.contacts.0.name and, for the first, origin.contacts.name are understood too. An index has one
spelling, of ASCII digits without a leading zero: another would be a second column for its field.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from federation.records.codec import Listing
from node.importing.indicators import ParsedIndicator
from node.importing.values import choices, converter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from node.importing.problems import Term
    from ydx.exchange.v1 import listing_messages_pb2

_PARTS: Final = ("public", "members", "origin")
_NEAR: Final = 0.8
"""How like a path below a part a column has to be: headings are words, which meet by chance."""
_INDEX: Final = "(0|[1-9][0-9]?)"
_STEP: Final = re.compile(rf"([a-z0-9_]+)(?:\[{_INDEX}\])?")
_DOTTED_INDEX: Final = re.compile(rf"\.{_INDEX}(?=\.)")


class UnknownPathError(Exception):
    """No field of a listing has this path; the text names the nearest one."""

    def __str__(self) -> str:
        """Return the path and the nearest one that there is."""
        path = str(self.args[0])
        nearest = nearest_path(path)
        return f"there is no field {path!r}" + (f"; nearest: {nearest}" if nearest else "")


@dataclass(frozen=True, slots=True)
class Target:
    """One field of a listing that values can be put into."""

    path: str
    repeated: bool
    is_indicator: bool
    _steps: tuple[tuple[str, int], ...]  # name and index; -1 where the step is not repeated
    _leaf: str
    _convert: Callable[[str], object]
    choices: tuple[Term, ...] = ()
    """The terms of a field that takes one of few."""

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount of money, in fen."""
        return self._leaf.endswith("_fen")

    @property
    def is_later(self) -> bool:
        """Whether it belongs to an element of a list that is not the first."""
        return any(index > 0 for _, index in self._steps)

    def convert(self, text: str) -> object:
        """Return the text as a value of the field's type.

        Raises BadValueError.
        """
        return self._convert(text)

    def put(self, listing: Listing, values: Sequence[object]) -> None:
        """Set the field to the values, one value where it is not repeated."""
        message: Any = listing
        for name, index in self._steps:
            message = getattr(message, name)
            if index >= 0:
                while len(message) <= index:
                    message.add()
                message = message[index]
        if self.is_indicator:
            for value in values:
                if isinstance(value, ParsedIndicator):
                    getattr(message, self._leaf).add(**dataclasses.asdict(value))
        elif self.repeated:
            getattr(message, self._leaf).extend(values)
        else:
            setattr(message, self._leaf, values[0])


def resolve(path: str) -> Target:
    """Return the target of a path below public, members or origin. Raises UnknownPathError."""
    names = path.split(".")
    if names[0] not in _PARTS or len(names) < 2:  # noqa: PLR2004 - a part and a field
        raise UnknownPathError(path)
    descriptor: Any = Listing.DESCRIPTOR
    steps: list[tuple[str, int]] = []
    for position, name in enumerate(names):
        found = _STEP.fullmatch(name)
        field = descriptor.fields_by_name.get(found[1]) if found else None
        if found is None or field is None:
            raise UnknownPathError(path)
        index = -1 if found[2] is None else int(found[2])
        message_type = field.message_type
        is_last = position == len(names) - 1
        is_indicator = message_type is not None and message_type.name == "Indicator"
        if is_last and index < 0 and (message_type is None or is_indicator):
            return Target(
                path,
                repeated=field.is_repeated,
                is_indicator=is_indicator,
                _steps=tuple(steps),
                _leaf=field.name,
                _convert=converter(field, [one for one, _ in steps] + [field.name]),
                choices=choices(field),
            )
        if is_last or message_type is None or field.is_repeated != (index >= 0):
            raise UnknownPathError(path)
        steps.append((field.name, index))
        descriptor = message_type
    raise UnknownPathError(path)


def with_indices(path: str) -> str:
    """Return the path with an index at each list of messages: that which is given, else 0."""
    names = _DOTTED_INDEX.sub(r"[\1]", path).split(".")
    descriptor: Any = Listing.DESCRIPTOR
    for position, name in enumerate(names[:-1]):
        field = descriptor.fields_by_name.get(name.partition("[")[0])
        if field is None or field.message_type is None:
            break
        if field.is_repeated and "[" not in name:
            names[position] += "[0]"
        descriptor = field.message_type
    return ".".join(names)


def nearest_path(path: str) -> str:
    """Return the path that is most like this one; empty where none is."""
    return "".join(difflib.get_close_matches(path, all_paths(), n=1))


def nearest_to_column(key: str) -> str:
    """Return the path that a column was meant for, spelt like the column, or ''.

    It begins like a path and is none, or it is one but for public, members or origin.
    """
    if key.startswith(tuple(f"{part}." for part in _PARTS)):
        return nearest_path(key)
    for part in _PARTS:
        if _is_path(path := f"{part}.{key}"):
            return path
    below = {path.partition(".")[2]: path for path in reversed(all_paths())}
    return "".join(below[one] for one in difflib.get_close_matches(key, below, 1, _NEAR))


def _is_path(path: str) -> bool:
    try:
        resolve(with_indices(path))
    except UnknownPathError:
        return False
    return True


def all_paths() -> list[str]:
    """Return every path, the elements of lists with index 0."""
    paths = []
    waiting = [(part, Listing.DESCRIPTOR.fields_by_name[part]) for part in _PARTS]
    while waiting:
        path, field = waiting.pop()
        if field.message_type is None:
            paths.append(path)
            continue
        if field.is_repeated:
            path += "[0]"
        waiting += [(f"{path}.{inner.name}", inner) for inner in field.message_type.fields]
    return paths


def new_listing() -> Listing:
    """Return an empty listing."""
    return Listing()


def outcome_name(answer: listing_messages_pb2.BatchRow) -> str:
    """Return CREATED, REVISED, UNCHANGED or REFUSED."""
    enum: Any = answer.DESCRIPTOR.fields_by_name["outcome"].enum_type
    name: str = enum.values_by_number[answer.outcome].name
    return name.removeprefix("BATCH_OUTCOME_")
