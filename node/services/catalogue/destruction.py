"""Destroying what was erased, once nothing can bring it back and the safety delay is over.

- An ERASE entry hides at once. Payload and salt of what it names are destroyed when it is
  confirmed, `delay_s` after this node first saw it; own log and mirrors alike.
- What was erased of one log in one day (of Asia/Shanghai, by this node's clock) and is more than
  `limit_permille` of that log's parts that were live then waits until an operator agrees, all of
  it: a stolen key or a mistake must not empty a log while nobody looks. Other days go on.
- Destroyed is what no file of the database holds: the tables are emptied, a batch a transaction,
  then the database is scrubbed. Killed anywhere, the next step goes on; doing it twice changes
  nothing. Views show no difference: an erased part is as absent before as after.
- Nothing but numbers and origins is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import structlog

from node.services.catalogue.records import shanghai_day
from node.storage import destruction, mirrors
from node.storage.positions import split_position

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from node.storage.database import Database
    from node.storage.destruction import Waiting
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction

PARTS_A_TRANSACTION: Final = 256
PERMILLE: Final = 1000
_DAY_S: Final = 86_400
_SHANGHAI_S: Final = 28_800

_log = structlog.get_logger(__name__)


class WaitsFor(StrEnum):
    """Why something erased is not destroyed yet."""

    AGREEMENT = "agreement"
    """More than a day may erase; an operator has not agreed."""
    CONFIRMATION = "confirmation"
    """No quorum has cosigned the ERASE entry, or a freeze hides it."""
    DELAY = "delay"
    """The safety delay is not over."""
    STEP = "step"
    """Nothing: the next step destroys it."""
    SCRUB = "scrub"
    """No table holds it; the log of the database may, while a reader is at work."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An ERASE entry whose parts are not destroyed. `due_s`: when its delay is over, Unix time."""

    position: int
    origin: str
    leaf_index: int
    parts: int
    day: date
    noted_at_s: float
    due_s: float
    waits_for: WaitsFor


class Destruction:
    """Destroys what is due; one thread calls `step`, any may ask `pending`."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        delay_s: float,
        limit_permille: int,
        destroyed: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`clock` gives Unix seconds; `destroyed` hears how many parts are gone."""
        self._database = database
        self._clock = clock
        self._delay_s = delay_s
        self._limit_permille = limit_permille
        self._destroyed = destroyed
        self.last: Sequence[Erasure] = ()
        """What was pending after the last step."""

    def step(self) -> bool:
        """Note what is new and destroy what is due; return whether nothing is left half done."""
        with self._database.read() as tx:
            is_new = destruction.is_anything_new(tx)
        if is_new:
            with self._database.write() as tx:
                destruction.note(tx, self._clock())
        for one in self.pending():
            if one.waits_for is WaitsFor.STEP:
                self._empty(one)
        is_done = self._scrub()
        self.last = self.pending()
        return is_done

    def pending(self) -> list[Erasure]:
        """Return what was noted and is not destroyed, oldest first."""
        with self._database.read() as tx:
            found = destruction.waiting(tx)
            logs = {row.origin_id: row for row in mirrors.every(tx)} if found else {}
            return self._erasures(tx, found, logs)

    def agree(self, erasures: Collection[Erasure]) -> int:
        """Take an operator's agreement to what waits for it; return how many parts that frees."""
        agreed = [one for one in erasures if one.waits_for is WaitsFor.AGREEMENT]
        with self._database.write() as tx:
            destruction.agree(tx, [one.position for one in agreed], self._clock())
        return sum(one.parts for one in agreed)

    def _erasures(
        self, tx: Transaction, found: Sequence[Waiting], logs: dict[int, Mirror]
    ) -> list[Erasure]:
        above: dict[tuple[int, int], bool] = {}
        erasures = []
        for one in found:
            origin_id, leaf_index = split_position(one.position)
            row = logs[origin_id]
            key = (origin_id, _day_number(one.noted_at_s))
            if key not in above:
                above[key] = self._is_above(tx, *key)
            due_s = one.noted_at_s + self._delay_s
            if one.emptied_at_s is not None:
                waits_for = WaitsFor.SCRUB
            elif above[key] and one.agreed_at_s is None:
                waits_for = WaitsFor.AGREEMENT
            elif leaf_index >= min(row.confirmed_size, row.visible_size):
                waits_for = WaitsFor.CONFIRMATION
            else:
                waits_for = WaitsFor.DELAY if self._clock() < due_s else WaitsFor.STEP
            day = shanghai_day(one.noted_at_s)
            erasures.append(
                Erasure(
                    one.position,
                    row.origin,
                    leaf_index,
                    one.parts,
                    day,
                    one.noted_at_s,
                    due_s,
                    waits_for,
                )
            )
        return erasures

    def _is_above(self, tx: Transaction, origin_id: int, day_number: int) -> bool:
        """Tell whether more of a log was erased in a day than goes without an operator.

        Live were the parts of what came before the day's first ERASE entry and is held, and those
        that the day took: what is published afterwards makes no share smaller.
        """
        first_s = day_number * _DAY_S - _SHANGHAI_S
        parts, place = destruction.parts_noted(tx, origin_id, first_s, first_s + _DAY_S)
        if not parts:
            return False
        if not self._limit_permille:
            return True
        held = -(-parts * (PERMILLE - self._limit_permille) // self._limit_permille)
        return not destruction.holds_parts_before(tx, place, held)

    def _empty(self, erasure: Erasure) -> None:
        """Overwrite what an ERASE entry names, wherever a table holds it."""
        is_over = False
        while not is_over:
            with self._database.write() as tx:
                now_s = self._clock()
                is_over = destruction.empty(tx, erasure.position, PARTS_A_TRANSACTION, now_s)

    def _scrub(self) -> bool:
        """Have the files of the database forget what was emptied; tell whether all is done."""
        with self._database.read() as tx:
            emptied = [one for one in destruction.waiting(tx) if one.emptied_at_s is not None]
        if not emptied:
            return True
        last_s = max(one.emptied_at_s or 0.0 for one in emptied)
        if not self._database.scrub(max(0.0, self._clock() - last_s)):
            _log.info("erased parts wait for readers of the database", erasures=len(emptied))
            return False
        with self._database.write() as tx:
            destruction.set_destroyed(tx, [one.position for one in emptied], self._clock())
        parts = sum(one.parts for one in emptied)
        self._destroyed(parts)
        _log.info("erased parts destroyed", parts=parts, erasures=len(emptied))
        return True


def _day_number(time_s: float) -> int:
    return int(time_s + _SHANGHAI_S) // _DAY_S
