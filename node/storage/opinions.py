"""What callers of this node say of matches and of likely duplicates. Local: never in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, insert, select

from node.storage.caller_tables import dismissed_duplicate, match_feedback

if TYPE_CHECKING:
    from collections.abc import Collection

    from node.storage.transaction import Transaction


class Feedback(NamedTuple):
    """How many callers found a match useful, how many did not, and what one of them said."""

    useful: int = 0
    not_useful: int = 0
    own: bool | None = None


NO_FEEDBACK: Final = Feedback()


def feedback(
    tx: Transaction, name: str, candidates: Collection[str], caller: str
) -> dict[str, Feedback]:
    """Return what was said of the matches of a listing, by candidate, where anything was."""
    table = match_feedback
    query = select(table.c.candidate, table.c.caller, table.c.is_useful).where(
        table.c.name == name, table.c.candidate.in_(candidates)
    )
    found: dict[str, Feedback] = {}
    for candidate, who, is_useful in tx.execute(query):
        useful, not_useful, own = found.get(candidate, NO_FEEDBACK)
        found[candidate] = Feedback(
            useful + is_useful, not_useful + (not is_useful), is_useful if who == caller else own
        )
    return found


def set_feedback(
    tx: Transaction, name: str, candidate: str, caller: str, *, is_useful: bool | None
) -> None:
    """Keep what a caller says of a match; None takes it back."""
    table = match_feedback
    said = (table.c.name == name, table.c.candidate == candidate, table.c.caller == caller)
    tx.execute(delete(table).where(*said))
    if is_useful is not None:
        row = {"name": name, "candidate": candidate, "caller": caller, "is_useful": is_useful}
        tx.execute(insert(table).values(row))


def dismissed(tx: Transaction, caller: str, name: str) -> set[str]:
    """Return the listings that a caller does not take for the same as one."""
    table = dismissed_duplicate
    mine = table.c.caller == caller
    one = select(table.c.other).where(mine, table.c.name == name)
    other = select(table.c.name).where(mine, table.c.other == name)
    return {row[0] for query in (one, other) for row in tx.execute(query)}


def set_dismissed(
    tx: Transaction, caller: str, one: str, other: str, *, is_dismissed: bool
) -> None:
    """Keep, or take back, that a caller does not take two listings for one thing."""
    table = dismissed_duplicate
    first, second = sorted((one, other))
    said = (table.c.caller == caller, table.c.name == first, table.c.other == second)
    tx.execute(delete(table).where(*said))
    if is_dismissed:
        tx.execute(insert(table).values({"caller": caller, "name": first, "other": second}))
