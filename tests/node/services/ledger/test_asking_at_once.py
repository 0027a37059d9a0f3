"""Questions about books at once: no member keeps the threads of synchronization waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from federation.ledger.reconcile import question_at
from federation.log.errors import Refused, YdxError
from node.services.ledger import books_answering
from node.services.ledger.books_answering import ASKED_AT_ONCE_MAX
from node.services.ledger.journals import StoredJournal
from tests.node.services.ledger.made_books import many
from tests.node.services.ledger.test_reconciling import ON_ONE_ENGINE, Pair, pair

__all__ = ["pair"]

LONG_S: Final = 60.0


@ON_ONE_ENGINE
def test_who_asks_many_questions_at_once_is_told_to_come_again_without_waiting(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else any member of an agreement held all threads, and nobody was told of heads meanwhile."""
    monkeypatch.setattr(books_answering, "_WAIT_S", LONG_S)
    paper, first = many(1)
    here, there = pair(paper, paper)
    with here.database.read() as tx:
        question = question_at(StoredJournal(tx, here.row(first)), 1)
    answering = there.answering
    with ThreadPoolExecutor(ASKED_AT_ONCE_MAX + 1) as pool:
        with answering._turn:
            waiting = [
                pool.submit(answering.answer, "anhui", question) for _ in range(ASKED_AT_ONCE_MAX)
            ]
            while answering.waiting("anhui") < ASKED_AT_ONCE_MAX:
                assert not any(one.done() for one in waiting)
            with pytest.raises(YdxError, match="OVERLOADED"):
                answering.answer("anhui", question)
            other = pool.submit(answering.answer, "center", question)
        assert all(one.result(LONG_S).answer for one in (*waiting, other))
    assert answering.answer("anhui", question).answer


@ON_ONE_ENGINE
def test_whom_the_agreement_does_not_name_waits_for_no_turn(pair: Pair) -> None:
    paper, first = many(1)
    here, there = pair(paper, paper)
    with here.database.read() as tx:
        question = question_at(StoredJournal(tx, here.row(first)), 1)
    with there.answering._turn, pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        there.answering.answer("zhejiang", question)
