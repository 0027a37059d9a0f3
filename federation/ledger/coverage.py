"""Coverage: which documents of other logs the center's outcomes may name.

- The center's log carries quorum-cosigned checkpoints of other logs, as entries of kind CHECKPOINT
  with the registry version that they are judged by. An outcome may name what is below such a
  checkpoint that stands lower than itself in the center's log.
- An entry counts if its note is signed by a log key of its origin for its size, and cosigned by a
  quorum of that registry version or of one before it; if its version is not below that of the entry
  before it; and if it is larger than the last one of its origin. Others are void, alike everywhere.
- Logs, log keys, witnesses and their keys count as that registry version has them, whatever a later
  one added or ended: who judges late finds the same as who judged early.
- An entry that names a registry version which is not here yet is waited for, with all that follows.
- Outcomes in a successor of a center's log may name what the logs before it cover, and these logs
  themselves as far as they count: up to the size at which each was closed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.codec import parse_checkpoint_body
from federation.log.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from federation.log.cosignature import cosignatures
from federation.log.errors import Refused
from federation.log.note import parse_note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.records.refs import Ref
    from federation.trust.registry import Registry

_NO_SIZE: Final = -1


class Coverage:
    """What the checkpoints in one center's log cover, by leaf index."""

    def __init__(self) -> None:
        self.registry_version = 0
        self._leaf_indices: dict[str, list[int]] = {}
        self._tree_sizes: dict[str, list[int]] = {}

    def restore(self, rows: Iterable[tuple[int, str, int, int]]) -> None:
        """Take (leaf index, origin, tree size, registry version) that were judged, ascending."""
        for leaf_index, origin, tree_size, registry_version in rows:
            self._leaf_indices.setdefault(origin, []).append(leaf_index)
            self._tree_sizes.setdefault(origin, []).append(tree_size)
            self.registry_version = registry_version

    def add(self, leaf_index: int, body: bytes, registry: Registry) -> tuple[str, int]:
        """Take the body of a CHECKPOINT entry; return its origin and tree size.

        Leaf indices ascend. Raises Refused: UNKNOWN_REGISTRY_VERSION, to be tried again with a
        later registry; anything else: the entry is void.
        """
        raw_note, version = parse_checkpoint_body(body)
        if version < self.registry_version:
            raise Refused("WRONG_CHECKPOINT", "the registry version decreases")
        if version > registry.version:
            raise Refused(
                "UNKNOWN_REGISTRY_VERSION",
                f"registry version {version} is not here yet",
                version=str(version),
            )
        checkpoint = open_covering(raw_note, version, registry)
        origin, tree_size = checkpoint.origin, checkpoint.tree_size
        if tree_size <= self.size_of(origin):
            raise Refused("WRONG_CHECKPOINT", "a checkpoint before it covers as much")
        self.restore([(leaf_index, origin, tree_size, version)])
        return origin, tree_size

    def size_of(self, origin: str) -> int:
        """Return up to where all of an origin is covered so far; -1 if nothing is."""
        sizes = self._tree_sizes.get(origin)
        return sizes[-1] if sizes else _NO_SIZE

    def covers(self, origin: str, at: int, leaf_index: int) -> bool:
        """Say whether the entry `at` of an origin may be named from a leaf of the center's log."""
        sizes = self._tree_sizes.get(origin)
        if not sizes:
            return False
        first = bisect_right(sizes, at)
        return first < len(sizes) and self._leaf_indices[origin][first] < leaf_index


class ClosedLog(NamedTuple):
    """A log that has a successor, with the size up to which it counts."""

    origin: str
    tree_size: int
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Reach:
    """What outcomes in one log of a center may name, itself left out."""

    coverage: Coverage
    earlier: tuple[ClosedLog, ...] = ()
    """The logs that it succeeds."""

    def covers(self, ref: Ref, leaf_index: int) -> bool:
        """Say whether a place may be named from a leaf of the center's log."""
        for one in self.earlier:
            if one.origin == ref.origin:
                return ref.leaf_index < one.tree_size
        return self.coverage.covers(ref.origin, ref.leaf_index, leaf_index) or any(
            ref.leaf_index < one.coverage.size_of(ref.origin) for one in self.earlier
        )


def open_covering(raw_note: bytes, version: int, registry: Registry) -> Checkpoint:
    """Return a checkpoint that a quorum has cosigned by some registry version up to `version`.

    Every registry from `version` on gives the same answer. Refuses what `open_checkpoint` and
    `cosignatures` refuse, and NOT_CONFIRMED_YET.
    """
    claimed = parse_checkpoint(parse_note(raw_note).text)
    origin, tree_size = claimed.origin, claimed.tree_size
    member = registry.member_of_origin(origin)
    if max(member.joined_version, registry.log(origin).from_version) > version:
        raise Refused("UNKNOWN_ORIGIN", "the registry named no such origin then", origin=origin)
    checkpoint = open_checkpoint(raw_note, registry.log_keys_in(version, origin, tree_size))
    for quorum in registry.quorums(origin):
        if quorum.from_version > version:
            continue
        keys = {
            one.key: name
            for name in quorum.witness_keys
            for one in registry.member(name).witness_keys
            if one.was_valid_at(origin, tree_size, version)
        }
        lines = [line for _, line in cosignatures(raw_note, keys).values()]
        cosigned = {name for key, name in keys.items() if any(one.is_of(key) for one in lines)}
        if len(cosigned) >= quorum.required:
            return checkpoint
    raise Refused("NOT_CONFIRMED_YET", "no quorum has cosigned the checkpoint", origin=origin)
