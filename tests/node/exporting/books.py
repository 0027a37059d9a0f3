"""Books to export: one that was folded from a story, and any that Hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from hypothesis import strategies as st

from federation.ledger.agreement import PartyFacts
from federation.ledger.books import Books, Effect
from federation.ledger.closing import close
from federation.ledger.journal import Account, AccountKind, EntryKind, JournalEntry, Place, Posting
from federation.ledger.statement import Statement, state_digest
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.hashing import leaf_hash
from federation.records.refs import Ref
from node.exporting.book import LedgerBook, NarratedEntry, OpenItem

AGREEMENT: Final = Ref("ydx.example/anhui", 7, leaf_hash(b"agreement"))
PARTIES: Final = (
    PartyFacts("AH", 1, "anhui", "安徽 <科技> 平台"),
    PartyFacts("JS-2", 2, "jiangsu", "江苏平台"),
    PartyFacts("netc", 3, "center", "国家技术转移东部中心"),
    PartyFacts("-tm7", 4, "anhui", '=技术经理人 "7"'),
)
EVIDENCE: Final = bytes(range(32)).hex()
HOSTILE: Final = (
    "",
    "甲方; 收入 date:2020-13-45",
    "[2020-13-45] [=2020/99/99] key:: 1/0",
    '"quoted" \\ back\\',
    "two\nlines\r\n\ttab\u2028sep\u202eleft",
    "= 5 CNY @@ {3} (a) * ! | , #tag ^link",
    "<script>alert(1)</script> & 'x'",
    "\ufeff=HYPERLINK(1)",
)


@dataclass(frozen=True)
class Booked:
    """One entry of a book to be: what is posted when."""

    day: str
    kind: EntryKind
    postings: tuple[tuple[AccountKind, str, int], ...]
    contract: str = "0000-26-001"
    instalment: str = "1"
    income_kind: str = "SERVICE_FEE"
    reason: str = ""
    payment: tuple[str, str] | None = None
    evidence: str = ""


def book_of(
    entries: Sequence[Booked],
    closed: Sequence[str] = (),
    parties: tuple[PartyFacts, ...] = PARTIES,
    title: str = "跨区域技术转移服务费分配协议",
) -> LedgerBook:
    """Return a book; each period is closed before the first entry of a later month."""
    books = Books(AGREEMENT, "center", frozenset({"anhui", "jiangsu"}), {}, {})
    narrated: list[NarratedEntry] = []
    statements: list[Statement] = []
    waiting = list(closed)
    for index, one in enumerate(entries):
        while waiting and waiting[0] < one.day[:7]:
            statements.append(_close(books, waiting.pop(0)))
        narrated.append(_narrated(books, index, one))
        books.take(Effect(narrated[-1].entry.place, 1, entry=narrated[-1].entry))
    statements += [_close(books, period) for period in waiting]
    return LedgerBook(
        agreement=AGREEMENT,
        title=title,
        center="center",
        center_size=1000,
        state_digest=state_digest(AGREEMENT, 1000, [one.entry for one in narrated]),
        parties=parties,
        entries=narrated,
        balances=dict(books.balances),
        statements=tuple(statements),
        open_items=(
            OpenItem(AGREEMENT, "INCOME", "2026-12-02", 5_000_00, "0000-26-009", "2", HOSTILE[6]),
        ),
    )


def story() -> LedgerBook:
    """Return a book of two incomes, a refund, a payment, a late entry and two statements."""
    clearing, payable, receivable = AccountKind
    entries = (
        Booked(
            "2026-10-03",
            EntryKind.INCOME,
            (
                (clearing, "AH", 100_001),
                (payable, "AH", -50_001),
                (payable, "JS-2", -30_000),
                (payable, "netc", -20_000),
            ),
        ),
        Booked(
            "2026-10-20",
            EntryKind.PAYMENT,
            ((payable, "JS-2", 30_000), (clearing, "AH", -30_000)),
            contract="",
            instalment="",
            income_kind="",
            payment=("AH", "JS-2"),
            evidence=EVIDENCE,
        ),
        Booked(
            "2026-11-09",
            EntryKind.REVERSAL,
            (
                (payable, "AH", 5_001),
                (receivable, "JS-2", 3_000),
                (payable, "netc", 2_000),
                (clearing, "AH", -10_001),
            ),
            reason=HOSTILE[6],
        ),
        Booked(
            "2026-11-30",
            EntryKind.INCOME,
            (
                (clearing, "JS-2", 7_777_777_777),
                (payable, "netc", -7_777_777_770),
                (payable, "-tm7", -7),
            ),
            instalment="提成/2",
            income_kind="ROYALTY",
        ),
        Booked(
            "2026-12-01",
            EntryKind.INCOME,
            ((clearing, "netc", 5), (payable, "AH", -5)),
            reason=HOSTILE[1],
        ),
        Booked("2026-12-01", EntryKind.INCOME, (), reason="nothing is shared"),
    )
    return book_of(entries, closed=("2026-10", "2026-11"))


_DAY_FIRST: Final = date(2026, 1, 1)
_DAY_LAST: Final = date(2026, 12, 31)
NAMES: Final = st.from_regex(r"[A-Za-z0-9-]{1,40}", fullmatch=True)
SMALL: Final = st.integers(1, 10_000)
LARGE: Final = st.integers(AMOUNT_MAX_FEN - 1000, AMOUNT_MAX_FEN)
TEXTS: Final = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=30
)


@st.composite
def books(draw: st.DrawFn) -> LedgerBook:
    """Draw a book of a few entries with any names, texts and amounts."""
    names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    kinds = st.sampled_from(tuple(AccountKind))
    entries = []
    # One at most: a digest has 64 bits for what all entries of an account come to.
    large = draw(st.integers(0, 5))
    for index, day in enumerate(
        sorted(draw(st.lists(st.dates(_DAY_FIRST, _DAY_LAST), max_size=6)))
    ):
        fen = draw(LARGE if index == large else SMALL)
        part = draw(st.integers(0, fen))
        one, other, third = (draw(st.sampled_from(names)) for _ in range(3))
        sign = draw(st.sampled_from((1, -1)))
        postings = (
            (draw(kinds), one, sign * fen),
            (draw(kinds), other, -sign * part),
            (draw(kinds), third, -sign * (fen - part)),
        )
        words = [draw(TEXTS) for _ in range(3)]
        kind = draw(st.sampled_from(tuple(EntryKind)))
        income_kind = draw(st.sampled_from(("", "ROYALTY", "not known")))
        booked = Booked(day.isoformat(), kind, postings, words[0], words[1], income_kind, words[2])
        if draw(st.booleans()):
            booked = replace(booked, payment=(one, other), evidence=EVIDENCE)
        entries.append(booked)
    parties = tuple(PartyFacts(one, draw(st.integers(1, 7)), "anhui", draw(TEXTS)) for one in names)
    closed = sorted(draw(st.sets(st.sampled_from(("2026-01", "2026-02", "2026-12")))))
    return replace(book_of(entries, closed, parties, draw(TEXTS)), open_items=())


def without_zeros(entry: JournalEntry) -> list[Posting]:
    return [one for one in entry.postings if one.amount_fen]


def _narrated(books: Books, index: int, one: Booked) -> NarratedEntry:
    proposal = Ref("ydx.example/anhui", 10 + index, leaf_hash(f"{index}".encode()))
    entry = JournalEntry(
        Place(0, 100 + index, 0),
        one.kind,
        proposal,
        {EntryKind.INCOME: proposal, EntryKind.REVERSAL: AGREEMENT}.get(one.kind),
        one.day,
        books.value_date(one.day),
        tuple(Posting(Account(kind, party), fen) for kind, party, fen in one.postings),
    )
    words = (one.contract, one.instalment, one.income_kind, one.reason)
    return NarratedEntry(entry, *words, one.payment, one.evidence)


def _close(books: Books, period: str) -> Statement:
    statement = close(books, period)
    books.take(Effect(Place(0, 99, 0), 2, statement=statement))
    return statement
