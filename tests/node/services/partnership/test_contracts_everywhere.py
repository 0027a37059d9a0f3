"""Contracts on simulated members: the same on all three whom they name, and proven offline."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from federation.partnership.codec import parse_document
from federation.trust.proven_receipt import prove_receipts
from tests.node.services.partnership.contract_partners import Partners
from tests.node.services.partnership.contract_party import simulated_party, world_sync
from tests.node.services.partnership.contract_texts import BUYER, CENTER, CLERK, SELLER

if TYPE_CHECKING:
    from tests.simulation.world import World


def test_all_three_members_hold_one_contract_and_prove_every_document(world: World) -> None:
    with ExitStack() as stack:
        parties = {
            name: stack.enter_context(simulated_party(world[name]))
            for name in (BUYER, SELLER, CENTER)
        }
        partners = Partners(parties, sync_world=world_sync(world))
        name = partners.contract()
        partners.confirm(name)
        shown = [party.show(name) for party in parties.values()]
        assert len({(one.etag, tuple(one.attribution)) for one in shown}) == 1
        assert not any(one.provisional for one in shown)
        registry = world[CENTER].side.trust.registry()
        for party in parties.values():
            given = party.contracts.receipt(CLERK, name)
            assert given.is_confirmed
            proven = prove_receipts(registry, given.receipts)
            assert [one.member for one in proven] == [SELLER, BUYER]
            contents = [parse_document(one.opened[0].content) for one in proven]
            assert [one.WhichOneof("document") for one in contents] == ["contract", "confirmation"]
