"""The world of a simulation: members, network, clock, and how they are driven.

Everything that happens follows from the seed, which a failing run prints; only the keys differ.
`checks` says what must hold after every step.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from node.services.sync.enrolment import create_federation, create_member, install_trust
from tests.simulation.liars import RANDOM_LIES
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
_HEAL_PAUSES_S: Final = (*(31.0,) * 8, *(700.0,) * 8, *(90_000.0,) * 24)


class World:
    """Some members, five as a rule, and everything between them."""

    def __init__(self, seed: int, folder: Path, names: Collection[str] = tuple(REGIONS)) -> None:
        """Found a federation in an empty folder, or go on with the one that is there."""
        self.seed = seed
        self.chance = random.Random(seed)  # noqa: S311 - repeatable by its seed, not secret
        self.now_s = 1_800_000_000.0
        self.network = Network(self.chance)
        self.members: dict[str, SimulatedMember] = {}
        self.liar = ""
        """The member that may lie at random; at most one, as the promises have it."""
        self.told: list[str] = []
        self.before_crash: Callable[[SimulatedMember], None] = lambda _member: None
        self.restored: list[SimulatedMember] = []
        """Who got an old disk back since the last check."""
        self.sizes: dict[str, int] = {}
        """Member → size of its log when a run ended."""
        self._disks: list[tuple[str, str]] = []
        if not (folder / "federation").exists():
            self._found(folder, names)
        for name in names:
            self.members[name] = self.member(name, folder / name)

    def _found(self, folder: Path, names: Collection[str]) -> None:
        lines = [
            create_member(folder / name, FEDERATION, name, REGIONS[name], "127.0.0.1:7400").text()
            for name in names
        ]
        create_federation(lines, folder / "federation", self.now_s, center="center")
        for name in names:
            install_trust(folder / name, folder / "federation" / "trust" / "root.json")

    def member(self, name: str, folder: Path) -> SimulatedMember:
        """Return a member that lives in a folder and is not started."""
        return SimulatedMember(
            name,
            folder,
            FEDERATION,
            lambda: self.now_s,
            self.chance,
            lambda peer, _endpoint, _pins: SimulatedPeer(peer, name, self.network, self.members),
        )

    def __getitem__(self, name: str) -> SimulatedMember:
        return self.members[name]

    def clone(self, name: str, callers: frozenset[str]) -> SimulatedMember:
        """Run a second node with a member's keys and database; it alone answers these callers.

        Each of the two goes on by itself: a dishonest origin that shows two histories.
        """
        self[name].crash()
        folder = self[name].folder.with_name(f"{name}-twin")
        shutil.copytree(self[name].folder, folder)
        twin = self.member(name, folder)
        for caller in callers:
            self.network.twins[name, caller] = twin
        self[name].start()
        twin.start()
        return twin

    def start_all(self) -> None:
        for member in self.members.values():
            if not member.is_up:
                member.start()

    def open_all(self) -> None:
        """Start everybody and answer everybody's start question."""
        self.start_all()
        self.meet_all()
        self.pass_time(4.0)

    def close(self) -> None:
        """Give up all files."""
        for member in {*self.members.values(), *self.network.twins.values()}:
            if member.is_up:
                member.crash()

    def up(self) -> list[SimulatedMember]:
        return [member for member in self.members.values() if member.is_up]

    def others(self, name: str) -> list[str]:
        return [other for other in self.members if other != name]

    def pass_time(self, pause_s: float) -> None:
        self.now_s += pause_s

    def meet_all(self) -> None:
        for member in self.up():
            for other in self.others(member.name):
                member.meet(other)

    def follow_all(self) -> bool:
        moved = False
        for member in self.up():
            for other in self.others(member.name):
                moved |= member.follow(self[other].origin)
        return moved

    def work_round(self) -> bool:
        """Let everybody do everything once; return whether anything moved."""
        moved = False
        self.meet_all()
        for member in self.up():
            moved |= member.sign()
        self.meet_all()
        moved |= self.follow_all()
        for member in self.up():
            moved |= bool(member.seek())
        for member in self.up():
            for other in self.others(member.name):
                moved |= member.offer(other)
        self.meet_all()
        for member in self.up():
            member.flush()
        return moved

    def heal(self, is_settled: Callable[[], bool]) -> bool:
        """Mend everything and let all members work until all is settled; return whether it is."""
        self.network.heal()
        self.start_all()
        for pause_s in _HEAL_PAUSES_S:
            if not self.work_round() and is_settled():
                return True
            self.pass_time(pause_s)
        return is_settled()

    def step(self, number: int) -> str:
        """Do one thing that may happen, now and then a fault; return what it was."""
        self.told.append(self.random_fault() if number % 12 == 11 else self.random_step())
        return self.told[-1]

    def random_step(self) -> str:
        member = self.chance.choice(self.up())
        other = self.chance.choice(self.others(member.name))
        steps: dict[str, tuple[int, Callable[[], object]]] = {
            f"{member.name} publishes": (15, member.publish),
            f"{member.name} signs": (18, member.sign),
            f"{member.name} meets {other}": (20, lambda: member.meet(other)),
            f"{member.name} follows {other}": (22, lambda: member.follow(self[other].origin)),
            f"{member.name} offers to {other}": (18, lambda: member.offer(other)),
            f"{member.name} seeks parts": (3, member.seek),
            f"{member.name} writes its heads": (3, member.flush),
            "time passes": (
                10,
                lambda: self.pass_time(self.chance.choice([0.05, 0.3, 2.0, 20.0])),
            ),
        }
        told = self.chance.choices(list(steps), [weight for weight, _ in steps.values()])[0]
        steps[told][1]()
        return told

    def random_fault(self) -> str:
        """Let one thing go wrong, or mend one."""
        name = self.chance.choice(sorted(self.members))
        faults = {
            self._crash_or_start: 30,
            self._save_disk: 8,
            self._restore_disk: 4,
            self._flip_link: 25,
            self._change_network: 18,
            self._lie_otherwise: 15,
        }
        return self.chance.choices(list(faults), list(faults.values()))[0](name)

    def _crash_or_start(self, name: str) -> str:
        member = self[name]
        if not member.is_up:
            member.start()
            return f"{name} starts"
        if len(self.up()) == 1:
            return "nothing"
        self.before_crash(member)
        member.crash()
        return f"{name} crashes"

    def _save_disk(self, name: str) -> str:
        if not self[name].is_up:
            return "nothing"
        backup = f"backup-{len(self._disks)}.sqlite"
        self[name].save_disk(backup)
        self._disks.append((name, backup))
        return f"{name} saves its disk"

    def _restore_disk(self, _name: str) -> str:
        """Put an old disk back: of one member only, since two forgetful ones are not promised."""
        disks = [disk for disk in self._disks if disk[0] == self._disks[0][0]]
        if not disks or disks[0][0] == self.liar:
            return "nothing"
        name, backup = self.chance.choice(disks)
        if self[name].is_up:
            self.before_crash(self[name])
            self[name].crash()
        self[name].restore_disk(backup)
        self[name].start()
        self.restored.append(self[name])
        return f"{name} gets an old disk back"

    def _flip_link(self, name: str) -> str:
        link = frozenset({name, self.chance.choice(self.others(name))})
        self.network.cut ^= {link}
        return f"the link {' – '.join(sorted(link))} flips"

    def _change_network(self, _name: str) -> str:
        self.network.lost = self.chance.choice([0.0, 0.1, 0.4])
        self.network.answer_lost = self.chance.choice([0.0, 0.1, 0.3])
        self.network.repeated = self.chance.choice([0.0, 0.2])
        return "the network changes"

    def _lie_otherwise(self, _name: str) -> str:
        if not self.liar:
            return "nothing"
        lie = self.chance.choice(RANDOM_LIES)()
        self.network.lies = {self.liar: lie}
        return f"{self.liar} lies: {type(lie).__name__}"
