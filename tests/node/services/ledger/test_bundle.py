"""A bundle is collected from a node's receipts: documents opened, checkpoints not, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from federation.ledger.bundle_verification import verify_bundle
from federation.log.entry import parse_entry
from node.services.catalogue.receipts import GivenReceipt
from node.services.ledger.bundle import collect_bundle
from tests.federation.ledger.signed_paper import CENTER, REGISTRY, SignedPaper, play_story

if TYPE_CHECKING:
    from collections.abc import Collection

    from node.services.catalogue.receipts import Receipts


class Shelf:
    """Gives the receipts of a paper federation as a node does, and notes what was asked."""

    def __init__(self, paper: SignedPaper) -> None:
        self._opened = {ref[:2]: raw for ref, raw in paper.receipts().items()}
        self._shut = {ref[:2]: raw for ref, raw in paper.receipts(opens=False).items()}
        self._entries = {log.origin: log.entries for log in paper.signed.values()}
        self.asked: list[tuple[str, int]] = []
        self.unconfirmed: set[tuple[str, int]] = set()

    def receipt_at(
        self, origin: str, leaf_index: int, part_numbers: Collection[int] = ()
    ) -> GivenReceipt:
        place = (origin, leaf_index)
        self.asked.append(place)
        raw = (self._opened if part_numbers else self._shut)[place]
        return GivenReceipt(raw, self._entries[origin][leaf_index], place not in self.unconfirmed)


def collected(paper: SignedPaper, shelf: Shelf, first: Any) -> Any:
    documents = [one.ref for log in paper.logs.values() for one in log if one is not None]
    checkpoints = [(CENTER, at) for at, _, _ in paper.covered]
    return collect_bundle(
        cast("Receipts", shelf), paper.summary(first), documents * 2, checkpoints * 2
    )


def test_what_is_collected_verifies_and_each_receipt_is_made_once() -> None:
    paper = SignedPaper()
    first = play_story(paper)
    shelf = Shelf(paper)
    given = collected(paper, shelf, first)
    assert given.is_confirmed
    assert verify_bundle(given.raw, REGISTRY).is_confirmed
    assert len(shelf.asked) == len(set(shelf.asked)) == sum(map(len, paper.logs.values()))
    assert not any(parse_entry(raw).parts for raw in paper.signed["center"].entries[:2])


def test_it_says_whether_a_quorum_vouches_for_all_of_it() -> None:
    paper = SignedPaper()
    first = play_story(paper)
    shelf = Shelf(paper)
    shelf.unconfirmed.add((CENTER, 0))
    assert not collected(paper, shelf, first).is_confirmed
