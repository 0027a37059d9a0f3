"""What a SEALED entry says to a member that it names, by the headers of the parts that it holds.

- Part 0 is the document, part 1 is personal and belongs to it. A part 1 whose header speaks of
  another document than part 0, by subject or revision, is void for every reader: it is not shown.
- While part 0 is not here, part 1 alone says which document it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from federation.log.part import PartHeader

DOCUMENT: Final = 0
"""The number of the part that is the document."""
PERSONAL: Final = 1
"""The number of the part with personal data."""


class Readable(NamedTuple):
    """The document that an entry is of. Bit n of `parts` is set where part n can be shown."""

    subject: bytes
    parts: int


def readable(headers: Mapping[int, PartHeader]) -> Readable | None:
    """Return what the parts with these headers, by number, amount to; None without any."""
    document, personal = headers.get(DOCUMENT), headers.get(PERSONAL)
    first = document or personal
    if first is None:
        return None
    parts = 0 if document is None else 1 << DOCUMENT
    if personal is not None and (personal.subject, personal.revision) == (
        first.subject,
        first.revision,
    ):
        parts |= 1 << PERSONAL
    return Readable(first.subject, parts)
