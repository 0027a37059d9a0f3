"""What would settle an agreement is told from its books, however long its journal is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger.claims import claims_of
from federation.ledger.netting import Payment, bilateral
from node.services.ledger import accounts
from node.services.ledger.accounts import all_entries
from node.storage import ledger_journal
from tests.node.services.ledger.ledger_world import CLERK, ledger_world

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("is_bilateral", [False, True])
def test_what_would_settle_is_told_without_reading_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_bilateral: bool
) -> None:
    """Any partner may ask for it, and a journal may have a million postings."""
    with ledger_world(tmp_path) as world:
        name = world.open()
        world.book(name, 1)
        world.book(name, 2, received_by="JS")
        anhui = world["anhui"]
        row = anhui.shown.agreement(CLERK, name).row
        with anhui.database.read() as tx:
            expected = bilateral(claims_of(all_entries(tx, row)))

        def read(*_given: Any) -> None:
            raise AssertionError("the journal is read")

        monkeypatch.setattr(ledger_journal, "entries", read)
        _, payments, nets = anhui.accounts.netting(CLERK, name, is_bilateral=is_bilateral)
    assert sum(nets.values()) == 0
    if is_bilateral:
        assert payments == expected
        assert len(payments) == 3


def test_a_partner_is_told_what_it_pays_and_is_paid_in_all() -> None:
    """Each payment stood for itself, and nothing told the one from the other."""
    payments = [
        Payment("AH", "JS", 3),
        Payment("TM", "JS", 20),
        Payment("TM", "NETC", 5),
        Payment("AH", "TM", 2),
        Payment("TM", "TM-2", 1),
    ]
    assert accounts._own_payments(payments, frozenset({"TM", "TM-2"})) == (
        Payment("TM", "", 25),
        Payment("", "TM", 2),
        Payment("TM", "TM-2", 1),
    )
