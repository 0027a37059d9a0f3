"""One round of killing: a member dies at a failpoint under load, starts again, and is looked over.

Rounds run on a few federations at a time, since most of a round is waiting. A federation serves
round after round: what one round did to it, all later ones have to bear.
"""

from __future__ import annotations

import queue
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.demo.observing import Observer, all_confirmed
from tests.processes.member_processes import Federation, MemberProcess, running_federation
from tests.processes.signed import Collected, check_stored
from tests.processes.writing import Book, Sent, check_book, load, new_listing
from tests.waiting import until
from ydx.exchange.v1.query_pb2 import Completeness

MEMBERS: Final = ("shanghai", "anhui", "center")
WRITES_BETWEEN: Final = 5
"""So many each member acknowledges before a fault comes again."""


@dataclass(frozen=True, slots=True)
class Round:
    """Which failpoint kills whom, at the n-th passing."""

    failpoint: str
    passing: int
    victim: str


@dataclass(frozen=True, slots=True)
class Survived:
    """What a round found; all promises were checked."""

    acknowledged: int
    unknown: int
    verified_logs: int
    """How many logs the victim holds, each verified from its first byte."""
    serving_s: float
    """From the start after the kill to the first answer."""


class Arena:
    """A running federation with the memory of all its rounds."""

    def __init__(self, federation: Federation, folder: Path) -> None:
        self.federation = federation
        self._folder = folder
        self._seen = Collected()
        self._books: dict[str, Book] = defaultdict(Book)
        self._observer = Observer(federation.demo_members())

    def run(self, what: Round) -> Survived:
        """Run a round and check every promise."""
        victim = self.federation[what.victim]
        other = self.federation.others(what.victim)[0]
        victim.terminate()
        book = self._books[victim.name] = Book()
        with self._seen.watching(self.federation):
            victim.start_armed(what.failpoint, what.passing)
            until(lambda: not victim.is_running() or victim.write_state(), f"{victim.name} starts")
            with load([victim, other], self._books):
                if what.failpoint.startswith("index_"):
                    _kill_with_index_process(victim, what)
                until(lambda: not victim.is_running(), f"{what} kills")
            assert victim.ended() == -signal.SIGKILL, victim.log_tail()
            counted = (len(book.acknowledged), len(book.unknown))
            victim.start()
            serving_s = victim.wait_serving()
            self._check_answers(victim, book)
            self._observer.wait(all_confirmed, 60.0, f"not equal after {what}")
        _check_index(victim)
        return Survived(*counted, self._check_logs(victim), serving_s)

    def bear(self, fault: Callable[[], None], times: int) -> int:
        """Have a fault again and again under load, which no member may end by, and check all.

        Return how many logs were verified on each member.
        """
        pids = [member.pid for member in self.federation]
        books = {member.name: Book() for member in self.federation}
        with self._seen.watching(self.federation), load(list(self.federation), books):
            for _ in range(times):
                _until_written(books)
                fault()
            _until_written(books)
        unknown = [sent for book in books.values() for sent in book.unknown + book.refused]
        assert {sent.code for sent in unknown} <= {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
        for member in self.federation:
            self._check_answers(member, books[member.name])
        self._observer.wait(all_confirmed, 60.0, "not equal")
        assert [member.pid for member in self.federation if member.is_running()] == pids
        for member in self.federation:
            _check_index(member)
        return min(self._check_logs(member) for member in self.federation)

    def _check_logs(self, of: MemberProcess) -> int:
        """Verify all that a member holds, and hold what was ever signed against it.

        All members are equal now, so the copies of one tell of all.
        """
        for member in self.federation:
            self._seen.look(member)
        return self._seen.check(check_stored(of, self._folder))

    @staticmethod
    def _check_answers(victim: MemberProcess, book: Book) -> None:
        """Check promises 1 and 5, and that writes are taken again."""
        client = victim.client()
        try:
            victim.wait_open()
            check_book(book, client)
            again = Sent(new_listing())
            again.send(client)
        finally:
            client.close()


def _kill_with_index_process(victim: MemberProcess, what: Round) -> None:
    """Kill a member once its armed index process has died, which another one follows."""
    first = victim.index_pid()
    until(lambda: victim.index_pid() != first, f"{what} kills the index process")
    victim.kill()


def _check_index(member: MemberProcess) -> None:
    """Check that a search finds each live listing once, once the index has followed."""
    client = member.client()
    try:
        until(
            lambda: all(
                one.state == Completeness.COMPLETENESS_COMPLETE
                for one in client.call("SearchListings").origins
            ),
            f"the index of {member.name} follows",
        )
        listed = [one.name for one in client.pages("ListListings", "listings", page_size=200)]
        found = [hit.listing.name for hit in client.pages("SearchListings", "hits", page_size=200)]
        assert sorted(found) == sorted(listed)
    finally:
        client.close()


def _until_written(books: dict[str, Book]) -> None:
    """Wait until each member has acknowledged some more."""
    before = {name: len(book.acknowledged) for name, book in books.items()}
    until(
        lambda: all(
            len(book.acknowledged) >= before[name] + WRITES_BETWEEN for name, book in books.items()
        ),
        "all take writes",
    )


class Rounds:
    """Runs rounds as federations get free; whoever asks for one waits for it."""

    def __init__(self, arenas: list[Arena]) -> None:
        self._free: queue.SimpleQueue[Arena] = queue.SimpleQueue()
        for arena in arenas:
            self._free.put(arena)
        self._pool = ThreadPoolExecutor(len(arenas))
        self._running: dict[Round, Future[Survived]] = {}

    def begin(self, what: Round) -> None:
        """Have a round run as soon as a federation is free."""
        self._running[what] = self._pool.submit(self._run, what)

    def result(self, what: Round) -> Survived:
        """Return what a round found, or raise what it broke."""
        return self._running[what].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _run(self, what: Round) -> Survived:
        arena = self._free.get()
        try:
            return arena.run(what)
        finally:
            self._free.put(arena)


@contextmanager
def running_rounds(folder: Path, federations: int) -> Iterator[Rounds]:
    """Give `Rounds` over so many federations."""
    with ExitStack() as stack:
        arenas = [
            Arena(
                stack.enter_context(running_federation(folder / str(number), MEMBERS)),
                folder / f"copies-{number}",
            )
            for number in range(federations)
        ]
        rounds = Rounds(arenas)
        stack.callback(rounds.close)
        yield rounds
