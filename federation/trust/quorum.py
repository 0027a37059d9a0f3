"""How many witnesses make a checkpoint final (DESIGN section 5)."""

from __future__ import annotations


def quorum_size(witness_count: int) -> int:
    """Return k = ⌊2n/3⌋ + 1 for n other witnesses; 0 where there are none.

    With one dishonest witness two quorums cannot conflict: they share at least 2k - n members.
    """
    return 2 * witness_count // 3 + 1 if witness_count else 0
