"""Bundles of books in which the center has said what counts for nothing: they prove it too.

Whoever holds the books finds such an outcome void. The bundle has to show why to whoever has
nothing else, or one bad outcome of a center would end all proofs of that agreement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.ledger import codec
from federation.ledger.bundle_verification import verify_bundle
from federation.records.refs import Ref, read_ref
from node.services.catalogue.records import LISTING
from node.services.ledger import reading
from node.services.log.drafts import SealedDocument
from tests.federation.ledger.paper import activated, booked
from tests.node.rpc.ledger_desks import REGISTRY, Desks, ledger_desks
from tests.node.services.own_node import PLATFORM, supply

if TYPE_CHECKING:
    from collections.abc import Iterator

BUNDLE: Final = 6
ANHUI: Final = "ydx.example/anhui"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with ledger_desks(tmp_path_factory.mktemp("desks")) as given:
        yield given


def says(desks: Desks, agreement: str, *outcomes: codec.Outcome) -> None:
    """Let the center write outcomes that its own program would not."""
    world = desks.world
    center = world["center"]
    first = center.shown.agreement_at(read_ref(first_of(desks, agreement))).row
    with center.database.read() as tx:
        row = reading.agreement(tx, first.ref)
    assert row is not None

    def make(view: Any) -> Any:
        return center.bookkeeper._add(view, row, outcomes)

    center.party.sealing.write(make)
    world.send()


def first_of(desks: Desks, agreement: str) -> Any:
    return desks["anhui"].call("GetAgreement", name=agreement).agreement.first


def sealed_for_others(desks: Desks) -> Ref:
    """Return a document of anhui that only jiangsu may read."""
    anhui = desks.world["anhui"]

    def make(view: Any) -> Any:
        return anhui.party.sealing.add(
            view, SealedDocument(bytes(15) + b"x", 1, ("jiangsu",), b"\x0a\x00")
        )

    place = anhui.party.sealing.write(make)
    desks.world.send()
    return Ref(ANHUI, place.leaf_index, place.leaf_hash)


def test_what_a_void_outcome_names_leaves_the_bundle_proven(desks: Desks) -> None:
    world, anhui = desks.world, desks.world["anhui"].party
    made = anhui.publishing.publish(PLATFORM, LISTING, supply(), anhui.options()).record
    listing = Ref(ANHUI, anhui.size() - 1, bytes.fromhex(made.info.etag.strip('"')))
    world.send()
    name, other = world.open(), world.open()
    first, second = (read_ref(first_of(desks, one)) for one in (name, other))
    event = world.book(name)
    booked_event = read_ref(desks["anhui"].call("GetProposal", name=event).proposal.ref)
    shut = sealed_for_others(desks)
    world.book(name, 2)  # so a checkpoint covers all of that
    wrong = {
        "another leaf stands there": booked_event._replace(leaf_hash=bytes(32)),
        "a listing stands there": listing,
        "another listing stands there": listing._replace(leaf_hash=bytes(32)),
        "what stands there is shut, and another leaf": shut._replace(leaf_hash=bytes(32)),
        "nothing covers it": Ref(ANHUI, 10**6, bytes(32)),
        "nobody is there": Ref("ydx.example/nobody", 0, bytes(32)),
        "it is of another agreement": second,
    }
    says(desks, name, *(booked(one, (), AH=1) for one in wrong.values()), activated(first))
    for member in ("anhui", "jiangsu", "center"):
        state = desks[member].call("GetAgreement", name=name).agreement.books
        assert not state.waits
        assert [one.void_reason for one in state.void_outcomes][::-1] == [
            *["NO_SUCH_DOCUMENT"] * 4,
            *["NOT_COVERED"] * 2,
            "OTHER_AGREEMENT",
            "ALREADY_DECIDED",
        ]
        assert {one.generation for one in state.void_outcomes} == {1}
        found = verify_bundle(desks[member].file(agreement=name, format=BUNDLE), REGISTRY)
        assert found.differences == ()
        assert found.is_confirmed
        assert len(found.claimed.voids) == len(wrong) + 1
