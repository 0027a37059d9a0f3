"""What must hold in the world, after every step and once everything is mended.

After every step: every copy is a prefix of its origin's log, no checkpoint is signed or known that
the log does not have, no confirmed size falls while a member runs, and no witness cosigned anything
but that log. Once mended: everybody has confirmed everything, nothing that was confirmed is lost,
and the state digests are equal.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from federation.log.entry import Audience
from federation.log.hashing import EMPTY_ROOT
from federation.log.merkle import CompactRange, leaf_hashes
from node.storage import logs, mirrors

if TYPE_CHECKING:
    from federation.log.checkpoint import Checkpoint
    from tests.simulation.member import SimulatedMember
    from tests.simulation.world import World


class Checks:
    """Re-verifies a world without forks from stored bytes and signed notes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._roots: dict[str, dict[int, bytes]] = {
            member.origin: {0: EMPTY_ROOT} for member in world.members.values()
        }
        world.before_crash = self._learn
        self._confirmed: dict[tuple[str, int, str], int] = {}
        self._ever_confirmed: dict[str, int] = {}

    def after_step(self) -> None:
        """Re-verify everything that is up."""
        while self.world.restored:
            self._forget_unsigned(self.world.restored.pop())
        for owner in self.world.up():
            self._learn(owner)
        for member in self.world.up():
            for origin in self._roots:
                self._check_copy(member, origin)
                self._check_heads(member, origin)
            self._check_witness(member)

    def is_settled(self) -> bool:
        """Tell whether everybody has confirmed everything of everybody who may sign.

        What an origin signed before it was restored behind can be lost for itself, and confirmed
        no further; then all others have equally much of it.
        """
        for owner in self.world.members.values():
            sizes = [
                (heads.verified_size, heads.confirmed_size)
                for member in self.world.up()
                if member is not owner or owner.is_open
                for heads in [member.side.board.origin(owner.origin)]
            ]
            if owner.is_open and set(sizes) != {(owner.own_size(), owner.own_size())}:
                return False
            if len({verified for verified, _ in sizes}) > 1:
                return False
        return all(self.digests(audience) for audience in (Audience.PUBLIC, Audience.MEMBERS))

    def mended(self) -> None:
        """Check what holds once all is settled: promises 2 and 4."""
        self.after_step()
        for origin, size in self._ever_confirmed.items():
            for member in self.world.up():
                if member.origin != origin or member.is_open:
                    held = member.side.board.origin(origin).confirmed_size
                    assert held >= size, self.says(
                        f"{member.name} lost what {origin} had confirmed"
                    )
        for audience in (Audience.PUBLIC, Audience.MEMBERS):
            assert len(set(self.digests(audience))) == 1, self.says(f"{audience} digests differ")

    def digests(self, audience: Audience) -> list[bytes]:
        """Return each member's digest at the sizes that all have confirmed; [] if one has none."""
        sizes = {
            origin: min(
                member.side.board.origin(origin).confirmed_size for member in self.world.up()
            )
            for origin in self._roots
        }
        found = [member.digest(audience, sizes) for member in self.world.up()]
        return [digest for digest in found if digest is not None] if all(found) else []

    def says(self, what: str) -> str:
        """Return a failure's text: the seed, what is wrong, the last steps and the state."""
        steps = "\n  ".join(self.world.told[-30:])
        return f"seed {self.world.seed}: {what}\n  {steps}\n{self.dump()}"

    def dump(self) -> str:
        """Return what every member knows of every log, as JSON."""
        rows: dict[str, object] = {}
        for member in self.world.members.values():
            if not member.is_up:
                rows[member.name] = "down"
                continue
            rows[member.name] = {
                "gate": member.side.gate.verdict().value,
                "stopped": str(member.side.signer.stopped or ""),
                "resting": [" ".join(place) for place in member.side.book.resting()],
                **{
                    origin: (
                        f"verified {heads.verified_size}, confirmed {heads.confirmed_size}, "
                        f"newest {heads.largest_size()}, frozen {heads.frozen_size}, "
                        f"error {member.side.last_error(origin)!r}"
                    )
                    for origin in sorted(self._roots)
                    for heads in [member.side.board.origin(origin)]
                },
            }
        return json.dumps(rows, indent=1)

    def _forget_unsigned(self, owner: SimulatedMember) -> None:
        """Forget what an owner may have lost with its disk: what it never signed."""
        roots = self._roots[owner.origin]
        signed = owner.side.keys.log_state.last_intent().size
        for size in [size for size in roots if size > signed]:
            del roots[size]

    def _learn(self, owner: SimulatedMember) -> None:
        roots = self._roots[owner.origin]
        compact_range = CompactRange()
        for index, leaf in enumerate(leaf_hashes(_entries(owner, owner.origin)), 1):
            compact_range.extend([leaf])
            known = roots.setdefault(index, compact_range.root())
            assert known == compact_range.root(), self.says(
                f"{owner.name} rewrote its log at {index}"
            )

    def _check_copy(self, member: SimulatedMember, origin: str) -> None:
        row = member.stored(origin)
        entries = _entries(member, origin)
        compact_range = CompactRange()
        compact_range.extend(leaf_hashes(entries))
        assert len(entries) == row.verified_size
        assert compact_range.root() == row.verified_root
        assert self._roots[origin].get(row.verified_size) == row.verified_root, self.says(
            f"{member.name} holds what {origin} never had"
        )

    def _check_heads(self, member: SimulatedMember, origin: str) -> None:
        heads = member.side.board.origin(origin)
        for known in heads.confirmations.known():
            self._check_signed(known.checkpoint)
        assert not heads.evidence, self.says(f"{member.name} has evidence against honest {origin}")
        assert heads.confirmed_size <= heads.verified_size
        run = (member.name, member.starts, origin)
        assert heads.confirmed_size >= self._confirmed.get(run, 0), self.says(
            "confirmed has fallen"
        )
        self._confirmed[run] = heads.confirmed_size
        ever = self._ever_confirmed
        ever[origin] = max(ever.get(origin, 0), heads.confirmed_size)

    def _check_signed(self, checkpoint: Checkpoint) -> None:
        assert self._roots[checkpoint.origin].get(checkpoint.tree_size) == checkpoint.root, (
            self.says(f"{checkpoint.origin} signed {checkpoint.tree_size}, which it never had")
        )

    def _check_witness(self, member: SimulatedMember) -> None:
        for origin, roots in self._roots.items():
            last = member.side.keys.witness_state.last_cosigned(origin)
            assert roots.get(last.size) == last.root, self.says(
                f"{member.name} cosigned what {origin} never had"
            )


def _entries(member: SimulatedMember, origin: str) -> list[bytes]:
    with member.side.database.read() as tx:
        row = mirrors.get(tx, origin)
        return logs.entries(tx, row.origin_id, 0, row.verified_size)
