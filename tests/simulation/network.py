"""The network between simulated members: it loses, repeats and cuts; chance comes from the seed.

A peer of the simulation implements the real port by calling the other member's services, so that
honest and dishonest members are asked in the same way as over gRPC.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from federation.log.errors import Refused, Unreachable
from federation.sync.frames import (
    Batch,
    FetchedPart,
    Head,
    Meeting,
    PartPlace,
    WitnessStanding,
)
from federation.sync.witness import CosignOffer

if TYPE_CHECKING:
    from tests.simulation.member import SimulatedMember

_Answer = TypeVar("_Answer")


@dataclass
class Network:
    """Which links are cut, and how often messages are lost or repeated."""

    chance: random.Random
    lost: float = 0.0
    answer_lost: float = 0.0
    repeated: float = 0.0
    cut: set[frozenset[str]] = field(default_factory=set)

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
        """Lose, repeat and cut nothing any more."""
        self.lost = self.answer_lost = self.repeated = 0.0
        self.cut.clear()


class SimulatedPeer:
    """`name` as `caller` sees it over the network. Subclasses lie."""

    def __init__(
        self, name: str, caller: str, network: Network, members: dict[str, SimulatedMember]
    ) -> None:
        self.name = name
        self.caller = caller
        self.network = network
        self.members = members

    @property
    def other(self) -> SimulatedMember:
        """The member that answers, or Unreachable while it is down."""
        member = self.members[self.name]
        if not member.is_up:
            raise Unreachable("OUT_OF_REACH", "down", peer=self.name)
        return member

    def _ask(self, ask: Callable[[], _Answer]) -> _Answer:
        return self.network.carry(self.caller, self.name, ask)

    def get_heads(
        self, meeting: Meeting, start_id: bytes = b""
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        def ask() -> tuple[Meeting, tuple[bytes, ...]]:
            side = self.other.side
            if start_id:
                side.witness.start_asked(self.caller, start_id)
            return side.room.answer(self.caller, meeting)

        return self._ask(ask)

    def watch_heads(self) -> Generator[tuple[Head, ...], None, None]:
        board = self.other.side.board
        yield self._ask(board.heads)

    def read_log(self, origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
        frames = iter(self._frames(origin, from_size))
        while True:
            frame = self._ask(lambda: next(frames, None))
            if frame is None:
                return
            yield frame

    def _frames(self, origin: str, from_size: int) -> Sequence[bytes | Batch]:
        return list(self.other.side.log_server.read_log(origin, from_size, self.caller))

    def fetch_parts(self, places: Sequence[PartPlace]) -> list[FetchedPart]:
        return self._ask(lambda: self.other.side.log_server.fetch_parts(places, self.caller))

    def cosign(
        self, checkpoint: bytes, old_size: int, proof: Sequence[bytes], start_id: bytes
    ) -> bytes | WitnessStanding:
        origin = self.members[self.caller].origin
        offer = CosignOffer(origin, checkpoint, old_size, list(proof), start_id)
        return self._ask(lambda: self.other.side.witness.cosign(self.caller, offer, 0.0))

    def get_trust_file(self, role: str, version: int) -> bytes:
        def ask() -> bytes:
            content = self.other.side.trust.file(role, version)
            if content is None:
                raise Refused("RECORD_NOT_FOUND", "no such file")
            return content

        return self._ask(ask)
