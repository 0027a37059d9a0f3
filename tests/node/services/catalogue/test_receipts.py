"""Receipts: what they prove, offline, and when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.entry import KIND_ERASE, Audience, parse_entry
from federation.log.errors import YdxError
from federation.log.hashing import leaf_hash
from federation.log.keys import Signer, generate_private
from federation.log.part import PartHeader, open_named, open_part
from federation.log.receipt import (
    parse_opening,
    parse_receipt,
    split_receipts,
    verify_receipt,
)
from federation.records.codec import ListingPublic
from federation.records.codec_body import ErasedPart, erase_body
from node.services.catalogue.receipts import GivenReceipt, PublishableNote, Receipts
from node.services.catalogue.records import LISTING
from node.services.log.drafts import Draft, SealedDocument
from node.services.log.sealing import Sealing
from node.services.log.sequencer import Write
from node.services.log.write_options import WriteOptions
from node.services.sync.copies import Copies
from node.storage import freezing, mirrors
from node.storage.stored_tiles import StoredTiles
from tests.node.services.own_node import ORIGIN, PARTNER, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from federation.records.codec import Listing
    from node.services.log.sealing import SealedPlace
    from node.services.log.view import LogView


class Notary:
    """Makes receipts of a node's own log, and the checkpoints that they lead to."""

    def __init__(self, node: OwnNode) -> None:
        self.node = node
        self.signer = Signer(ORIGIN, generate_private())
        self.note: PublishableNote | None = None
        node.sequencer.open_log()
        with node.database.read() as tx:
            origin_id = mirrors.get(tx, ORIGIN).origin_id
        copies = Copies(lambda _origin: StoredTiles(node.database, origin_id))
        self.receipts = Receipts(node.database, node.catalogue, copies, lambda *_: self.note)

    def checkpoint(self) -> None:
        with self.node.database.read() as tx:
            own = mirrors.get(tx, ORIGIN)
        checkpoint = Checkpoint(ORIGIN, own.verified_size, own.verified_root)
        note = sign_checkpoint(checkpoint, [self.signer])
        self.note = PublishableNote(note, own.verified_size, is_confirmed=True)

    def verify(self, given: GivenReceipt) -> dict[int, bytes]:
        """Verify a receipt by its file alone; return the parts that it opens."""
        receipt = parse_receipt(given.receipt)
        opening = parse_opening(receipt.extra)
        assert opening.entry == given.entry
        verify_receipt(receipt, opening.entry, self.signer.verifier())
        return dict(opening.parts)


@pytest.fixture
def notary(node: OwnNode) -> Notary:
    return Notary(node)


def publish(node: OwnNode, number: int) -> str:
    return str(
        node.publishing.publish(PLATFORM, LISTING, supply(number), WriteOptions()).record.name
    )


def test_every_entry_of_a_log_has_its_receipt(node: OwnNode, notary: Notary) -> None:
    names = [publish(node, number) for number in range(20)]
    notary.checkpoint()
    for name in names:
        given = notary.receipts.get(PARTNER, name, 0, "")
        assert given.is_confirmed
        assert notary.verify(given) == {}


def test_a_receipt_opens_the_part_asked_for(node: OwnNode, notary: Notary) -> None:
    name = publish(node, 1)
    notary.checkpoint()
    given = notary.receipts.get(PARTNER, name, 0, "public")
    ((number, wire),) = notary.verify(given).items()
    entry = parse_entry(given.entry)
    header = PartHeader(ORIGIN, entry.subject, 1, number, Audience.PUBLIC)
    content = open_part(wire, entry.parts[number][1], header)
    assert ListingPublic.FromString(content).title == supply(1).public.title
    assert set(notary.verify(notary.receipts.get(PLATFORM, name, 0, "members"))) == {1}


def test_earlier_revisions_have_receipts_too(node: OwnNode, notary: Notary) -> None:
    name = publish(node, 1)

    def change(stored: Listing) -> Listing:
        stored.public.trl = 7
        return stored

    node.publishing.revise(PLATFORM, LISTING, name, change, WriteOptions())
    node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())
    notary.checkpoint()
    for revision in (1, 2, 3):
        given = notary.receipts.get(PARTNER, name, revision, "")
        notary.verify(given)
        assert parse_entry(given.entry).revision == revision


