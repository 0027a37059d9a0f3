"""What must hold between what a member knew and what it knows later."""

from __future__ import annotations

from federation.partnership.documents import Document
from federation.partnership.enquiry import Enquiry
from federation.partnership.steps import Step, StepKind


def introduced(enquiry: Enquiry) -> tuple[Document, ...]:
    """Return the winning steps up to INTRODUCED; empty if there is none."""
    if enquiry.introduced is None:
        return ()
    return enquiry.chain[: enquiry.chain.index(enquiry.introduced) + 1]


def check_lasting(before: Enquiry, after: Enquiry) -> None:
    """Assert what more of both logs can never undo."""
    line = introduced(before)
    assert introduced(after)[: len(line)] == line, "an introduction was undone"
    if before.state == StepKind.CONTRACTED:
        assert after.state == StepKind.CONTRACTED, "a contract was undone"
        if before.chain[-1].author == before.id.enquirer:
            assert after.chain[-1] == before.chain[-1], "the enquirer's contract was replaced"
    if before.is_ended:
        assert after.is_ended, "an ended enquiry was opened again"
    if before.state == StepKind.NO_DEAL:
        assert after.state in {StepKind.NO_DEAL, StepKind.CONTRACTED}


def check_sound(enquiry: Enquiry) -> None:
    """Assert what holds of every result."""
    assert all(
        standing.waits_for or standing.void or standing.is_valid for standing in enquiry.standings
    )
    valid_steps = {
        standing.document.ref
        for standing in enquiry.standings
        if standing.is_valid and isinstance(standing.document.facts, Step)
    }
    assert valid_steps == {one.ref for one in enquiry.chain}, "the valid steps are one chain"
    if enquiry.is_ended:
        assert not enquiry.may_answer
        assert not enquiry.deadlines
