"""One simulated member: the real federation side of a node, stepped by the simulation."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from federation.log.batch import VerifiedBatch
from federation.log.entry import KIND_GENESIS, KIND_LISTING, Audience, Operation
from federation.log.errors import Refused, Unreachable, YdxError
from federation.log.merkle import CompactRange
from federation.sync.frames import Peer
from federation.sync.start import Verdict
from node.bootstrap.federation_side import FederationBuilder, FederationPorts, FederationSide
from node.config.settings import Database as DatabaseSettings
from node.config.settings import Keys, Settings
from node.config.settings import Node as NodeSettings
from node.rpc.pins import Pins
from node.services.sequencer_drafts import Draft, Encoder
from node.storage import batches, mirrors
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder


class SimulatedMember:
    """A member that is up or down; its disk survives a crash."""

    def __init__(
        self,
        name: str,
        folder: Path,
        federation: str,
        clock: Callable[[], float],
        chance: random.Random,
        open_peer: Callable[[str, str, Pins], Peer],
    ) -> None:
        self.name = name
        self.folder = folder
        self.origin = f"{federation}/{name}"
        self.refusals: list[tuple[str, str, str]] = []
        """(peer, origin, reason) of everything wrong that was counted."""
        self._clock = clock
        self._chance = chance
        self._open_peer = open_peer
        self._federation = federation
        self._side: FederationSide | None = None
        self._published = 0

    @property
    def is_up(self) -> bool:
        return self._side is not None

    @property
    def side(self) -> FederationSide:
        assert self._side is not None, f"{self.name} is down"
        return self._side

    def start(self) -> None:
        settings = Settings(
            node=NodeSettings(member=self.name, federation=self._federation, folder=self.folder),
            keys=Keys(folder=self.folder / "keys", trust_root=self.folder / "trust" / "root.json"),
            database=DatabaseSettings(url=f"sqlite:///{self.folder}/ydx.sqlite"),
        )
        ports = FederationPorts(
            clock=self._clock,
            jitter=self._chance.random,
            random_bytes=self._chance.randbytes,
            open_peer=self._open_peer,
            refused=lambda peer, origin, refusal: self.refusals.append(
                (peer, origin, refusal.reason)
            ),
            software_version="simulated",
        )
        database = Database.open(settings.database.url)
        keys = KeyFolder(settings.keys.folder)
        self._side = FederationBuilder(settings, keys, database, ports).build()

    def crash(self) -> None:
        """Lose everything that is not on the disk."""
        side, self._side = self.side, None
        side.keys.close()
        side.database.close()

    def publish(self) -> bool:
        """Append a listing to the own log; return whether writing is allowed."""
        try:
            self.side.gate.check()
        except YdxError:
            return False
        encoder = Encoder(self.origin, self._clock, self._chance.randbytes)
        with self.side.database.write(own=True) as tx:
            own = mirrors.get(tx, self.origin)
            drafts = [] if own.verified_size else [Draft(kind=KIND_GENESIS, body=b"\x0a\x01s")]
            self._published += 1
            drafts.append(
                Draft(
                    kind=KIND_LISTING,
                    subject=self._chance.randbytes(16),
                    revision=1,
                    operation=Operation.PUT,
                    contents=(
                        (Audience.PUBLIC, b"\x08\x01\x12\x04abcd" + bytes([0x1A, 1, 49])),
                        (Audience.MEMBERS, b"terms"),
                        (Audience.ORIGIN, b"contacts"),
                    ),
                )
            )
            batch: VerifiedBatch = encoder.batch(
                CompactRange.from_bytes(own.compact_range),
                [encoder.encode(draft, b"") for draft in drafts],
            )
            batches.apply(tx, batch)
        self.side.signer.committed(batch.end)
        return True

    def sign(self) -> bool:
        if self.side.gate.verdict() is not Verdict.OPEN or self.side.signer.due_in_s() > 0:
            return False
        try:
            return self.side.signer.sign_if_due()
        except YdxError:
            return False

    def meet(self, name: str) -> bool:
        link = next(link for link in self.side.links if link.peer.name == name)
        try:
            link.meet()
        except (Refused, Unreachable) as error:
            self.side.book.failed(name, error)
            return False
        return True

    def follow(self, origin: str) -> bool:
        return self.side.followers[origin].step()

    def offer(self, name: str) -> bool:
        try:
            return self.side.offering.ask(self.side.peers[name], lambda: self._meet_or_raise(name))
        except (Refused, Unreachable):
            return False

    def seek(self) -> int:
        return self.side.seeker.step()

    def flush(self) -> None:
        self.side.head_store.flush()

    def _meet_or_raise(self, name: str) -> None:
        next(link for link in self.side.links if link.peer.name == name).meet()
