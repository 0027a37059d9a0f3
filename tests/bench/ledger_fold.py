"""How fast a ledger is folded, in memory, from document bytes; beside it hledger, where it is.

    python -m tests.bench fold
    python -m tests.bench.ledger_fold [--events N] [--json]

An event is an income, two acceptances and a BOOKED outcome; four payees and the receiver make five
postings. Acceptances name 100 incomes each and an outcome entry holds 100, as nodes write them. As
in a node a document is read from its bytes when an outcome names it, what is posted is written down
and let go (only rulings and instalments are held), and the garbage collector looks as seldom.
hledger loads the same postings as a journal and prints the balances: it checks that each entry sums
to zero, not whose the fen are. All figures are processor time, which other programs disturb less.
Each run of `fold` is a process of its own, so that it carries nothing of what was measured before.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from federation.ledger import codec
from federation.ledger.books import Books
from federation.ledger.documents import Document, Outcomes, read_document
from federation.ledger.judging import Missing, judge, open_books
from federation.log.hashing import leaf_hash
from federation.records.refs import Ref, said_ref
from node.bootstrap import interpreter
from tests.bench.figures import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.ledger.journal import JournalEntry
    from tests.bench.scales import Scale

DOMAIN: Final = "bench.example"
MEMBERS: Final = frozenset({"anhui", "jiangsu", "center"})
SIGNERS: Final = ("anhui", "jiangsu")
SHARES: Final = (("AH", 400_000), ("JS", 300_000), ("NETC", 200_000), ("TM-7", 100_000))
TOGETHER: Final = 100


class Written(NamedTuple):
    """A document as it stands in a log."""

    ref: Ref
    content: bytes


class Folded(NamedTuple):
    """What a fold took, in seconds, and what came of it."""

    fold_s: float
    books: Books


class Memory:
    """What the judge looks at: all documents, read when they are asked for, all covered."""

    def __init__(self, written: list[Written]) -> None:
        self._contents = dict(written)

    def document(self, ref: Ref) -> Document | Missing:
        """Return a document by its name."""
        content = self._contents.get(ref)
        return Missing.NOT_YET if content is None else read_document(ref, MEMBERS, content)

    def covers(self, ref: Ref, leaf_index: int) -> bool:
        """Say yes: what is measured is the fold."""
        return bool(ref) and leaf_index >= 0


def write(events: int) -> list[Written]:
    """Return the documents of a ledger with so many incomes, in an order in which all is there."""
    written: list[Written] = []
    counts = dict.fromkeys(MEMBERS, 0)

    def put(member: str, **said: Any) -> codec.DocumentRef:
        content = codec.serialise(codec.LedgerDocument(**said))
        at = counts[member]
        counts[member] += 1
        ref = Ref(f"{DOMAIN}/{member}", at, leaf_hash(at.to_bytes(8) + content))
        written.append(Written(ref, content))
        return said_ref(ref)

    parties = [
        codec.AgreementParty(
            party=name, role="PARTY_ROLE_OTHER", member=member, display_name=name, share_ppm=share
        )
        for (name, share), member in zip(
            SHARES, ("anhui", "jiangsu", "center", "anhui"), strict=True
        )
    ]
    first = put("anhui", agreement=codec.Agreement(
        title="服务费分配协议", parties=parties, base="ALLOCATION_BASE_SERVICE_FEE",
        effective_from="2026-01-01",
        effective_to="2030-01-01", signers=SIGNERS, center="center", currency="CNY",
        rules_version=1,
    ))  # fmt: skip
    accepted = [
        put(one, acceptance=codec.Acceptance(agreement=first, proposals=[first])) for one in SIGNERS
    ]
    active = codec.Outcome(kind="OUTCOME_KIND_ACTIVATED", proposal=first, acceptances=accepted)
    put("center", outcomes=codec.Outcomes(agreement=first, outcomes=[active]))
    for start in range(0, events, TOGETHER):
        some = range(start, min(start + TOGETHER, events))
        incomes = [put("anhui", income=_income(first, number)) for number in some]
        accepted = [
            put(one, acceptance=codec.Acceptance(agreement=first, proposals=incomes))
            for one in SIGNERS
        ]
        outcomes = [
            _booked(one, accepted, number) for one, number in zip(incomes, some, strict=True)
        ]
        put("center", outcomes=codec.Outcomes(agreement=first, outcomes=outcomes))
    return written


def _gross_fen(number: int) -> int:
    return 10 * (1_000 + number * 7_919 % 100_000)


def _income(first: codec.DocumentRef, number: int) -> codec.Income:
    return codec.Income(
        agreement=first, version=first, contract=first, instalment=str(number),
        kind="INCOME_KIND_SERVICE_FEE",
        income_date=f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
        gross_fen=_gross_fen(number), received_by="AH",
    )  # fmt: skip


def _booked(
    income: codec.DocumentRef, accepted: list[codec.DocumentRef], number: int
) -> codec.Outcome:
    gross = _gross_fen(number)
    vector = [
        codec.VectorLine(party=name, amount_fen=gross * share // 1_000_000)
        for name, share in SHARES
    ]
    return codec.Outcome(
        kind="OUTCOME_KIND_BOOKED", proposal=income, acceptances=accepted, vector=vector
    )


def fold(written: list[Written], journal: IO[str]) -> Folded:
    """Read, judge and take all, and write what is posted to a journal, off the clock."""
    held, clock = Memory(written), time.process_time
    first = held.document(written[0].ref)
    books = open_books(first) if isinstance(first, Document) else None
    if books is None:
        raise ValueError("there is no agreement")
    fold_s = 0.0
    for ref, content in written:
        if not ref.origin.endswith("/center"):
            continue
        begun = clock()
        entries = list(_entries(books, read_document(ref, MEMBERS, content), held))
        fold_s += clock() - begun
        journal.writelines(_lines(entries))
    begun = clock()
    for month in books.open_months.values():
        month.entries.root()  # entries are hashed when somebody asks
    fold_s += clock() - begun
    return Folded(fold_s, books)


def _entries(books: Books, document: Document, held: Memory) -> Iterator[JournalEntry]:
    """Yield what the outcomes of a document post."""
    if not isinstance(document.facts, Outcomes):
        raise TypeError("the center writes outcomes here")
    for number in range(len(document.facts.outcomes)):
        effect = judge(books, document, number, held)
        if effect.void or effect.disputed:
            raise ValueError(effect.void or effect.disputed)
        books.take(effect)
        if effect.entry is not None:
            yield effect.entry


def _lines(entries: list[JournalEntry]) -> Iterator[str]:
    """Yield the same postings as hledger reads them."""
    for entry in entries:
        yield f"{entry.value_date} * {entry.place.leaf_index}/{entry.place.number}\n"
        for account, fen in entry.postings:
            sign = "-" if fen < 0 else ""
            yield f"    {account}  {sign}{abs(fen) // 100}.{abs(fen) % 100:02} CNY\n"
        yield "\n"


def hledger_s(file: Path) -> float | None:
    """Return what hledger takes to load and sum a journal; None where it is not."""
    program = shutil.which("hledger")
    if program is None:
        return None
    begun = _of_children_s()
    subprocess.run([program, "-f", str(file), "bal"], check=True, capture_output=True)
    return _of_children_s() - begun


def _of_children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(scale: Scale) -> Iterator[Result]:
    """Measure it as a figure; beside hledger only where it is."""
    command = (sys.executable, "-m", __name__, "--json", "--events", str(scale.events))
    runs = [
        json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for _ in range(scale.runs)
    ]
    ours = [one["fold_s"] for one in runs]
    beside = [one["hledger_s"] for one in runs if one["hledger_s"] is not None]
    what = f"fold of {scale.events:,} five-leg events"
    yield Result(name="fold.s", figure=what, unit="s", ours=ours, asked=10, at_least=False)
    if beside:
        yield Result(
            name="fold.ratio",
            figure="the same, beside hledger that loads the journal of it",
            unit="s",
            ours=ours,
            base=beside,
            base_name="hledger",
            asked=1,
            at_least=False,
        )


def main(arguments: list[str] | None = None) -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    written = write(asked.events)
    interpreter.settle()  # what is there before is no part of the fold
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "books.journal"
        with file.open("w", encoding="utf-8") as journal:
            journal.write("commodity 1000.00 CNY\n\n")
            folded = fold(written, journal)
        beside = hledger_s(file)
    if asked.json:
        _say(json.dumps({"fold_s": folded.fold_s, "hledger_s": beside}))
        return
    _say(f"{asked.events} events: {folded.fold_s:.2f} s")
    _say("no hledger here" if beside is None else f"hledger bal: {beside:.2f} s")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
