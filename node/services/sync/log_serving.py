"""Serving logs to other members: the own one and every mirrored one, alike.

- A stream leads to the largest note whose size our copy has, in frames of `node.storage.frames`.
- PUBLIC and MEMBERS parts go to every member, NAMED ones to those that their header names and to
  their owner, ORIGIN ones to nobody. What is not sent is marked (`node.storage.frames`).
- A part is found by its place alone, never by its commitment, and by who calls, never by what the
  call says: an entry in another log with the same commitment opens nothing.
- A part that an ERASE entry names is not served from the moment that the entry is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from federation.log.entry import Audience, scan_entries
from federation.log.errors import Refused
from federation.log.part import SALT_BYTES, parse_payload
from federation.sync.frames import Batch, FetchedPart, PartMark, PartPlace
from federation.trust.registry import Registry
from node.services.sync.copies import Copies
from node.services.sync.heads import HeadBoard
from node.storage import frames, logs, mirrors, parts
from node.storage.database import Database
from node.storage.transaction import Transaction

_RESPONSE_BYTES_MAX: Final = 2 * 1024 * 1024


class LogServer:
    """Reads logs for members. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        board: HeadBoard,
        copies: Copies,
        registry: Callable[[], Registry],
    ) -> None:
        self._database = database
        self._board = board
        self._copies = copies
        self._registry = registry

    def read_log(self, origin: str, from_size: int, caller: str) -> Iterator[bytes | Batch]:
        """Yield the target note, then batches.

        Refuses UNKNOWN_ORIGIN, and HEAD_NOT_GROWING where there is nothing beyond `from_size` that
        a note covers.
        """
        reached = self._board.origin(origin).reached
        if reached is None or reached[1].tree_size <= from_size:
            what = "this member has no more of the log"
            raise Refused("HEAD_NOT_GROWING", what, field="from_size", origin=origin)
        note, target = reached
        yield note
        at = from_size
        while at < target.tree_size:
            batch = self._batch(origin, at, target.tree_size, caller)
            yield batch
            at += len(batch.entries)

    def fetch_parts(self, places: Sequence[PartPlace], caller: str) -> list[FetchedPart]:
        """Return what the caller may see of some parts, cut short at 2 MiB."""
        fetched: list[FetchedPart] = []
        size_bytes = 0
        with self._database.read() as tx:
            for place in places:
                one = self._fetch(tx, place, caller)
                size_bytes += len(one.content)
                if fetched and size_bytes > _RESPONSE_BYTES_MAX:
                    break
                fetched.append(one)
        return fetched

    def _batch(self, origin: str, start: int, target_size: int, caller: str) -> Batch:
        with self._database.read() as tx:
            row = mirrors.get(tx, origin)
            frame = frames.read(
                tx,
                row.origin_id,
                start,
                target_size,
                lambda wire: self._names(origin, wire, caller),
                is_own=row.is_own,
            )
        proof = self._copies.consistency_proof(origin, frame.end, target_size)
        return Batch(start, frame.entries, frame.parts, frame.marks, proof)

    def _fetch(self, tx: Transaction, place: PartPlace, caller: str) -> FetchedPart:
        row = mirrors.find(tx, place.origin)
        entry = (
            logs.entry(tx, row.origin_id, place.leaf_index)
            if row is not None and place.leaf_index < row.verified_size
            else None
        )
        commitments = scan_entries([entry])[0][5] if entry is not None else ()
        if row is None or place.part_number >= len(commitments):
            return FetchedPart(b"", PartMark.MISSING)
        audience = commitments[place.part_number][0]
        wire = parts.find(tx, row.origin_id, place.leaf_index, place.part_number)
        if (
            wire is None
            or audience == Audience.ORIGIN
            or (audience == Audience.NAMED and not self._names(place.origin, wire, caller))
        ):
            at = (row.origin_id, place.leaf_index, place.part_number)
            mark = frames.mark(
                audience,
                is_erased=parts.is_erased(tx, *at),
                is_held=wire is not None,
                is_own=row.is_own,
            )
            return FetchedPart(b"", mark)
        return FetchedPart(wire, None)

    def _names(self, origin: str, wire: bytes, caller: str) -> bool:
        """Tell whether a NAMED part may be seen by the caller."""
        if self._registry().member_of_origin(origin).name == caller:
            return True
        return caller in parse_payload(wire[SALT_BYTES:])[0].named
