"""One member's writing side for tests: database, sequencer, publishing, batches and catalogue."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from federation.records.codec import Listing
from node.services.access import Caller, Role
from node.services.catalogue.batch import BatchPublishing
from node.services.catalogue.publishing import Publishing
from node.services.catalogue.reading import Catalogue
from node.services.log.drafts import Encoder, genesis
from node.services.log.sequencer import Sequencer, SequencerLimits, SequencerPorts
from node.services.log.write_options import WriteOptions
from node.services.sync.node_status import OriginFacts
from node.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

MEMBER: Final = "anhui"
ORIGIN: Final = "ydx.example/anhui"
PLATFORM: Final = Caller(frozenset({Role.PLATFORM}), "1", source_platform="anhui-tech")
OTHER_PLATFORM: Final = Caller(frozenset({Role.PLATFORM}), "2", source_platform="hefei-lab")
PARTNER: Final = Caller(frozenset({Role.PARTNER}), "3", organisation="o1")
CLERK: Final = Caller(frozenset({Role.CLERK}), "4")
NOW_S: Final = 1_795_000_000.0
"""2026-11-18."""


def supply(number: int = 0, platform: str = "anhui-tech", **public: Any) -> Listing:
    """Return a supply listing that may be published; `public` changes fields of its PUBLIC part."""
    listing = Listing()
    said: Any = listing.public
    said.kind = 1
    said.title = f"高强铝合金大型构件低压铸造技术第{number}批"
    said.region = "340100"
    said.tech_field = 5
    said.trl = 6
    said.valid_until = "2027-12-31"
    said.source_platform = platform
    said.source_id = f"AH-{number:07d}"
    said.summary = "本技术面向新能源汽车底盘的大型薄壁构件，采用低压铸造与局部增压相结合的工艺。"
    said.description = (
        "采用电磁搅拌与真空低压充型，实现铸件内部组织细化，并在三家企业完成中试验证。" * 5
    )
    said.keywords.extend(["铝合金", "低压铸造"])
    said.owner.name = "安徽某某大学"
    said.owner.uscc = "91110000600037341L"
    said.supply.advantages = (
        "抗拉强度不低于320兆帕，延伸率不低于百分之十，较传统重力铸造减重百分之十五。"
    )
    said.supply.result_form = 1
    said.supply.transfer_modes.append(5)
    listing.members.price.amount_min_fen = 50_000_000
    listing.members.terms = "价格可随批量协商，含技术培训两次。"
    contact = listing.origin.contacts.add()
    contact.name, contact.phone = "张三", "13800000000"
    for name, value in public.items():
        setattr(said, name, value)
    return listing


def new_request_id() -> str:
    """Return a fresh request id."""
    return str(uuid.uuid4())


@dataclass
class OwnNode:
    """The services of one member over one database."""

    database: Database
    clock: Callable[[], float] = lambda: NOW_S
    limits: SequencerLimits = field(default_factory=SequencerLimits)
    may_write: Callable[[], None] = lambda: None
    on_commit: Callable[[int], None] = lambda _: None
    stored_by_peer: Callable[[int, float], bool] = lambda _size, _timeout: True

    def __post_init__(self) -> None:
        self.sequencer = Sequencer(
            self.database,
            Encoder(ORIGIN, self.clock, os.urandom),
            SequencerPorts(
                may_write=self._check_may_write,
                on_commit=self._committed,
                wait_stored_by_peer=self._wait_stored_by_peer,
                genesis=lambda: genesis("ydx.example", MEMBER, 1),
            ),
            bytes(32),
            self.limits,
        )
        self.catalogue = Catalogue(self.database, ORIGIN, self._completeness)
        self.publishing = Publishing(
            self.sequencer, self.catalogue, MEMBER, self.clock, os.urandom, ack_wait_s=0.1
        )
        self.batches = BatchPublishing(
            self.sequencer, MEMBER, self.clock, os.urandom, ack_wait_s=0.1
        )

    def __enter__(self) -> Self:
        self.sequencer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sequencer.stop()

    def options(
        self, request_id: str = "", body: bytes = b"", *, caller: Caller = PLATFORM, **more: bool
    ) -> WriteOptions:
        """Return the options of a write."""
        request = self.sequencer.request(caller.identity, request_id, body)
        return WriteOptions(request=request, **more)

    # The ports go through these, so that a test can change them while the node runs.

    def _check_may_write(self) -> None:
        self.may_write()

    def _committed(self, tree_size: int) -> None:
        self.on_commit(tree_size)

    def _wait_stored_by_peer(self, tree_size: int, timeout_s: float) -> bool:
        return self.stored_by_peer(tree_size, timeout_s)

    def _completeness(self) -> list[OriginFacts]:
        size = self.sequencer.tree_size
        return [
            OriginFacts(
                member=MEMBER,
                origin=ORIGIN,
                stored_size=size,
                tree_size=size,
                verified_size=size,
                confirmed_size=0,
                lag_s=0.0,
                state="COMPLETE",
            )
        ]
