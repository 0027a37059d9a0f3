"""Books that are disputed: the statement that made them so is not told, and none is agreed to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger.closing import close
from federation.log.errors import Refused
from node.services.ledger import deciding
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, ledger_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def test_a_statement_with_another_digest_is_neither_told_nor_agreed_to(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = world.open()
    world.book(name)
    center, jiangsu = world["center"], world["jiangsu"]
    ref = center.shown.agreement(CLERK, name).row.ref
    center.bookkeeper.close_period(ref, "2026-10", center.party.options())
    world.send()
    found = []

    def lying(*given: Any) -> Any:
        found.append(close(*given))
        return replace(found[0], previous_digest=bytes(32))

    monkeypatch.setattr(deciding, "close", lying)
    center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.send()
    assert jiangsu.shown.agreement(CLERK, name).books.disputed == "STATEMENT_DIFFERS"
    _, told = jiangsu.accounts.statements(CLERK, name)
    assert [one.statement.period for one in told] == ["2026-10"]
    size, options = jiangsu.size(), jiangsu.party.options()
    for period, digest in (("2026-10", told[0].digest), ("2026-11", found[0].digest())):
        with pytest.raises(Refused, match="BOOKS_DISPUTED"):
            jiangsu.answering.accept_statement(name, period, digest, options)
    assert jiangsu.size() == size
