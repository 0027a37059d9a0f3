"""A bundle of books that go on in the successor of the center's log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from federation.ledger import codec
from federation.ledger.bundle import make_bundle
from federation.ledger.bundle_receipts import Kind, item_of
from federation.ledger.bundle_verification import VerifiedBooks, verify_bundle
from federation.ledger.summary import Summary
from federation.log.entry import KIND_CHECKPOINT, Entry
from federation.trust.registry import Log, LogKey, TreeHead
from tests.federation.ledger.paper import activated, agreement, booked, income
from tests.federation.ledger.signed_paper import (
    CENTER,
    REGISTRY,
    SignedLog,
    SignedPaper,
    accepted,
    opened,
    signed_note,
)
from tests.federation.trust.made_receipt import signer_named

if TYPE_CHECKING:
    from federation.records.refs import Ref
    from federation.trust.registry import Registry

SUCCESSOR: Final = f"{CENTER}.2"


def both_logs(closed: TreeHead | None = None) -> Registry:
    """Return the registry in which the center's log has its successor, closed at a head."""
    log = Log(SUCCESSOR, (LogKey(signer_named(SUCCESSOR).verifier()),), predecessor=CENTER)
    members = tuple(
        replace(one, logs=(*(replace(old, closed=closed) for old in one.logs), log))
        if one.name == "center"
        else one
        for one in REGISTRY.members
    )
    return replace(REGISTRY, members=members)


class Succeeded:
    """An agreement that the center's first log activates; the second books an income of it.

    `version` is the registry version of a checkpoint that the second carries of anhui's log, though
    the first one covers as much.
    """

    def __init__(self, version: int = 0) -> None:
        paper = SignedPaper()
        self.first = opened(paper)
        event = paper.write("anhui", income=income(self.first))
        yes = accepted(paper, self.first, event)
        self.receipts = paper.receipts()
        self.first_size = len(paper.signed["center"].entries)
        successor = paper.signed["center"] = SignedLog(SUCCESSOR)
        if version:
            note = signed_note(paper.signed["anhui"].checkpoint())
            body = codec.checkpoint_body(note, version)
            successor.append(Entry(kind=KIND_CHECKPOINT, body=body))
        vector = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}
        self.booked: Ref = paper.decide(self.first, booked(event, yes, **vector))
        self.receipts |= paper.receipts()

    def verified(self, center: str, size: int) -> VerifiedBooks:
        """Verify the bundle with the summary that its fold comes to at a size of a log."""
        claimed = Summary(self.first, center, size, 0, bytes(32), None, (), ())
        found = verify_bundle(make_bundle(claimed, self.receipts.values()), both_logs()).found
        assert found is not None
        return verify_bundle(make_bundle(found, self.receipts.values()), both_logs())


@pytest.mark.parametrize("version", [0, REGISTRY.version])
def test_a_successor_may_carry_again_what_the_log_before_it_covers(version: int) -> None:
    verified = Succeeded(version).verified(SUCCESSOR, 1 + bool(version))
    assert verified.differences == ()
    assert verified.is_confirmed
    assert [one.place[0] for one in verified.entries] == [2]


def test_what_a_successor_decides_is_beyond_every_size_of_the_log_before_it() -> None:
    books = Succeeded()
    verified = books.verified(CENTER, books.first_size)
    assert [(one.item, one.kind) for one in verified.differences] == [
        (item_of(books.booked), Kind.BEYOND_SIZE)
    ]


class OnlySucceeded:
    """A center's first log that decides nothing: it only says and covers what the second decides.

    The center keeps the agreement too, as one of its signers, and accepts in the first log.
    """

    def __init__(self) -> None:
        paper = SignedPaper()
        signers = ("anhui", "center", "jiangsu")
        self.first = paper.write("anhui", agreement=agreement(signers=signers))
        yes = [paper.accept(member, self.first, self.first) for member in signers]
        paper.cover()
        self.first_log = paper.signed["center"].checkpoint()
        self.receipts = paper.receipts()
        paper.signed["center"] = SignedLog(SUCCESSOR)
        paper.decide(self.first, activated(self.first, *yes))
        self.receipts |= paper.receipts()


def test_a_successor_that_alone_decides_may_name_what_the_log_before_it_holds_and_covers() -> None:
    books = OnlySucceeded()
    registry = both_logs(TreeHead(books.first_log.tree_size, books.first_log.root))
    claimed = Summary(books.first, SUCCESSOR, 1, 0, bytes(32), None, (), ())
    found = verify_bundle(make_bundle(claimed, books.receipts.values()), registry).found
    assert found is not None
    assert found.voids == ()