def test_what_no_checkpoint_covers_has_no_receipt_yet(node: OwnNode, notary: Notary) -> None:
    notary.checkpoint()
    name = publish(node, 1)
    for note in (notary.note, None):
        notary.note = note
        with pytest.raises(YdxError, match="NO_CHECKPOINT_YET"):
            notary.receipts.get(PLATFORM, name, 0, "")


def seal(node: OwnNode) -> SealedPlace:
    sealing = Sealing(node.sequencer, "anhui", lambda: ["center"])
    return sealing.seal(SealedDocument(bytes(16), 1, ("center",), b"step", b"who"))


@pytest.mark.parametrize("numbers", [(), (0,), (1,), (0, 1)])
def test_a_sealed_entry_has_a_receipt_that_opens_the_parts_asked_for(
    node: OwnNode, notary: Notary, numbers: tuple[int, ...]
) -> None:
    place = seal(node)
    notary.checkpoint()
    given = notary.receipts.receipt_at(ORIGIN, place.leaf_index, numbers)
    assert leaf_hash(given.entry) == place.leaf_hash
    opened = notary.verify(given)
    assert tuple(opened) == numbers
    for number, wire in opened.items():
        commitment = parse_entry(given.entry).parts[number][1]
        assert open_named(wire, commitment, ORIGIN, number)[1] == (b"step", b"who")[number]


def test_several_receipts_stand_in_one_file(node: OwnNode, notary: Notary) -> None:
    places = [seal(node).leaf_index for _ in range(3)]
    notary.checkpoint()
    given = [notary.receipts.receipt_at(ORIGIN, leaf, (0,)).receipt for leaf in places]
    assert split_receipts(b"".join(given)) == given


def test_what_a_place_has_no_receipt_for(node: OwnNode, notary: Notary) -> None:
    publish(node, 1)
    place = seal(node)
    body = erase_body((ErasedPart(ORIGIN, place.leaf_index, 1),), "PIPL-47")

    def erase(view: LogView) -> bytes:
        view.append(Draft(kind=KIND_ERASE, body=body))
        return b""

    node.sequencer.submit(Write(erase))
    with pytest.raises(YdxError, match="NO_CHECKPOINT_YET"):
        notary.receipts.receipt_at(ORIGIN, place.leaf_index)
    notary.checkpoint()
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), place.leaf_index + 2)
    for leaf_index, numbers, reason in [
        (place.leaf_index, (1,), "PART_ERASED"),
        (place.leaf_index, (2,), "INVALID_FIELD"),
        (place.leaf_index, (-1,), "INVALID_FIELD"),
        (1, (2,), "INVALID_FIELD"),  # contacts: the ORIGIN part never leaves this node
        (99, (), "RECORD_NOT_FOUND"),
        (-1, (), "RECORD_NOT_FOUND"),
    ]:
        with pytest.raises(YdxError) as caught:
            notary.receipts.receipt_at(ORIGIN, leaf_index, numbers)
        assert caught.value.reason == reason
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), place.leaf_index)
    with pytest.raises(YdxError, match="RECORD_NOT_FOUND"):
        notary.receipts.receipt_at(ORIGIN, place.leaf_index)


@pytest.mark.parametrize(
    ("revision", "part", "reason"),
    [
        (2, "", "INVALID_FIELD"),
        (2**63 - 1, "", "INVALID_FIELD"),
        (0, "origin", "INVALID_FIELD"),
        (0, "members", "ROLE_MISSING"),
    ],
)
def test_refusals(node: OwnNode, notary: Notary, revision: int, part: str, reason: str) -> None:
    name = publish(node, 1)
    notary.checkpoint()
    with pytest.raises(YdxError) as caught:
        notary.receipts.get(PARTNER, name, revision, part)
    assert caught.value.reason == reason
