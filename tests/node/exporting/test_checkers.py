"""X1 to X3: what other programs find right is right, and a fen too much is found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from node.exporting.beancount import beancount
from node.exporting.book import LedgerBook
from node.exporting.journal import journal
from tests.laws import examples
from tests.node.exporting.books import book_of, books, story
from tests.node.exporting.checkers import (
    amounts_in,
    check_journal,
    hledger_balances,
    ledger_balances,
    load_beancount,
    off_by,
    ours,
    run,
)

SEED = 20261128
SAMPLE = examples(8)


def written(folder: Path, book: LedgerBook) -> tuple[Path, Path]:
    files = folder / "book.beancount", folder / "book.journal"
    files[0].write_text("".join(beancount(book)), encoding="utf-8")
    files[1].write_text("".join(journal(book)), encoding="utf-8")
    return files


@pytest.mark.parametrize("book", [story(), book_of(())], ids=["story", "nothing"])
def test_x1_bean_check_hledger_and_ledger_find_nothing_wrong(
    tmp_path: Path, book: LedgerBook
) -> None:
    beans, lines = written(tmp_path, book)
    checked = run("bean-check", str(beans))
    assert (checked.returncode, checked.stderr) == (0, "")
    for program, *words in (
        ("hledger", "check", "--strict"),
        ("ledger", "--strict", "--pedantic", "bal"),
    ):
        done = run(program, "-f", str(lines), *words)
        assert (done.returncode, done.stderr) == (0, "")


def test_x2_the_balances_that_each_prints_are_ours(tmp_path: Path) -> None:
    book = story()
    beans, lines = written(tmp_path, book)
    assert ours(book)
    [(errors, balances)] = load_beancount(beans)
    assert not errors
    for printed in (balances, hledger_balances(lines), ledger_balances(lines)):
        assert {name: fen for name, fen in printed.items() if fen} == ours(book)


@settings(
    max_examples=examples(5),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(book=books())
def test_x1_x2_any_names_texts_and_amounts_are_found_right(
    tmp_path: Path, book: LedgerBook
) -> None:
    beans, lines = written(tmp_path, book)
    [(errors, balances)] = load_beancount(beans)
    assert not errors
    assert check_journal(lines) == [0, 0]
    for printed in (balances, hledger_balances(lines), ledger_balances(lines)):
        assert {name: fen for name, fen in printed.items() if fen} == ours(book)


@pytest.mark.parametrize("fen", [1, -1])
def test_x3_a_fen_more_or_less_in_any_line_is_found_by_beancount(tmp_path: Path, fen: int) -> None:
    right = "".join(beancount(story()))
    wrong = []
    for number, span in enumerate(amounts_in(right)):
        wrong.append(tmp_path / f"{number}.beancount")
        wrong[-1].write_text(off_by(right, span, fen), encoding="utf-8")
    assert len(wrong) > 25
    assert all(errors for errors, _ in load_beancount(*wrong))


@pytest.mark.parametrize("fen", [1, -1])
def test_x3_a_fen_more_or_less_in_a_line_is_found_by_both_journal_programs(
    tmp_path: Path, fen: int
) -> None:
    right = "".join(journal(story()))
    path = tmp_path / "wrong.journal"
    chosen = random.Random(SEED + fen)  # noqa: S311 - a seeded sample, no secret
    spans = amounts_in(right)
    for span in chosen.sample(spans, min(SAMPLE, len(spans))):
        path.write_text(off_by(right, span, fen), encoding="utf-8")
        assert 0 not in check_journal(path), right[span[0] - 60 : span[1]]


def test_x3_a_fen_that_two_payees_exchange_is_found(tmp_path: Path) -> None:
    book = story()
    beans, lines = written(tmp_path, book)
    for path in (beans, lines):
        right = path.read_text(encoding="utf-8")
        spans = [
            span for span in amounts_in(right) if right[slice(*span)] in {"-300.00", "-200.00"}
        ]
        text = off_by(off_by(right, spans[0], 1), spans[1], -1)
        path.write_text(text, encoding="utf-8")
    assert run("bean-check", str(beans)).returncode != 0
    assert 0 not in check_journal(lines)
