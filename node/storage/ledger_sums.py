"""Sums of postings as of a day and a place, without reading a whole journal.

- The entries of an agreement are cut into segments of SEGMENT_ENTRIES, in the order of the
  outcomes. Of each segment the postings of a day to an account are kept as one sum, and those of a
  month as another. Months are summed over all segments too. Of all days a segment keeps a running
  total: what it and all segments before it post to an account.
- What is known below a place is the sums of the segments before that of the place, and of that one
  the postings themselves.
- Sums are written in the transaction that writes the postings, and dropped with them.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import String, bindparam, func, literal_column, select, tuple_, update

from node.storage.ledger_places import is_in_span, names_of_span, spans
from node.storage.ledger_tables import ledger_posting, ledger_segment, ledger_sum
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from node.storage.ledger_journal import EntryRow, Key, PostingRow
    from node.storage.transaction import Transaction

_Summed: TypeAlias = tuple[str, int, str, str]
"""Days, segment, account kind, party."""

SEGMENT_ENTRIES: Final = 512
_RUNNING: Final = ""
_MONTHS: Final = "M"
_WHOLE_MONTHS: Final = "W"
"""Over all segments: kept with segment 0."""
_AFTER_ITS_DAYS: Final = "-99"
"""Ends the key of a month, so that one range has the months that are over by a day."""

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
_SUMMED: Final = select(
    ledger_sum.c.account, ledger_sum.c.party, func.sum(ledger_sum.c.amount_fen)
).where(
    ledger_sum.c.agreement == bindparam("of"),
    ledger_sum.c.value_date.between(bindparam("from"), bindparam("until")),
)
_BY_ACCOUNT: Final = (ledger_sum.c.account, ledger_sum.c.party)
_RUNNING_AT: Final = Statement(
    select(*_BY_ACCOUNT, ledger_sum.c.amount_fen).where(
        ledger_sum.c.agreement == bindparam("of"),
        ledger_sum.c.value_date == literal_column(f"'{_RUNNING}'", String),
        ledger_sum.c.segment == bindparam("at"),
    ),
    *("of", "at"),
)
_SUMS: Final = Statement(_SUMMED.group_by(*_BY_ACCOUNT), "of", "from", "until")
_SUMS_BELOW: Final = Statement(
    _SUMMED.where(ledger_sum.c.segment < bindparam("below")).group_by(*_BY_ACCOUNT),
    *("of", "from", "until", "below"),
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
    sums: dict[_Summed, int] = {}
    for one in postings:
        segment = segments[one.generation, one.leaf_index, one.number]
        for days, where in _keys(one.value_date, segment):
            key = (days, where, one.account, one.party)
            sums[key] = sums.get(key, 0) + one.amount_fen
    if firsts:
        _carry(sums, firsts, _read(tx, _RUNNING_AT, (agreement, continued)))
    tx.insert_rows(
        ledger_sum,
        [
            (agreement, *key, fen)
            for key, fen in sums.items()
            if key[1] in firsts or not tx.run(_ADD, (fen, agreement, *key))
        ],
    )


def as_of(
    tx: Transaction, agreement: int, until_day: str, before: Key | None
) -> list[tuple[str, str, int]]:
    """Return (account kind, party, fen) of what counts up to a day and is known below a place.

    "" and None do not bound. Accounts without postings are left out.
    """
    if before is None:
        if not until_day:
            last = tx.one(_LAST, (agreement, 1))
            return [] if last is None else _read(tx, _RUNNING_AT, (agreement, int(last[0])))
        ranges = (_days(until_day), (_WHOLE_MONTHS, _WHOLE_MONTHS + until_day))
        return _total(one for ends in ranges for one in _read(tx, _SUMS, (agreement, *ends)))
    found = tx.one(_SEGMENT_BELOW, (agreement, *before, 1))
    if found is None:
        return []
    segment, *first = found
    if until_day:
        ranges = (_days(until_day), (_MONTHS, _MONTHS + until_day))
        read = [
            one for ends in ranges for one in _read(tx, _SUMS_BELOW, (agreement, *ends, segment))
        ]
    else:
        read = _read(tx, _RUNNING_AT, (agreement, segment - 1))
    days = (until_day,) if until_day else ()
    rest = [
        one
        for is_earlier, values in spans((first[0], first[1], first[2]), before)
        for one in _read(
            tx,
            _rest(is_earlier=is_earlier, has_day=bool(days)),
            (agreement, *values, *days),
        )
    ]
    return _total(chain(read, rest))


def _keys(value_date: str, segment: int) -> tuple[tuple[str, int], ...]:
    """Return under which days and segments the postings of a day are summed."""
    month = f"{value_date[:7]}{_AFTER_ITS_DAYS}"
    return (
        (value_date, segment),
        (_MONTHS + month, segment),
        (_WHOLE_MONTHS + month, 0),
        (_RUNNING, segment),
    )


def _carry(
    sums: dict[_Summed, int], begun: Collection[int], running: Iterable[tuple[str, str, int]]
) -> None:
    """Let the totals of the segments that are begun run on from that of the segment before them.

    `running` is that one's total, without what `sums` add to it.
    """
    totals = {(kind, party): fen for kind, party, fen in running}
    posted: dict[int, list[tuple[tuple[str, str], int]]] = {}
    for (days, segment, kind, party), fen in sums.items():
        if days == _RUNNING:
            posted.setdefault(segment, []).append(((kind, party), fen))
    for segment in range(min(begun) - 1, max(begun) + 1):
        for account, fen in posted.get(segment, ()):
            totals[account] = totals.get(account, 0) + fen
        if segment in begun:
            sums |= {(_RUNNING, segment, *account): fen for account, fen in totals.items()}


def _days(until_day: str) -> tuple[str, str]:
    """Return the first and the last key of the days of a month up to one of them."""
    return (f"{until_day[:7]}-01", until_day)


def _total(read: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    fen: dict[tuple[str, str], int] = {}
    for kind, party, amount in read:
        fen[kind, party] = fen.get((kind, party), 0) + amount
    return [(*account, amount) for account, amount in fen.items()]


def _read(
    tx: Transaction, statement: Statement, values: tuple[int | str, ...]
) -> list[tuple[str, str, int]]:
    return [(kind, party, int(fen)) for kind, party, fen in tx.all(statement, values)]


@cache
def _rest(*, is_earlier: bool, has_day: bool) -> Statement:
    """Return the statement that sums the postings of a span."""
    table = ledger_posting
    query = select(table.c.account, table.c.party, func.sum(table.c.amount_fen)).where(
        table.c.agreement == bindparam("of"), *is_in_span(table, is_earlier=is_earlier)
    )
    if has_day:
        query = query.where(table.c.value_date <= bindparam("until"))
    names = ["of", *names_of_span(is_earlier=is_earlier), *["until"] * has_day]
    return Statement(query.group_by(table.c.account, table.c.party), *names)
