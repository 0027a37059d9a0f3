"""Sums of postings as of a day and a place, without reading a whole journal.

- The entries of an agreement are cut into segments of SEGMENT_ENTRIES, in the order of the
  outcomes. Of each segment the postings of a day to an account are kept as one sum, and those of
  all days as another one, under the day "".
- What is known below a place is the sums of the segments before that of the place, and of that one
  the postings themselves.
- Sums are written in the transaction that writes the postings, and dropped with them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, literal_column, select, tuple_, update

from node.storage.ledger_tables import ledger_posting, ledger_segment, ledger_sum
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.storage.ledger_journal import EntryRow, Key, PostingRow
    from node.storage.transaction import Transaction

SEGMENT_ENTRIES: Final = 512
_ALL_DAYS: Final = ""

_PLACE: Final = ("generation", "leaf_index", "number")
_SEGMENT_PLACE: Final = tuple_(*(ledger_segment.c[one] for one in _PLACE))

_LAST: Final = Statement(
    limited(
        select(ledger_segment.c.segment, ledger_segment.c.entries)
        .where(ledger_segment.c.agreement == bindparam("of"))
        .order_by(ledger_segment.c.segment.desc())
    ),
    "of",
    "limit",
)
_SEGMENT_BELOW: Final = Statement(
    limited(
        select(ledger_segment.c.segment, *(ledger_segment.c[one] for one in _PLACE))
        .where(
            ledger_segment.c.agreement == bindparam("of"),
            tuple_(*map(bindparam, _PLACE)) > _SEGMENT_PLACE,
        )
        .order_by(ledger_segment.c.segment.desc())
    ),
    "of",
    *_PLACE,
    "limit",
)
_LENGTHEN: Final = Statement(
    update(ledger_segment)
    .where(
        ledger_segment.c.agreement == bindparam("of"), ledger_segment.c.segment == bindparam("at")
    )
    .values(entries=bindparam("many")),
    "many",
    "of",
    "at",
)
_ADD: Final = Statement(
    update(ledger_sum)
    .where(
        ledger_sum.c.agreement == bindparam("of"),
        ledger_sum.c.value_date == bindparam("day"),
        ledger_sum.c.segment == bindparam("at"),
        ledger_sum.c.account == bindparam("kind"),
        ledger_sum.c.party == bindparam("who"),
    )
    .values(amount_fen=ledger_sum.c.amount_fen + bindparam("more")),
    "more",
    "of",
    "day",
    "at",
    "kind",
    "who",
)


def add(
    tx: Transaction,
    agreement: int,
    entries: Sequence[EntryRow],
    postings: Sequence[PostingRow],
) -> None:
    """Add what entries post; they stand behind all that were added before, in their order."""
    if not entries:
        return
    last = tx.one(_LAST, (agreement, 1))
    at, count = (-1, SEGMENT_ENTRIES) if last is None else (int(last[0]), int(last[1]))
    continued = at
    segments: dict[Key, int] = {}
    firsts: dict[int, Key] = {}
    counts: dict[int, int] = {}
    for entry in entries:
        place = (entry.generation, entry.leaf_index, entry.number)
        if count >= SEGMENT_ENTRIES:
            at, count = at + 1, 0
            firsts[at] = place
        count += 1
        segments[place], counts[at] = at, count
    if continued in counts:
        tx.run(_LENGTHEN, (counts[continued], agreement, continued))
    tx.insert_rows(
        ledger_segment,
        [(agreement, one, *place, counts[one]) for one, place in firsts.items()],
    )
    sums: dict[tuple[str, int, str, str], int] = {}
    for one in postings:
        segment = segments[one.generation, one.leaf_index, one.number]
        for day in (one.value_date, _ALL_DAYS):
            key = (day, segment, one.account, one.party)
            sums[key] = sums.get(key, 0) + one.amount_fen
    tx.insert_rows(
        ledger_sum,
        [
            (agreement, *key, fen)
            for key, fen in sums.items()
            if key[1] != continued or not tx.run(_ADD, (fen, agreement, *key))
        ],
    )


def as_of(
    tx: Transaction, agreement: int, until_day: str, before: Key | None
) -> list[tuple[str, str, int]]:
    """Return (account kind, party, fen) of what counts up to a day and is known below a place.

    "" and None do not bound. Accounts without postings are left out.
    """
    days = (until_day,) if until_day else ()
    if before is None:
        return _read(tx, _sums(is_bound=False, has_day=bool(days)), (agreement, *days))
    found = tx.one(_SEGMENT_BELOW, (agreement, *before, 1))
    if found is None:
        return []
    segment, *first = found
    read = _read(tx, _sums(is_bound=True, has_day=bool(days)), (agreement, segment, *days))
    # Within one log, as nearly always, its generation is compared apart: where all columns of a
    # place are compared as one, PostgreSQL up to 17 reads on to the end of the generation.
    is_one_log = first[0] == before[0]
    ends = (*first, *before[1:]) if is_one_log else (*first, *before)
    rest = _rest(is_one_log=is_one_log, has_day=bool(days))
    read += _read(tx, rest, (agreement, *ends, *days))
    fen: dict[tuple[str, str], int] = {}
    for kind, party, amount in read:
        fen[kind, party] = fen.get((kind, party), 0) + amount
    return [(*account, amount) for account, amount in fen.items()]


def _read(
    tx: Transaction, statement: Statement, values: tuple[int | str, ...]
) -> list[tuple[str, str, int]]:
    return [(kind, party, int(fen)) for kind, party, fen in tx.all(statement, values)]


@cache
def _sums(*, is_bound: bool, has_day: bool) -> Statement:
    table = ledger_sum
    query = select(table.c.account, table.c.party, func.sum(table.c.amount_fen)).where(
        table.c.agreement == bindparam("of")
    )
    if is_bound:
        query = query.where(table.c.segment < bindparam("below"))
    day = table.c.value_date
    if has_day:
        query = query.where(day > literal_column("''"), day <= bindparam("until"))
    else:
        query = query.where(day == literal_column("''"))
    names = ["of", *["below"] * is_bound, *["until"] * has_day]
    return Statement(query.group_by(table.c.account, table.c.party), *names)


@cache
def _rest(*, is_one_log: bool, has_day: bool) -> Statement:
    """Return the statement that sums the postings from a place up to another one."""
    table = ledger_posting
    log, columns = (_PLACE[:1], _PLACE[1:]) if is_one_log else ((), _PLACE)
    place = tuple_(*(table.c[one] for one in columns))
    ends = [f"before_{one}" for one in columns]
    query = select(table.c.account, table.c.party, func.sum(table.c.amount_fen)).where(
        table.c.agreement == bindparam("of"),
        *(table.c[one] == bindparam(one) for one in log),
        tuple_(*map(bindparam, columns)) <= place,
        tuple_(*map(bindparam, ends)) > place,
    )
    if has_day:
        query = query.where(table.c.value_date <= bindparam("until"))
    names = ["of", *log, *columns, *ends, *["until"] * has_day]
    return Statement(query.group_by(table.c.account, table.c.party), *names)
