"""An older database put back (fault F9), a key whose file is gone, an empty database: no fork."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from node.demo.observing import Observer, all_confirmed
from node.storage.database import Database
from tests.processes.asking import CATALOGUE, health, metric, ready
from tests.processes.conftest import MEMBERS
from tests.processes.member_processes import Federation, MemberProcess, running_federation
from tests.processes.signed import Collected, check_stored, stored_copy
from tests.processes.test_locks import serve
from tests.processes.writing import Book, check_book, found_by_source
from tests.waiting import until

pytestmark = pytest.mark.timeout(300)
RESTORED = "anhui"


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Give a federation of its own: these tests harm what it stores."""
    with running_federation(tmp_path_factory.mktemp("harmed"), MEMBERS) as members:
        yield members


def wait_equal(federation: Federation) -> None:
    Observer(federation.demo_members()).wait(all_confirmed, 60.0, "not equal")


def write(member: MemberProcess, book: Book, count: int) -> None:
    client = member.client()
    for _ in range(count):
        assert book.write(client).name
    client.close()


def replace_database(member: MemberProcess, database: Path) -> None:
    """Put a database in the place of that of a stopped member."""
    for file in member.folder.glob("ydx.sqlite*"):
        file.unlink()
    shutil.copy(database, member.database_path)


def empty_database(path: Path, newest: Path) -> None:
    """Make an empty database that knows nothing but the tokens of another."""
    for file in path.parent.glob("ydx.sqlite*"):
        file.unlink()
    Database.open(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ATTACH ? AS newest", (str(newest),))
        database.execute("INSERT INTO token SELECT * FROM newest.token")


@contextmanager
def damaged(member: MemberProcess, folder: Path, damage: Callable[[Path], None]) -> Iterator[Path]:
    """Stop a member and damage its database; give the newest one, and put that back in the end."""
    member.terminate()
    newest = stored_copy(member, folder / "newest")
    damage(newest)
    try:
        yield newest
    finally:
        member.terminate()
        replace_database(member, newest)
        member.start()
        member.wait_open()


def look(seen: Collected, federation: Federation) -> None:
    for member in federation:
        seen.look(member)


def own_size(member: MemberProcess, of: str) -> int:
    """Return the verified size that a member states for the log of another or its own."""
    client = member.client("operator")
    try:
        rows = client.call("GetSyncStatus").origins
        [row] = [row for row in rows if row.member == of]
        assert not row.frozen
        return int(row.verified_size)
    finally:
        client.close()


def check_behind(federation: Federation, readable: Book) -> None:
    """Check that the member neither writes nor signs, says what to do, and serves and mirrors."""
    member = federation[RESTORED]
    try:
        until(lambda: member.write_state() == "RESTORED_BEHIND", "the node says that it is behind")
    except AssertionError as late:
        late.add_note(f"it says {member.write_state()!r}; its log: {member.log_tail()}")
        raise
    signed = (member.folder / "keys" / "log.state").read_bytes()
    size = own_size(member, RESTORED)
    client, refused = member.client(), Book()
    told = refused.write(client)
    assert (told.reason, told.code) == ("RESTORED_BEHIND", "FAILED_PRECONDITION")
    assert "size" in told.what
    assert "restore a newer one" in told.cure
    for sent in readable.acknowledged:
        assert client.call("GetListing", name=sent.name).listing.info.etag == sent.etag
    elsewhere = Book()
    write(federation["shanghai"], elsewhere, 1)
    source_id = elsewhere.acknowledged[0].source_id
    until(lambda: found_by_source(client, source_id), "others are mirrored")
    until(lambda: health(member, CATALOGUE) == "NOT_SERVING", "health says so")
    assert ready(member)[0] == 503
    assert metric(member, "ydx_log_writable") == 0
    assert own_size(member, RESTORED) == size
    assert (member.folder / "keys" / "log.state").read_bytes() == signed
    client.close()


def test_an_older_database_put_back_is_noticed_and_nothing_forks(
    federation: Federation, tmp_path: Path
) -> None:
    member, seen, book = federation[RESTORED], Collected(), Book()
    write(member, book, 3)
    wait_equal(federation)
    older = stored_copy(member, tmp_path / "older")
    readable = Book()
    readable.acknowledged = list(book.acknowledged)
    write(member, book, 3)
    wait_equal(federation)
    sizes = [own_size(other, RESTORED) for other in federation.others(RESTORED)]
    look(seen, federation)
    with damaged(member, tmp_path, lambda _: replace_database(member, older)):
        member.start()
        check_behind(federation, readable)
        assert [own_size(other, RESTORED) for other in federation.others(RESTORED)] == sizes
        look(seen, federation)
    client = member.client()
    check_book(book, client)
    client.close()
    wait_equal(federation)
    look(seen, federation)
    for one in federation:
        seen.check(check_stored(one, tmp_path / "copies"))


def test_the_others_alone_prove_a_database_old_whose_key_file_was_put_back_too(
    federation: Federation, tmp_path: Path
) -> None:
    member, book = federation[RESTORED], Book()
    state = member.folder / "keys" / "log.state"
    write(member, book, 1)
    wait_equal(federation)
    older, older_state = stored_copy(member, tmp_path / "older"), state.read_bytes()
    write(member, book, 2)
    wait_equal(federation)
    newest_state = state.read_bytes()
    with damaged(member, tmp_path, lambda _: replace_database(member, older)):
        state.write_bytes(older_state)
        member.start()
        check_behind(federation, Book())
        state.write_bytes(newest_state)
    wait_equal(federation)


def test_an_empty_database_beside_a_used_key_is_behind(
    federation: Federation, tmp_path: Path
) -> None:
    member, book = federation[RESTORED], Book()
    write(member, book, 1)
    wait_equal(federation)
    with damaged(member, tmp_path, lambda newest: empty_database(member.database_path, newest)):
        member.start()
        check_behind(federation, Book())
        assert own_size(member, RESTORED) == 0, "not even GENESIS"
    wait_equal(federation)


@pytest.mark.parametrize("name", ["log.state", "witness.state"])
def test_a_key_without_its_file_is_never_used_again(federation: Federation, name: str) -> None:
    member = federation[RESTORED]
    member.terminate()
    file = member.folder / "keys" / name
    content = file.read_bytes()
    file.unlink()
    refused = serve(member, "en")
    assert refused.returncode == 1
    assert "KEY_WITHOUT_FILE" in refused.stderr
    assert name in refused.stderr
    assert not file.exists()
    file.write_bytes(content[:-2])
    assert "KEY_WITHOUT_FILE" in serve(member, "en").stderr
    file.write_bytes(content)
    member.start()
    member.wait_open()
