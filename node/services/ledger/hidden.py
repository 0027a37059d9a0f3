"""Outcomes that a center hides from a member that they name: every member is asked for them.

- A center that answers WITHHELD is believed: most of its sealed documents name others. So books
  can lack an outcome, and nothing waits for it.
- It is cited, and with it every member is asked, once something speaks of it: another member's
  books, or an outcome that does not follow from the books here. Of the latter it is not known which
  document it lacks, so the newest ones below it that are not here are cited. That is bounded: a
  center that lies often costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.log.entry import KIND_SEALED, scan_entries
from federation.records.refs import origin_of
from federation.records.sealed import DOCUMENT
from node.storage import citing, logs, mirrors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.ledger.journal import Place
    from federation.records.refs import Ref
    from node.storage.ledger import AgreementRow
    from node.storage.transaction import Transaction

LOOKED_AT_MAX: Final = 2_048
CITED_MAX: Final = 200


def cite_below(tx: Transaction, outcomes: Ref) -> None:
    """Cite the newest documents of a center's log below some outcomes that are not here."""
    row = mirrors.find(tx, outcomes.origin)
    if row is None:
        return
    first = max(0, outcomes.leaf_index - LOOKED_AT_MAX)
    entries = logs.entries(tx, row.origin_id, first, outcomes.leaf_index)
    sealed = [at for at, one in enumerate(scan_entries(entries), first) if one[1] == KIND_SEALED]
    cited = 0
    for leaf_index in reversed(sealed):
        cited += citing.cite(tx, outcomes.origin, leaf_index, DOCUMENT)
        if cited == CITED_MAX:
            return


def cite_places(tx: Transaction, row: AgreementRow, places: Iterable[Place]) -> None:
    """Cite the documents at places in the logs of an agreement's center that are not here."""
    found = {
        origin_of(one.origin).generation: one.origin
        for one in mirrors.every(tx)
        if origin_of(one.origin).member == row.center
    }
    wanted = {(place.generation, place.leaf_index) for place in places}
    for generation, leaf_index in sorted(wanted)[:CITED_MAX]:
        if generation in found:
            citing.cite(tx, found[generation], leaf_index, DOCUMENT)
