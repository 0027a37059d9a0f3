"""The bundle of an agreement's books, collected from what this node holds.

- Who calls it has decided who may see the documents, and knows from the ledger's tables which they
  are: every document that an outcome names, every Outcomes of the agreement, and every CHECKPOINT
  entry of the center's log that counts, lower than the last of them; and what stands where a void
  outcome looks for something else.
- The summary is of the size up to which the ledger is folded. Receipts lead to the checkpoints of
  now, so the logs may have grown meanwhile; what stands above that size is not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.ledger.bundle import make_bundle
from federation.records.sealed import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.ledger.summary import Summary
    from federation.records.refs import Ref
    from node.services.catalogue.receipts import Receipts


@dataclass(frozen=True, slots=True)
class GivenBundle:
    """The file, and whether a quorum vouches for each of its receipts."""

    raw: bytes
    is_confirmed: bool


def collect_bundle(
    receipts: Receipts,
    summary: Summary,
    documents: Iterable[Ref],
    unopened: Iterable[tuple[str, int]],
) -> GivenBundle:
    """Return the bundle of these documents, and of entries unopened by (origin, leaf index).

    What is named twice stands in it once. Refuses as `Receipts.receipt_at`, and MALFORMED_RECEIPT
    what is too much for one bundle.
    """
    places = dict.fromkeys((ref.origin, ref.leaf_index) for ref in documents)
    given = [receipts.receipt_at(*place, (DOCUMENT,)) for place in places]
    given += [receipts.receipt_at(*one) for one in dict.fromkeys(unopened) if one not in places]
    raw = make_bundle(summary, (one.receipt for one in given))
    return GivenBundle(raw, all(one.is_confirmed for one in given))
