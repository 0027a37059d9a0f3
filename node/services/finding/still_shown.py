"""Labels and owners that may be told: those that some listing shows, however far the index lags.

Where the index has taken in everything, those are all that it counts. Else each needs a witness: an
indexed entry that still is the latest of its record, and advertised. A witness is kept as long as
its commit serves, and looked at again each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.records.facets import RecordState
from node.search.documents import normal_name
from node.search.duplicate_candidates import with_key
from node.storage import arrivals, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from node.search.facets import Values
    from node.search.index import Snapshot
    from node.storage.transaction import Transaction

ADVERTISED: Final = tuple(
    state.value for state in RecordState if state not in {RecordState.WITHDRAWN, RecordState.HIDDEN}
)
_LOOKED_AT: Final = 5
"""Listings of each value that are looked at first: most of any are shown."""


class StillShown:
    """Tells which values may be told. Safe for many threads."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._witnesses: dict[tuple[str, str], int] = {}

    def forget(self) -> None:
        """Let go of the commit."""
        self._snapshot, self._witnesses = None, {}

    def of(self, tx: Transaction, snapshot: Snapshot, column: str, counted: Values) -> Values:
        """Return those counted values of a column, labels or owners, that some listing shows."""
        if arrivals.last_position(tx) <= snapshot.mark.position:
            return counted
        if self._snapshot is not snapshot:
            self._snapshot, self._witnesses = snapshot, {}
        known = self._witnesses
        shown = _shown(tx, [known[column, one] for one, _ in counted if (column, one) in known])
        doubtful = [one for one, _ in counted if known.get((column, one)) not in shown]
        holding = {one: _holding(snapshot, column, one) for one in doubtful}
        shown |= _shown(tx, [place for places in holding.values() for place in places[:_LOOKED_AT]])
        told = set()
        for value, _ in counted:
            places = holding.get(value)
            if places is not None:
                found = shown.intersection(places) or _shown(tx, places[_LOOKED_AT:])
                if not found:
                    continue
                known[column, value] = min(found)
            told.add(value)
        return [one for one in counted if one[0] in told]


def is_any_shown(tx: Transaction, positions: Sequence[int]) -> bool:
    """Tell whether an entry at some of these positions is the latest of what is advertised."""
    return bool(_shown(tx, positions))


def _shown(tx: Transaction, positions: Iterable[int]) -> set[int]:
    stored = catalogue.at(tx, list(positions))
    return {place for place, record in stored.items() if record.state in ADVERTISED}


def _holding(snapshot: Snapshot, column: str, value: str) -> list[int]:
    """Return the positions of listings with a value, some of many."""
    if column == "owners":
        return with_key(snapshot, "organisations", normal_name(value))
    return with_key(snapshot, column, value)
