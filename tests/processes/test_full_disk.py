"""A full disk (fault F6): writes are refused with the reason, reads go on, nothing is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from federation.log.errors import YdxError
from node.demo.observing import Observer, all_confirmed
from node.storage.database import Database
from tests.processes.asking import CATALOGUE, NODE, health, http, metric, ready
from tests.processes.member_processes import Federation, MemberProcess
from tests.processes.signed import Collected, check_stored
from tests.processes.writing import Book, check_book
from tests.waiting import until

pytestmark = pytest.mark.timeout(300)
FULL = "anhui"
DISK = "size=24m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder for a member, on a file system of its own."""
    place = tmp_path / FULL
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("a full disk needs the right to mount one; run this test as root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def federation(tmp_path: Path, small_disk: Path) -> Iterator[Federation]:
    members = Federation(tmp_path, ("shanghai", FULL, "center"))
    assert members[FULL].folder == small_disk
    try:
        members.start()
        yield members
    finally:
        members.stop()


def fill(folder: Path) -> Path:
    """Take every byte that is free; return the file that holds them."""
    ballast = folder / "ballast"
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while os.write(file, bytes(size)):
                    pass
    finally:
        os.close(file)
    assert not os.statvfs(folder).f_bavail
    return ballast


def check_reads(member: MemberProcess, book: Book) -> None:
    """Everything acknowledged is read in every way."""
    client = member.client("auditor")
    try:
        for sent in book.acknowledged:
            assert client.call("GetListing", name=sent.name).listing.info.etag == sent.etag
        listed = {one.name for one in client.pages("ListListings", "listings")}
        assert {sent.name for sent in book.acknowledged} <= listed
        assert client.call("GetSyncStatus").origins
    finally:
        client.close()
    assert http(member.member.http, "/log/checkpoint")[0] == 200


def test_a_full_disk_refuses_writes_reads_go_on_and_space_heals_it(
    federation: Federation, tmp_path: Path
) -> None:
    member, book, seen = federation[FULL], Book(), Collected()
    client = member.client()
    with seen.watching(federation):
        for _ in range(20):
            book.write(client)
        until(lambda: http(member.member.http, "/log/checkpoint")[0] == 200, "a first checkpoint")
        ballast = fill(member.folder)

        until(lambda: book.write(client).reason == "DISK_FULL", "a write is refused")
        assert [sent.code for sent in book.refused] == ["RESOURCE_EXHAUSTED"]
        check_reads(member, book)
        until(lambda: member.write_state() == "DISK_FULL", "the node says so")
        until(lambda: health(member, CATALOGUE) == "NOT_SERVING", "health says so")
        assert health(member, NODE) == "SERVING"
        assert ready(member) == (503, {"database": "ok", "listeners": "ok", "log": "failed"})
        assert metric(member, "ydx_log_writable") == 0
        assert metric(member, 'ydx_health_state{component="disk"}') == 2
        assert metric(member, "ydx_database_errors_total") > 0
        elsewhere = Book()
        other = federation["shanghai"].client()
        assert elsewhere.write(other).name, "the others are not disturbed"
        other.close()

        ballast.unlink()
        until(lambda: book.write(client).name, "writes are taken again")
        until(lambda: member.write_state() == "OPEN", "the node says so")
        until(lambda: health(member, CATALOGUE) == "SERVING", "health says so")
        assert ready(member)[0] == 200
        assert metric(member, "ydx_log_writable") == 1
        check_book(book, client)
        Observer(federation.demo_members()).wait(all_confirmed, 60.0, "not equal")
    client.close()
    for one in federation:
        seen.check(check_stored(one, tmp_path / "copies"))


def test_a_node_that_is_started_on_a_full_disk_says_so(small_disk: Path) -> None:
    address = f"sqlite:///{small_disk}/node.db"
    Database.open(address).close()
    ballast = fill(small_disk)
    with pytest.raises(YdxError, match="the disk is full") as refused:
        Database.open(address)
    assert refused.value.reason == "DISK_FULL"
    ballast.unlink()
    Database.open(address).close()
