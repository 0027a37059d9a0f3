"""What the center counts of what is said of a proposal, and how much it decides in one document."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from federation.ledger import codec
from federation.ledger.codec import LedgerDocument, serialise
from federation.log.subject import new_subject
from federation.records.refs import said_ref
from node.services.log.drafts import SealedDocument
from tests.node.services.ledger.ledger_world import (
    APPROVER,
    CLERK,
    MEMBERS,
    LedgerWorld,
    ledger_world,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.services.log.sealing import SealedPlace
    from node.services.log.view import LogView
    from tests.node.services.ledger.ledger_world import LedgerMember

HALVED: Final = [
    codec.AllocationTier(upto_fen=100_001, rate_ppm=1_000_000),
    codec.AllocationTier(rate_ppm=500_000),
]
"""Of what comes after the first income of 100,001 fen one half is shared."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def seal(member: LedgerMember, said: LedgerDocument, *named: str) -> None:
    """Let a member write what its node would not: for these members alone."""

    def make(view: LogView) -> SealedPlace:
        subject = new_subject(1, os.urandom(10))
        return member.party.sealing.add(view, SealedDocument(subject, 1, named, serialise(said)))

    member.party.sealing.write(make)


@pytest.mark.parametrize("lie", ["hides it from a member", "names another agreement", "rejects"])
def test_what_counts_in_no_books_makes_no_outcome_and_leaves_those_after_it_sound(
    world: LedgerWorld, lie: str
) -> None:
    """The center would name it in vain for ever, and book what follows as if it had counted."""
    name = world.open(tiers=HALVED, tier_scope=3)
    other = world.open(title="另一份利益分享协议")
    first, second = world.propose(name, 1), world.propose(name, 2)
    anhui, jiangsu, center = (world[one] for one in ("anhui", "jiangsu", "center"))
    of = other if lie == "names another agreement" else name
    agreement = said_ref(anhui.shown.agreement(CLERK, of).row.ref)
    event = said_ref(anhui.shown.proposal(CLERK, first).document.ref)
    said = LedgerDocument(acceptance=codec.Acceptance(agreement=agreement, proposals=[event]))
    if lie == "rejects":
        rejection = codec.Rejection(agreement=agreement, proposal=event, reason="金额不符")
        said = LedgerDocument(rejection=rejection)
    reached = ("anhui", "center") if lie == "names another agreement" else ("center",)
    seal(jiangsu, said, *reached)
    world.send()
    anhui.answering.accept(APPROVER, [first, second], anhui.party.options())
    jiangsu.answering.accept(APPROVER, [second], jiangsu.party.options())
    assert world.settle() == 1
    for one in MEMBERS:
        assert not world[one].shown.agreement(CLERK, name).books.disputed
        assert [world[one].state(event) for event in (first, second)] == ["OPEN", "FINAL"]
    shown = center.shown.proposal(CLERK, first)
    assert (shown.accepted_by, shown.waits_for, shown.rejections) == (["anhui"], ["jiangsu"], [])
    jiangsu.answering.accept(APPROVER, [first], jiangsu.party.options())
    assert world.settle() == 1
    assert {world[one].state(first) for one in MEMBERS} == {"FINAL"}
