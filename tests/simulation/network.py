"""The network between simulated members: it loses, repeats and cuts; chance comes from the seed.

A peer of the simulation implements the real port by calling the other member's services, so that
honest and dishonest members are asked in the same way as over gRPC. What the codec bounds on the
wire goes through the codec here too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from federation.log.errors import Refused, Unreachable
from federation.sync import codec
from federation.sync.frames import (
    Batch,
    BooksTold,
    FetchedPart,
    Head,
    Meeting,
    PartPlace,
    WitnessStanding,
)
from federation.sync.witness import CosignOffer
from node.services.ledger.books_answering import BooksAnswering

if TYPE_CHECKING:
    from federation.log.keys import VerifierKey
    from node.bootstrap.federation_side import FederationSide
    from tests.simulation.member import SimulatedMember

_Answer = TypeVar("_Answer")


class Lie:
    """What a dishonest member makes of its honest answers. Each subclass changes one thing."""

    def meeting(
        self, meeting: Meeting, evidence: tuple[bytes, ...]
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        return meeting, evidence

    def frames(self, origin: str, frames: Iterator[bytes | Batch]) -> Iterator[bytes | Batch]:
        del origin
        return frames

    def parts(self, parts: list[FetchedPart]) -> list[FetchedPart]:
        return parts

    def cosigned(
        self, checkpoint: bytes, honest: Callable[[], bytes | WitnessStanding]
    ) -> bytes | WitnessStanding:
        del checkpoint
        return honest()

    def trust_file(self, content: bytes | None) -> bytes | None:
        return content


HONEST = Lie()


@dataclass
class Network:
    """Which links are cut, how often messages are lost or repeated, and who lies to whom."""

    chance: random.Random
    lost: float = 0.0
    answer_lost: float = 0.0
    repeated: float = 0.0
    cut: set[frozenset[str]] = field(default_factory=set)
    lies: dict[str, Lie] = field(default_factory=dict)
    twins: dict[tuple[str, str], SimulatedMember] = field(default_factory=dict)
    """(name, caller) → who answers the caller under that name instead of the member itself."""

    def carry(self, one: str, other: str, ask: Callable[[], _Answer]) -> _Answer:
        """Bring a question and its answer across, or lose either."""
        if frozenset({one, other}) in self.cut or self.chance.random() < self.lost:
            raise Unreachable("OUT_OF_REACH", "lost on the way", peer=other)
        answer = ask()
        if self.chance.random() < self.repeated:
            answer = ask()
        if self.chance.random() < self.answer_lost:
            raise Unreachable("OUT_OF_REACH", "the answer was lost", peer=other)
        return answer

    def heal(self) -> None:
        """Lose, repeat, cut and lie no more."""
        self.lost = self.answer_lost = self.repeated = 0.0
        self.cut.clear()
        self.lies.clear()


def keys_of(side: FederationSide) -> Callable[[str], list[VerifierKey]]:
    """Return what gives the present log keys of a member, as a node knows them."""

    def found(name: str) -> list[VerifierKey]:
        registry = side.trust.registry()
        log = registry.log(registry.member(name).origin)
        return [one.key for one in log.keys if one.end is None]

    return found


class SimulatedPeer:
    """`name` as `caller` sees it over the network."""

    def __init__(
        self, name: str, caller: str, network: Network, members: dict[str, SimulatedMember]
    ) -> None:
        self.name = name
        self.caller = caller
        self.network = network
        self.members = members

    @property
    def side(self) -> FederationSide:
        """What answers, or Unreachable while it is down."""
        member = self.network.twins.get((self.name, self.caller), self.members[self.name])
        if not member.is_up:
            raise Unreachable("OUT_OF_REACH", "down", peer=self.name)
        return member.side

    @property
    def lie(self) -> Lie:
        return self.network.lies.get(self.name, HONEST)

    def get_heads(
        self, meeting: Meeting, start_id: bytes = b""
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        def ask() -> tuple[Meeting, tuple[bytes, ...]]:
            side = self.side
            if start_id:
                side.witness.start_asked(self.caller, start_id)
            asked = codec.meeting_from_wire(codec.meeting_to_wire(meeting))
            answer, evidence = self.lie.meeting(*side.room.answer(self.caller, asked))
            return codec.meeting_from_wire(codec.meeting_to_wire(answer)), evidence

        return self._ask(ask)

    def watch_heads(self) -> Generator[tuple[Head, ...], None, None]:
        yield self._ask(self.side.board.heads)

    def read_log(self, origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
        frames: Iterator[bytes | Batch] = iter(())

        def begin() -> None:
            nonlocal frames
            honest = self.side.log_server.read_log(origin, from_size, self.caller)
            frames = iter(self.lie.frames(origin, honest))

        self._ask(begin)
        while True:
            frame = self._ask(lambda: next(frames, None))
            if frame is None:
                return
            yield frame

    def fetch_parts(self, places: Sequence[PartPlace]) -> list[FetchedPart]:
        def ask() -> list[FetchedPart]:
            found = self.side.log_server.fetch_parts(places, self.caller)
            return self.lie.parts(found)

        return self._ask(ask)

    def cosign(
        self, checkpoint: bytes, old_size: int, proof: Sequence[bytes], start_id: bytes
    ) -> bytes | WitnessStanding:
        origin = self.members[self.caller].origin
        offer = CosignOffer(origin, checkpoint, old_size, list(proof), start_id)

        def ask() -> bytes | WitnessStanding:
            witness = self.side.witness
            return self.lie.cosigned(checkpoint, lambda: witness.cosign(self.caller, offer, 0.0))

        return self._ask(ask)

    def get_trust_file(self, role: str, version: int) -> bytes:
        def ask() -> bytes:
            content = self.lie.trust_file(self.side.trust.file(role, version))
            if content is None:
                raise Refused("RECORD_NOT_FOUND", "no such file")
            return content

        return self._ask(ask)

    def reconcile_books(self, question: bytes, proof: bytes) -> BooksTold:
        def ask() -> BooksTold:
            side = self.side
            answering = BooksAnswering(side.database, side.keys.log_signer, keys_of(side))
            return answering.answer(self.caller, question, proof)

        return self._ask(ask)

    def _ask(self, ask: Callable[[], _Answer]) -> _Answer:
        return self.network.carry(self.caller, self.name, ask)
