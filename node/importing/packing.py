"""Lists without the elements that hold nothing: a blank first contact is no contact.

- The indices of columns tell the order of the elements, not their places: 1 and 6 are two elements.
- An element that is empty because its cells could not be read keeps its place, so that no later one
  is taken for it.
- What is found wrong later is told at the index that the column has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from federation.records.codec import Listing


def packed(listing: Listing, kept: Collection[str]) -> dict[str, str]:
    """Take the empty elements out; return of each that moved the place now and the one before.

    `kept` are paths of fields whose elements stay, whatever they hold.
    """
    moved: dict[str, str] = {}
    for path, elements in _lists(listing, ""):
        filled = [
            index
            for index, element in enumerate(elements)
            if element.ByteSize() or any(one.startswith(f"{path}[{index}]") for one in kept)
        ]
        moved |= {
            f"{path}[{now}]": f"{path}[{before}]"
            for now, before in enumerate(filled)
            if now != before
        }
        for index in reversed(range(len(elements))):
            if index not in filled:
                del elements[index]
    return moved


def place_before(path: str, moved: Mapping[str, str]) -> str:
    """Return the path with the index that its column has."""
    element, bracket, rest = path.partition("]")
    before = moved.get(element + bracket)
    return path if before is None else before + rest


def _lists(message: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the lists of messages, of which none stands within another, with their paths."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        place = f"{path}.{field.name}" if path else field.name
        if field.is_repeated:
            yield place, value
        else:
            yield from _lists(value, place)
