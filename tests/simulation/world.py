"""The world of a simulation: members, network, clock, and what must hold after every step.

Everything that happens follows from the seed, which a failing test prints. `check` re-verifies the
world: every copy is a prefix of its origin's log, nobody's confirmed size falls, no log key and no
witness key ever signed two histories, and nothing is confirmed that the origin does not have.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from federation.log.checkpoint import Checkpoint
from federation.log.hashing import EMPTY_ROOT
from federation.log.merkle import CompactRange, leaf_hashes
from node.services.enrolment import create_federation, create_member, install_trust
from node.storage import logs, mirrors
from tests.simulation.member import SimulatedMember
from tests.simulation.network import Network, SimulatedPeer

FEDERATION: Final = "ydx.example"
REGIONS: Final = {
    "anhui": "340000",
    "center": "310000",
    "jiangsu": "320000",
    "shanghai": "310000",
    "zhejiang": "330000",
}


class World:
    """Five members and everything between them."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed = seed
        self.chance = random.Random(seed)  # noqa: S311 - repeatable by its seed, not secret
        self.now_s = 1_800_000_000.0
        self.network = Network(self.chance)
        self.members: dict[str, SimulatedMember] = {}
        self.peer_types: dict[str, type[SimulatedPeer]] = {}
        self._confirmed: dict[tuple[str, str], int] = {}
        self._truth: dict[str, dict[int, bytes]] = {}
        self._found(folder)

    def _found(self, folder: Path) -> None:
        lines = [
            create_member(folder / name, FEDERATION, name, region, "127.0.0.1:7400").text()
            for name, region in REGIONS.items()
        ]
        create_federation(lines, folder / "federation", self.now_s, center="center")
        for name in REGIONS:
            install_trust(folder / name, folder / "federation" / "trust" / "root.json")
            self.members[name] = SimulatedMember(
                name,
                folder / name,
                FEDERATION,
                lambda: self.now_s,
                self.chance,
                lambda peer, _endpoint, _pins, caller=name: self._peer(peer, caller),  # type: ignore[misc]  # binds the loop's name
            )

    def _peer(self, name: str, caller: str) -> SimulatedPeer:
        kind = self.peer_types.get(name, SimulatedPeer)
        return kind(name, caller, self.network, self.members)

    def start_all(self) -> None:
        for member in self.members.values():
            if not member.is_up:
                member.start()

    def up(self) -> list[SimulatedMember]:
        return [member for member in self.members.values() if member.is_up]

    def others(self, name: str) -> list[str]:
        return [other for other in self.members if other != name]

    def random_step(self) -> str:
        """Do one thing that may happen; return what it was."""
        member = self.chance.choice(self.up())
        other = self.chance.choice(self.others(member.name))
        steps: dict[str, tuple[int, Callable[[], object]]] = {
            f"{member.name} publishes": (15, member.publish),
            f"{member.name} signs": (18, member.sign),
            f"{member.name} meets {other}": (20, lambda: member.meet(other)),
            f"{member.name} follows {other}": (
                22,
                lambda: member.follow(self.members[other].origin),
            ),
            f"{member.name} offers to {other}": (18, lambda: member.offer(other)),
            f"{member.name} seeks parts": (3, member.seek),
            f"{member.name} writes its heads": (3, member.flush),
            "time passes": (10, self._pass_time),
        }
        told = self.chance.choices(list(steps), [weight for weight, _ in steps.values()])[0]
        steps[told][1]()
        return told

    def _pass_time(self) -> None:
        self.now_s += self.chance.choice([0.05, 0.3, 2.0, 20.0])

    def random_fault(self) -> str:
        """Let one thing go wrong, or mend one."""
        roll = self.chance.random()
        name = self.chance.choice(sorted(self.members))
        member = self.members[name]
        if roll < 0.3:
            if member.is_up and len(self.up()) > 1:
                member.crash()
                return f"{name} crashes"
            if not member.is_up:
                member.start()
            return f"{name} starts"
        if roll < 0.6:
            link = frozenset({name, self.chance.choice(self.others(name))})
            self.network.cut ^= {link}
            return f"link {sorted(link)} flips"
        self.network.lost = self.chance.choice([0.0, 0.1, 0.4])
        self.network.answer_lost = self.chance.choice([0.0, 0.1, 0.3])
        self.network.repeated = self.chance.choice([0.0, 0.2])
        return "the network changes"

    def heal(self, rounds: int = 60) -> None:
        """Mend everything and let all members work until nothing changes."""
        self.network.heal()
        self.start_all()
        for _ in range(rounds):
            moved = self._work_round()
            self.now_s += 31.0
            if not moved and self.is_settled():
                return

    def _work_round(self) -> bool:
        moved = False
        for member in self.up():
            for other in self.others(member.name):
                member.meet(other)
            moved |= member.sign()
        for member in self.up():
            for other in self.others(member.name):
                moved |= member.follow(self.members[other].origin)
            moved |= bool(member.seek())
        for member in self.up():
            for other in self.others(member.name):
                member.meet(other)
        for member in self.up():
            for other in self.others(member.name):
                moved |= member.offer(other)
            member.flush()
        return moved

    def is_settled(self) -> bool:
        """Tell whether everybody has confirmed everything that everybody signed."""
        for owner in self.members.values():
            size = self.own_size(owner)
            for member in self.up():
                heads = member.side.board.origin(owner.origin)
                if (heads.verified_size, heads.confirmed_size) != (size, size):
                    return False
        return True

    def own_size(self, member: SimulatedMember) -> int:
        with member.side.database.read() as tx:
            return mirrors.get(tx, member.origin).verified_size

    def check(self) -> None:
        """Re-verify the world from stored bytes and signed notes."""
        for owner in self.members.values():
            self._truth.setdefault(owner.origin, {0: EMPTY_ROOT})
            if owner.is_up:
                self._learn_truth(owner)
        for member in self.up():
            for origin, truth in self._truth.items():
                heads = member.side.board.origin(origin)
                self._check_copy(member, origin)
                for known in heads.confirmations.known():
                    self._check_signed(known.checkpoint, truth)
                key = (member.name, origin)
                held = self._confirmed.get(key, 0)
                if member.side.board.own_origin == origin:
                    held = min(held, heads.verified_size)
                assert heads.confirmed_size <= heads.verified_size, (self.seed, key)
                self._confirmed[key] = max(held, heads.confirmed_size)

    def _learn_truth(self, owner: SimulatedMember) -> None:
        truth = self._truth[owner.origin]
        entries = self.stored_entries(owner, owner.origin)
        compact_range = CompactRange()
        for index, leaf in enumerate(leaf_hashes(entries), 1):
            compact_range.extend([leaf])
            root = compact_range.root()
            assert truth.setdefault(index, root) == root, (
                f"seed {self.seed}: {owner.name} rewrote its log at size {index}"
            )

    def stored_entries(self, member: SimulatedMember, origin: str) -> list[bytes]:
        with member.side.database.read() as tx:
            row = mirrors.get(tx, origin)
            return logs.entries(tx, row.origin_id, 0, row.verified_size)

    def _check_copy(self, member: SimulatedMember, origin: str) -> None:
        with member.side.database.read() as tx:
            row = mirrors.get(tx, origin)
        entries = self.stored_entries(member, origin)
        compact_range = CompactRange()
        compact_range.extend(leaf_hashes(entries))
        assert len(entries) == row.verified_size
        assert compact_range.root() == row.verified_root
        assert self._truth[origin].get(row.verified_size) == row.verified_root, (
            f"seed {self.seed}: {member.name} holds what {origin} never had"
        )

    def _check_signed(self, checkpoint: Checkpoint, truth: dict[int, bytes]) -> None:
        assert truth.get(checkpoint.tree_size) == checkpoint.root, (
            f"seed {self.seed}: a checkpoint of {checkpoint.origin} at {checkpoint.tree_size} "
            "is signed that its log does not have"
        )
