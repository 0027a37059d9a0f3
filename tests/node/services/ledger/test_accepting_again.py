"""Acceptance by policy after failures: what was looked at in vain is looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import YdxError
from node.services.ledger import accepting
from tests.node.services.ledger.ledger_world import LedgerWorld, ledger_world
from tests.node.services.ledger.test_accepting import allow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def test_writes_that_go_on_failing_leave_no_proposal_to_a_person(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "PROPOSALS_MAX", 4)
    monkeypatch.setattr(accepting, "_AGAIN_MAX", 2)
    name = world.open()
    allow(world, name)
    for number in range(1, 9):
        world.propose(name, number)
    jiangsu = world["jiangsu"]

    def failing(*_: Any, **_more: Any) -> Any:
        raise YdxError("DISK_FULL", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(jiangsu.answering, "add_acceptance", failing)
        for _ in range(3):
            with pytest.raises(YdxError):
                jiangsu.acceptor.step()
    assert [jiangsu.acceptor.step() for _ in range(3)] == [4, 4, 0]
