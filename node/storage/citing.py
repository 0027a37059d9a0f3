"""Citations: places of sealed parts that a document which we may read refers to.

- That its origin withholds a part from us means that it does not name us; so it is asked for once.
  Once a readable document cites it, that answer counts no more: it is wanted again, and every
  member is asked, until it comes or is proven gone (`services.sync.wanting`).
- That its origin has said so is kept, also of what is cited: nobody waits for it.
- A citation may come before what it cites. So it is kept, and what comes without a cited part is
  wanted from the beginning.
- Only parts of SEALED entries of other logs can be cited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, select

from federation.log.batch import Absence
from federation.log.entry import KIND_SEALED, Audience, scan_entries
from node.storage import logs, mirrors, parts
from node.storage.positions import MAX_LEAVES, PART_BITS, part_id, split_part_id
from node.storage.schema import cited_part, wanted_part
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

_PARTS_MAX: Final = 2
"""A SEALED entry has one or two parts."""
_NAMED: Final = Audience.NAMED.value
_MAY_COME: Final = frozenset({Absence.WITHHELD, Absence.WANTED})

_FIND: Final = Statement(
    select(cited_part.c.part_id).where(cited_part.c.part_id == bindparam("id")), "id"
)
_BETWEEN: Final = Statement(
    select(cited_part.c.part_id)
    .where(cited_part.c.part_id.between(bindparam("first"), bindparam("last")))
    .order_by(cited_part.c.part_id),
    "first",
    "last",
)

_DELETE_WANTED: Final = Statement(
    delete(wanted_part).where(wanted_part.c.part_id == bindparam("id")), "id"
)


def cite(tx: Transaction, origin: str, leaf_index: int, part_number: int = 0) -> bool:
    """Note that a readable document cites a part; return whether it is wanted from now on.

    Nothing happens where it is held, erased or void, was cited before, or can never come. Costs two
    look-ups then.
    """
    row = mirrors.find(tx, origin)
    if row is None or row.is_own or not 0 <= leaf_index < MAX_LEAVES:
        return False
    place = part_id(row.origin_id, leaf_index, part_number)
    if part_number >= _PARTS_MAX or tx.one(_FIND, (place,)):
        return False
    if leaf_index >= row.verified_size:
        tx.insert_rows(cited_part, [(place,)])
        return False
    absence = _why_absent(tx, place)
    if absence not in _MAY_COME:
        return False
    tx.insert_rows(cited_part, [(place,)])
    _want(tx, place, absence)
    return True


def want_cited(tx: Transaction, first: int, last: int) -> None:
    """Want what was cited of the stored entries at positions first to last, and is not held."""
    places = (first << PART_BITS, (last + 1 << PART_BITS) - 1)
    for (place,) in tx.all(_BETWEEN, places):
        absence = _why_absent(tx, place)
        if absence in _MAY_COME:
            _want(tx, place, absence)


def _why_absent(tx: Transaction, place: int) -> Absence | None:
    """Return why a sealed part of a stored entry is not here; None where it is, or is no such."""
    origin_id, leaf_index, part_number = split_part_id(place)
    raw = logs.entry(tx, origin_id, leaf_index)
    if raw is None:
        return None
    _, kind, _, _, _, commitments = scan_entries([raw])[0]
    if kind != KIND_SEALED or part_number >= len(commitments):
        return None
    if parts.find(tx, origin_id, leaf_index, part_number) is not None:
        return None
    return parts.absence(tx, origin_id, leaf_index, part_number)


def _want(tx: Transaction, place: int, absence: Absence | None) -> None:
    """Ask for a part at once, from everybody."""
    tx.run(_DELETE_WANTED, (place,))
    is_withheld = int(absence is Absence.WITHHELD)
    tx.insert_rows(wanted_part, [(place, _NAMED, 0, 0.0, is_withheld)])
