"""Erased parts are destroyed when confirmed, after the delay, and never too many unasked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from federation.log.batch import Absence
from node.services.catalogue import destruction as rules
from node.services.catalogue.destruction import Destruction, WaitsFor
from node.services.log.verification import verify_log
from node.storage import batches, destruction, freezing, mirrors, parts
from node.storage.database import Database
from node.storage.schema import erased
from tests.node.storage.made_logs import ORIGIN, MadeLog
from tests.node.storage.test_batches import store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DELAY_S = 259_200
DAY_S = 86_400
NOON_S = 1_795_060_800.0
"""2026-11-19, noon in Shanghai."""
LISTINGS = 40
PARTS = 3 * LISTINGS
MARK = "标记王五13912345678"


@dataclass
class Destroying:
    """A mirror with its destruction, under a clock that is set by hand."""

    database: Database
    log: MadeLog
    origin_id: int
    now_s: float = NOON_S
    gone: int = 0

    def service(self, limit_permille: int = 50) -> Destruction:
        return Destruction(self.database, lambda: self.now_s, DELAY_S, limit_permille, self.count)

    def count(self, number: int) -> None:
        self.gone += number

    def waits(self, service: Destruction) -> list[tuple[WaitsFor, int]]:
        assert service.step()
        return [(one.waits_for, one.parts) for one in service.last]

    def confirm(self, size: int = 0) -> None:
        with self.database.write() as tx:
            size = size or mirrors.get(tx, ORIGIN).verified_size
            mirrors.set_confirmed(tx, self.origin_id, size, b"note")

    def erase(self, *places: tuple[int, int]) -> None:
        last = self.log.erase(*places)
        with self.database.write() as tx:
            batches.apply(tx, self.log.batch(last, last + 1))

    def held(self) -> int:
        """Return how many erased parts a table still holds."""
        with self.database.read() as tx:
            return sum(row[0] is not None for row in tx.execute(select(erased.c.content)))


def marked_log() -> MadeLog:
    log = MadeLog()
    for number in range(LISTINGS):
        log.put(number)
    return log


@pytest.fixture
def destroying(database: Database) -> Destroying:
    log = marked_log()
    return Destroying(database, log, store(database, log))


def test_a_part_is_destroyed_when_it_is_confirmed_and_the_delay_is_over(
    destroying: Destroying,
) -> None:
    service = destroying.service()
    assert destroying.waits(service) == []
    destroying.erase((0, 1), (3, 0))
    assert destroying.waits(service) == [(WaitsFor.CONFIRMATION, 2)]
    destroying.now_s += DELAY_S
    assert destroying.waits(service) == [(WaitsFor.CONFIRMATION, 2)]
    destroying.confirm(LISTINGS)
    assert destroying.waits(service) == [(WaitsFor.CONFIRMATION, 2)]
    destroying.confirm()
    destroying.erase((5, 1))
    assert destroying.waits(service) == [(WaitsFor.CONFIRMATION, 1)]
    assert (destroying.gone, destroying.held()) == (2, 1)
    destroying.confirm()
    assert destroying.waits(service) == [(WaitsFor.DELAY, 1)]
    destroying.now_s += DELAY_S - 1
    assert destroying.waits(service) == [(WaitsFor.DELAY, 1)]
    destroying.now_s += 1
    assert destroying.waits(service) == []
    assert (destroying.gone, destroying.held()) == (3, 0)


def test_what_was_destroyed_is_still_erased_and_no_difference(destroying: Destroying) -> None:
    destroying.erase((0, 1), (3, 0))
    destroying.confirm()
    service = destroying.service()
    assert service.step()
    before = verify_log(destroying.database, ORIGIN, full=True)
    destroying.now_s += DELAY_S
    assert destroying.waits(service) == []
    after = verify_log(destroying.database, ORIGIN, full=True)
    assert after == before
    assert after.parts_absent["erased"] == 2
    with destroying.database.write() as tx:
        assert parts.absence(tx, destroying.origin_id, 0, 1) is Absence.ERASED
        wire = destroying.log.parts[0][1]
        assert not parts.arrive(tx, destroying.origin_id, 0, 1, wire, None), "late copies"


def test_a_limit_of_0_holds_back_what_was_erased_before_until_it_is_agreed_to(
    destroying: Destroying,
) -> None:
    destroying.erase((0, 1))
    destroying.confirm()
    assert destroying.waits(destroying.service()) == [(WaitsFor.DELAY, 1)]
    destroying.now_s += 2 * DELAY_S
    held = destroying.service(limit_permille=0)
    assert destroying.waits(held) == [(WaitsFor.AGREEMENT, 1)]
    assert destroying.held() == 1
    assert held.agree(held.last) == 1
    assert destroying.waits(held) == []
    assert destroying.held() == 0


def test_parts_that_were_never_held_are_not_waited_for(database: Database) -> None:
    log = marked_log()
    log.erase((0, 0), (0, 1))
    absences = {(0, 0): Absence.ERASED, (0, 1): Absence.ERASED}
    destroying = Destroying(database, log, store(database, log, absences=absences))
    assert destroying.waits(destroying.service()) == []


@pytest.mark.parametrize(
    ("permille", "count", "asks"),
    [(50, 6, False), (50, 7, True), (0, 1, True), (1000, PARTS, False)],
)
def test_more_than_a_share_of_a_day_waits_for_an_operator(
    destroying: Destroying, permille: int, count: int, *, asks: bool
) -> None:
    places = [(leaf, number) for leaf in range(LISTINGS) for number in range(3)]
    service = destroying.service(permille)
    destroying.erase(*places[: count // 2])
    destroying.erase(*places[count // 2 : count])
    destroying.confirm()
    cause = WaitsFor.AGREEMENT if asks else WaitsFor.DELAY
    found = destroying.waits(service)
    assert {one[0] for one in found} == {cause}
    assert sum(one[1] for one in found) == count
    destroying.now_s += DELAY_S
    destroying.waits(service)
    assert destroying.gone == (0 if asks else count)
    destroying.now_s += 10 * DELAY_S
    destroying.waits(service)
    assert destroying.gone == (0 if asks else count), "no number of days is an agreement"
    assert service.agree(service.pending()) == (count if asks else 0)
    assert destroying.waits(service) == []
    assert destroying.gone == count


def test_a_mass_erasure_holds_up_its_own_day_only(destroying: Destroying) -> None:
    service = destroying.service()
    destroying.erase(*((leaf, 1) for leaf in range(20)))
    destroying.waits(service)
    destroying.now_s += DAY_S
    destroying.erase((30, 1))
    destroying.confirm()
    assert destroying.waits(service) == [(WaitsFor.AGREEMENT, 20), (WaitsFor.DELAY, 1)]
    destroying.now_s += DELAY_S
    assert destroying.waits(service) == [(WaitsFor.AGREEMENT, 20)]
    service.agree(service.pending())
    destroying.erase((31, 1))
    destroying.confirm()
    assert destroying.waits(service) == [(WaitsFor.DELAY, 1)]
    assert destroying.gone == 21


def test_what_a_freeze_undoes_is_forgotten_and_waits_anew_after_the_thaw(
    destroying: Destroying,
) -> None:
    service = destroying.service()
    destroying.erase((0, 1))
    assert destroying.waits(service) == [(WaitsFor.CONFIRMATION, 1)]
    destroying.now_s += DELAY_S
    for size, expected in ((LISTINGS, []), (None, [(WaitsFor.DELAY, 1)])):
        with destroying.database.write() as tx:
            freezing.freeze(tx, mirrors.get(tx, ORIGIN), size)
        if size is None:
            destroying.confirm()
        assert destroying.waits(service) == expected
    destroying.now_s += DELAY_S
    assert destroying.waits(service) == []
    assert (destroying.gone, destroying.held()) == (1, 0)


def test_a_reader_delays_the_end_and_no_step_waits_for_it(destroying: Destroying) -> None:
    service = destroying.service()
    destroying.erase((0, 1))
    destroying.confirm()
    assert service.step()
    destroying.now_s += DELAY_S
    with destroying.database.read() as tx:
        tx.execute(select(erased.c.part_id)).all()
        assert not service.step()
        assert [one.waits_for for one in service.last] == [WaitsFor.SCRUB]
        assert (destroying.gone, destroying.held()) == (0, 0)
    assert destroying.waits(service) == []
    assert destroying.gone == 1


def test_many_parts_go_in_many_transactions(
    destroying: Destroying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PARTS_A_TRANSACTION", 4)
    service = destroying.service(1000)
    destroying.erase(*((leaf, 1) for leaf in range(8)))
    destroying.confirm()
    assert service.step()
    destroying.now_s += DELAY_S
    assert destroying.waits(service) == []
    assert (destroying.gone, destroying.held()) == (8, 0)


# What stops a step, and behind which of its transactions; the first notes nothing here.
KILLS = ["emptying", "emptied", "scrubbed", "destroyed"]


def step_until_killed(url: str, where: str) -> None:
    """Take the step that destroys, and die in it."""
    database = Database.open(url)
    rules.PARTS_A_TRANSACTION = 4  # type: ignore[misc] # of this process
    service = Destruction(database, lambda: NOON_S + DELAY_S, DELAY_S, 1000)

    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def dying(call: Callable[..., Any], passing: int = 1) -> Callable[..., Any]:
        left = [passing]

        def called(*arguments: Any) -> Any:
            answer = call(*arguments)
            left[0] -= 1
            if not left[0]:
                die()
            return answer

        return called

    storage: Any = destruction
    if where == "emptying":
        storage.empty = dying(storage.empty, 2)
    elif where == "emptied":
        database.scrub = die  # type: ignore[method-assign,assignment] # before it begins
    elif where == "scrubbed":
        database.scrub = dying(database.scrub)  # type: ignore[method-assign] # behind it
    else:
        storage.set_destroyed = dying(storage.set_destroyed)
    service.step()


@pytest.mark.parametrize("where", KILLS)
def test_a_step_that_was_killed_is_finished_by_the_next(tmp_path: Path, where: str) -> None:
    file = tmp_path / "ydx.sqlite"
    log = marked_log()
    for number in range(100, 110):
        log.document(number, personal=f"{MARK}/{number}".encode())
    log.erase(*((LISTINGS + one, 1) for one in range(10)))
    database = Database.open(f"sqlite:///{file}")
    destroying = Destroying(database, log, store(database, log))
    destroying.confirm()
    assert destroying.service(1000).step()
    database.close()
    assert holding(tmp_path), "the search finds them while they are there"
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import {__name__} as t; t.step_until_killed({f'sqlite:///{file}'!r}, {where!r})",
        ],
        env=os.environ,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    destroying.database = Database.open(f"sqlite:///{file}")
    destroying.now_s += DELAY_S
    service = destroying.service(1000)
    assert destroying.waits(service) == []
    assert destroying.held() == 0
    assert not holding(tmp_path)
    report = verify_log(destroying.database, ORIGIN, full=True)
    made_up = ["confirmed note", "confirmed size"]  # see `confirm`
    assert [one.place for one in report.differences] == made_up
    destroying.database.close()


def holding(folder: Path) -> list[str]:
    """Return the files in which the mark stands."""
    return [file.name for file in folder.iterdir() if MARK.encode() in file.read_bytes()]


def test_what_is_published_after_an_erasure_makes_its_share_no_smaller(
    destroying: Destroying,
) -> None:
    """A stolen key that empties a log must not be able to hide that among new listings."""
    service = destroying.service()
    destroying.erase(*[(number, part) for number in range(LISTINGS) for part in range(3)])
    destroying.confirm()
    assert destroying.waits(service) == [(WaitsFor.AGREEMENT, PARTS)]
    first = LISTINGS + 1
    for number in range(20 * LISTINGS):
        destroying.log.put(1000 + number)
    with destroying.database.write() as tx:
        batches.apply(tx, destroying.log.batch(first, first + 20 * LISTINGS))
    destroying.erase((first, 0))
    destroying.confirm()
    destroying.now_s += DELAY_S
    assert destroying.waits(service) == [(WaitsFor.AGREEMENT, PARTS), (WaitsFor.DELAY, 1)]
    assert destroying.gone == 0
