"""A disk that cannot sync (fault F7): nothing is acknowledged any more, and the process ends."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from node.demo.observing import Observer, all_confirmed
from tests.processes.member_processes import Federation
from tests.processes.signed import Collected, check_stored
from tests.processes.writing import Book, check_book
from tests.waiting import until

pytestmark = pytest.mark.timeout(300)
FAILING = "anhui"
SOURCE = Path(__file__).with_name("failing_sync.c")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Compile what is preloaded."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("a failing sync needs a C compiler")
    made = tmp_path / "failing_sync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, SOURCE], check=True)
    return made


def test_a_failed_sync_is_never_taken_for_a_good_one(
    federation: Federation, library: Path, tmp_path: Path
) -> None:
    member, book, seen = federation[FAILING], Book(), Collected()
    fails = tmp_path / "sync-fails"
    member.terminate()
    with seen.watching(federation):
        member.start(LD_PRELOAD=str(library), YDX_SYNC_FAILS=str(fails))
        member.wait_open()
        client = member.client()
        for _ in range(10):
            book.write(client)
        assert len(book.acknowledged) == 10
        fails.touch()
        until(lambda: not book.write(client).name and not member.is_running(), "the process ends")
        assert len(book.acknowledged) == 10, "acknowledged without a sync"
        assert member.ended() == 1
        assert "a sync failed" in member.log_tail()
        fails.unlink()

        member.start()
        member.wait_open()
        client.close()
        client = member.client()
        check_book(book, client)
        # Members are equal at what is signed, too: so what was written just now has to be.
        last = book.acknowledged[-1].name
        until(
            lambda: not client.call("GetListing", name=last).listing.info.provisional,
            "the last write is confirmed",
        )
        client.close()
        Observer(federation.demo_members()).wait(all_confirmed, 60.0, "not equal")
    for one in federation:
        seen.check(check_stored(one, tmp_path / "copies"))
