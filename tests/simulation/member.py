"""One simulated member: the real federation side of a node, stepped by the simulation."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

from federation.log.batch import VerifiedBatch
from federation.log.entry import (
    KIND_ERASE,
    KIND_GENESIS,
    KIND_LISTING,
    Audience,
    Operation,
)
from federation.log.errors import Refused, Unreachable, YdxError
from federation.log.merkle import CompactRange
from federation.records.codec_body import ErasedPart, erase_body
from federation.sync.frames import Peer
from federation.sync.start import Verdict
from node.bootstrap.federation_side import FederationBuilder, FederationPorts, FederationSide
from node.config.settings import Database as DatabaseSettings
from node.config.settings import Keys, Settings
from node.config.settings import Node as NodeSettings
from node.rpc.pins import Pins
from node.services.log.drafts import Draft, Encoded, Encoder, SealedDocument
from node.storage import batches, digests, mirrors, sealed
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder
from node.storage.sealed import Sealed

_PUBLIC_CONTENT = b"\x08\x01\x12\x04abcd\x1a\x011"


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
        self.starts = 0
        self.clock = clock
        self.chance = chance
        self.open_peer = open_peer
        self.federation = federation
        self._side: FederationSide | None = None

    @property
    def is_up(self) -> bool:
        return self._side is not None

    @property
    def side(self) -> FederationSide:
        assert self._side is not None, f"{self.name} is down"
        return self._side

    @property
    def is_open(self) -> bool:
        """Tell whether it may append and sign."""
        side = self.side
        return side.gate.verdict() is Verdict.OPEN and side.signer.stopped is None

    @property
    def disk(self) -> Path:
        return self.folder / "ydx.sqlite"

    def start(self) -> None:
        """Start; raises what a real node would not start with."""
        settings = Settings(
            node=NodeSettings(member=self.name, federation=self.federation, folder=self.folder),
            keys=Keys(folder=self.folder / "keys", trust_root=self.folder / "trust" / "root.json"),
            database=DatabaseSettings(url=f"sqlite:///{self.disk}"),
        )
        ports = FederationPorts(
            clock=self.clock,
            monotonic=self.clock,
            jitter=self.chance.random,
            random_bytes=self.chance.randbytes,
            open_peer=self.open_peer,
            refused=self._refused,
            software_version="simulated",
        )
        keys = KeyFolder(settings.keys.folder)
        try:
            database = Database.open(settings.database.url)
            self._side = FederationBuilder(settings, keys, database, ports).build()
        except BaseException:
            keys.close()
            raise
        self.starts += 1

    def crash(self) -> None:
        """Lose everything that is not on the disk."""
        side, self._side = self.side, None
        side.keys.close()
        side.database.close()

    def save_disk(self, name: str) -> None:
        """Make a backup of the database, not of the keys."""
        with (
            closing(connect(self.disk)) as from_file,
            closing(connect(self.folder / name)) as to_file,
        ):
            from_file.backup(to_file)

    def restore_disk(self, name: str = "") -> None:
        """Put a backup back, or with no name an empty database, while the member is down."""
        assert not self.is_up
        for file in self.folder.glob("ydx.sqlite*"):
            file.unlink()
        if name:
            shutil.copy(self.folder / name, self.disk)

    def publish(self) -> bool:
        """Append a listing to the own log; return whether writing is allowed."""
        return self.append((Audience.PUBLIC, _PUBLIC_CONTENT), (Audience.MEMBERS, b"terms"))

    def append(self, *contents: tuple[Audience, bytes]) -> bool:
        """Append a listing of these parts and contacts; return whether writing is allowed."""
        listing = Draft(
            kind=KIND_LISTING,
            subject=self.chance.randbytes(16),
            revision=1,
            operation=Operation.PUT,
            contents=(*contents, (Audience.ORIGIN, b"contacts")),
        )
        return self._write(lambda encoder: encoder.encode(listing, b""))

    def seal(self, document: SealedDocument) -> bool:
        """Append a document to the own log; return whether writing is allowed."""
        return self._write(lambda encoder: encoder.encode_sealed(document, b""))

    def erase(self, leaf_index: int, part_number: int) -> bool:
        """Append an ERASE of a part of the own log; return whether writing is allowed."""
        lines = (ErasedPart(self.origin, leaf_index, part_number),)
        draft = Draft(kind=KIND_ERASE, body=erase_body(lines, "PIPL-47"))
        return self._write(lambda encoder: encoder.encode(draft, b""))

    def _write(self, encode: Callable[[Encoder], Encoded]) -> bool:
        if not self.is_open:
            return False
        encoder = Encoder(self.origin, self.clock, self.chance.randbytes)
        with self.side.database.write(own=True) as tx:
            own = mirrors.get(tx, self.origin)
            first = [] if own.verified_size else [Draft(kind=KIND_GENESIS, body=b"\x0a\x01s")]
            batch: VerifiedBatch = encoder.batch(
                CompactRange.from_bytes(own.compact_range),
                [*(encoder.encode(draft, b"") for draft in first), encode(encoder)],
            )
            batches.apply(tx, batch)
        self.side.signer.committed(batch.end)
        return True

    def read_sealed(self, origin: str, leaf_index: int) -> Sealed | None:
        """Return what is readable here of a sealed entry."""
        with self.side.database.read() as tx:
            return sealed.at(tx, origin, leaf_index)

    def sign(self) -> bool:
        if not self.is_open or self.side.signer.due_in_s() > 0:
            return False
        try:
            return self.side.signer.sign_if_due()
        except YdxError:
            return False

    def meet(self, name: str) -> bool:
        try:
            self._meet_or_raise(name)
        except Refused as refusal:
            self._refused(name, "", refusal)
            self.side.book.failed(name, refusal)
            return False
        except Unreachable as error:
            self.side.book.failed(name, error)
            return False
        self.side.book.listening(name)
        return True

    def follow(self, origin: str) -> bool:
        return self.side.followers[origin].step()

    def offer(self, name: str) -> bool:
        self.side.offering.wait(name, 0.0)
        try:
            return self.side.offering.ask(self.side.peers[name], lambda: self._meet_or_raise(name))
        except Refused as refusal:
            self._refused(name, self.origin, refusal)
        except Unreachable:
            pass
        return False

    def seek(self) -> int:
        return self.side.seeker.step()

    def flush(self) -> None:
        self.side.head_store.flush()

    def digest(self, audience: Audience, sizes: dict[str, int]) -> bytes | None:
        """Return the state digest at these sizes, or None while a part is wanted."""
        with self.side.database.read() as tx:
            return digests.digest(tx, audience, sizes)

    def own_size(self) -> int:
        """Return the size of the own log in the database."""
        with self.side.database.read() as tx:
            return mirrors.get(tx, self.origin).verified_size

    def stored(self, origin: str) -> mirrors.Mirror:
        with self.side.database.read() as tx:
            return mirrors.get(tx, origin)

    def reasons(self, peer: str, origin: str) -> set[str]:
        """Return the reasons for which the peer was refused for an origin."""
        return {reason for who, what, reason in self.refusals if (who, what) == (peer, origin)}

    def _meet_or_raise(self, name: str) -> None:
        next(link for link in self.side.links if link.peer.name == name).meet()

    def _refused(self, peer: str, origin: str, refusal: Refused) -> None:
        self.refusals.append((peer, origin, refusal.reason))
