"""Documents that other documents of the same subject name, and that are not here.

- A fold may wait for one, or find that the logs prove it absent; both may change when the leaf that
  is named arrives or is hidden. `reached` tells whose documents to fold anew then.
- `unproven` are those whose leaf is here already, so that no arrival tells of them any more: of a
  part that turns out to be void the feed says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, bindparam, delete, func, literal_column, select, tuple_

from node.storage.positions import MAX_LEAVES
from node.storage.schema import awaited_document, mirror
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Iterable

    from node.storage.transaction import Transaction


class Awaited(NamedTuple):
    """A leaf that a document of a subject names, and that is not here as one of that subject."""

    origin: str
    leaf_index: int
    subject: bytes


FIRST: Final = Awaited("", -1, b"")
"""Before all of them."""

_DELETE: Final = Statement(
    delete(awaited_document).where(awaited_document.c.subject == bindparam("which")), "which"
)
_REACHED: Final = Statement(
    select(awaited_document.c.subject)
    .join(mirror, mirror.c.origin == awaited_document.c.origin)
    .where(
        mirror.c.origin_id == bindparam("of"),
        awaited_document.c.leaf_index.between(bindparam("first"), bindparam("last")),
    ),
    "of",
    "first",
    "last",
)

_PLACE: Final = (
    awaited_document.c.origin,
    awaited_document.c.leaf_index,
    awaited_document.c.subject,
)
_UNPROVEN: Final = Statement(
    limited(
        select(*_PLACE)
        .join(
            mirror,
            and_(
                mirror.c.origin == awaited_document.c.origin,
                awaited_document.c.leaf_index
                < func.coalesce(mirror.c.frozen_size, mirror.c.verified_size),
            ),
        )
        .where(
            awaited_document.c.is_absent == literal_column("false"),
            tuple_(*_PLACE) > tuple_(*map(bindparam, ("origin", "leaf_index", "subject"))),
        )
        .order_by(*_PLACE)
    ),
    *("origin", "leaf_index", "subject", "limit"),
)


def replace(
    tx: Transaction, subject: bytes, places: Iterable[tuple[str, int]], absent: set[tuple[str, int]]
) -> None:
    """Note which (origin, leaf index) are named by documents of a subject and not here.

    `absent` are those of which the logs prove it.
    """
    tx.run(_DELETE, (subject,))
    rows = [
        (origin, leaf_index, subject, (origin, leaf_index) in absent)
        for origin, leaf_index in sorted({*places})
        if leaf_index < MAX_LEAVES
    ]
    if rows:
        tx.insert_rows(awaited_document, rows)


def reached(tx: Transaction, origin_id: int, first_leaf_index: int, count: int) -> set[bytes]:
    """Return the subjects whose documents name one of these leaves."""
    values = (origin_id, first_leaf_index, first_leaf_index + count - 1)
    return {subject for (subject,) in tx.all(_REACHED, values)}


def unproven(tx: Transaction, after: Awaited, limit: int) -> list[Awaited]:
    """Return at most `limit` behind one of what is named, at a leaf that is here, in vain."""
    return [Awaited(*row) for row in tx.all(_UNPROVEN, (*after, limit))]


def clear(tx: Transaction) -> None:
    """Forget all."""
    tx.execute(delete(awaited_document))
