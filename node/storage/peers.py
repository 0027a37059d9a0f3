"""What meetings with other members left behind: evidence of forks, and who rests.

Evidence is kept for ever, and with it the quorum-cosigned notes of that origin. A peer that served
something wrong about an origin rests for that origin until a time; the number of its failures is
kept beyond, since it doubles the next rest.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, select

from node.storage.rows import put_row
from node.storage.schema import evidence, quorum_note, rest
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Rest:
    """Why and until when nothing about `origin` is asked of `peer`."""

    peer: str
    origin: str
    until_s: float
    failures: int
    reason: str


_EVIDENCE: Final = Statement(
    select(evidence.c.content).where(evidence.c.digest == bindparam("which")), "which"
)
_DELETE_QUORUM_NOTES: Final = Statement(
    delete(quorum_note).where(quorum_note.c.origin == bindparam("of")), "of"
)
_QUORUM_NOTES: Final = Statement(
    select(quorum_note.c.note)
    .where(quorum_note.c.origin == bindparam("of"))
    .order_by(quorum_note.c.number),
    "of",
)


def add_evidence(tx: Transaction, digest: bytes, origin: str, content: bytes) -> bool:
    """Keep a piece of evidence by its SHA-256; return whether it is new."""
    if find_evidence(tx, digest) is not None:
        return False
    tx.insert_rows(evidence, [(digest, origin, content)])
    return True


def find_evidence(tx: Transaction, digest: bytes) -> bytes | None:
    """Return the piece of evidence with a digest."""
    row = tx.one(_EVIDENCE, (digest,))
    return None if row is None else row[0]


def evidence_digests(tx: Transaction) -> list[tuple[str, bytes]]:
    """Return (origin, digest) of all evidence, ascending."""
    query = select(evidence.c.origin, evidence.c.digest).order_by(
        evidence.c.origin, evidence.c.digest
    )
    return [(row[0], row[1]) for row in tx.execute(query)]


def set_quorum_notes(tx: Transaction, origin: str, notes: Sequence[bytes]) -> None:
    """Keep these quorum-cosigned notes of an origin in place of those kept before."""
    tx.run(_DELETE_QUORUM_NOTES, (origin,))
    tx.insert_rows(quorum_note, [(origin, number, note) for number, note in enumerate(notes)])


def quorum_notes(tx: Transaction, origin: str) -> tuple[bytes, ...]:
    """Return the quorum-cosigned notes kept of an origin that forked."""
    return tuple(row[0] for row in tx.all(_QUORUM_NOTES, (origin,)))


def set_rest(tx: Transaction, value: Rest) -> None:
    """Let a peer rest."""
    put_row(tx, rest, astuple(value))


def rests(tx: Transaction) -> list[Rest]:
    """Return all rests, also those that are over: their number of failures doubles the next one."""
    return [Rest(*row) for row in tx.execute(select(rest).order_by(rest.c.peer, rest.c.origin))]
