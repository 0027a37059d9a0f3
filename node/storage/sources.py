"""Which live record of the own log stands for a platform's own number.

(source_platform, source_id) is unique among live own records. The table is folded: `batches.apply`
keeps it; a sequencer asks it before it writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, delete, select

from node.storage.schema import source
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.storage.transaction import Transaction

_FIND: Final = Statement(
    select(source.c.subject).where(
        and_(
            source.c.source_platform == bindparam("platform"),
            source.c.source_id == bindparam("id"),
        )
    ),
    "platform",
    "id",
)
_DELETE: Final = Statement(
    delete(source).where(source.c.subject == bindparam("subject")), "subject"
)
_DELETE_PAIR: Final = Statement(
    delete(source).where(
        and_(
            source.c.source_platform == bindparam("platform"),
            source.c.source_id == bindparam("id"),
        )
    ),
    "platform",
    "id",
)


def find(tx: Transaction, source_platform: str, source_id: str) -> bytes | None:
    """Return the subject of the live own record with this number, or None."""
    row = tx.one(_FIND, (source_platform, source_id))
    return None if row is None else row[0]


def replace(
    tx: Transaction, gone: Sequence[bytes], standing: Sequence[tuple[str, str, bytes]]
) -> None:
    """Take out the subjects that moved or ended; put in (platform, number, subject) of live ones.

    Of two live records with one number the later entry stands; a sequencer never writes that.
    """
    if gone:
        tx.run_many(_DELETE, [(subject,) for subject in gone])
    # By number: neighbours go into one page together, which takes half the time.
    if standing and not tx.try_insert_rows(source, sorted(standing)):
        tx.run_many(_DELETE_PAIR, [pair[:2] for pair in standing])
        latest = {(platform, number): subject for platform, number, subject in standing}
        tx.insert_rows(source, [(*pair, subject) for pair, subject in latest.items()])
