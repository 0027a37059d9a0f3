"""Flipped bits in what a node has stored (fault F8): found, placed, and never signed for."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from node.demo.observing import Observer, all_confirmed
from node.storage.positions import split_part_id, split_position
from tests.processes.asking import ready
from tests.processes.conftest import MEMBERS
from tests.processes.member_processes import Federation, MemberProcess, running_federation
from tests.processes.signed import stored_copy, verified
from tests.processes.writing import Book, check_book, load
from tests.waiting import until

pytestmark = pytest.mark.timeout(300)
ROTTEN = "anhui"
SEEDS = range(8)
CHAOS_SEEDS = range(8, 250)
COLUMNS = (
    ("entry_bundle", "id", "data"),
    ("hash_tile", "id", "data"),
    ("part", "id", "content"),
    ("part", "id", "audience"),
    ("catalogue", "position", "title"),
    ("catalogue", "position", "leaf_hash"),
    ("catalogue", "position", "revision"),
    ("catalogue", "position", "state"),
    ("catalogue", "position", "recorded_at_ms"),
    ("mirror", "origin_id", "verified_root"),
    ("mirror", "origin_id", "compact_range"),
    ("mirror", "origin_id", "confirmed_note"),
)


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Give a federation of its own: these tests harm what it stores."""
    with running_federation(tmp_path_factory.mktemp("harmed"), MEMBERS) as members:
        yield members


@pytest.fixture(scope="module")
def stored(federation: Federation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of a member's database that holds three logs, all confirmed."""
    books = {member.name: Book() for member in federation}
    with load(list(federation), books, threads=1):
        until(lambda: all(len(book.acknowledged) > 20 for book in books.values()), "the load")
    Observer(federation.demo_members()).wait(all_confirmed, 60.0, "not equal")
    copy = stored_copy(federation[ROTTEN], tmp_path_factory.mktemp("stored"))
    assert all(report.ok for report in verified(federation[ROTTEN], f"sqlite:///{copy}").values())
    return copy


def rot(database_path: Path, column: tuple[str, str, str], seed: int) -> tuple[str, str]:
    """Flip one bit of one value; return the origin, and where in its log that is."""
    table, key, value = column
    rng = random.Random(f"{column} {seed}")  # noqa: S311 - a seed has to flip the same bit again
    with closing(sqlite3.connect(database_path)) as database, database:
        database.text_factory = bytes
        rows = database.execute(f"SELECT {key}, {value} FROM {table}").fetchall()  # noqa: S608
        place, content = rng.choice([row for row in rows if row[1]])
        update = f"UPDATE {table} SET {value} = ? WHERE {key} = ?"  # noqa: S608
        if isinstance(content, int):
            database.execute(update, (content ^ 1 << rng.randrange(3), place))
        else:
            flipped = bytearray(content)
            # Of a note the text: what else is a signature that another member can give again.
            end = content.index(b"\n\n") if value == "confirmed_note" else len(content)
            flipped[rng.randrange(end)] ^= 1 << rng.randrange(8)
            as_text = value == "title"
            text = f"UPDATE {table} SET {value} = CAST(? AS TEXT) WHERE {key} = ?"  # noqa: S608
            database.execute(text if as_text else update, (bytes(flipped), place))
        return _named(database, table, place)


def _named(database: sqlite3.Connection, table: str, place: int) -> tuple[str, str]:
    match table:
        case "mirror":
            origin_id, where = place, ""
        case "part":
            origin_id, leaf_index, number = split_part_id(place)
            where = f"part {leaf_index}/{number}"
        case "catalogue":
            origin_id, leaf_index = split_position(place)
            where = f"entry {leaf_index}"
        case _:
            # These logs have less than 256 entries, so each level has one tile.
            origin_id, _ = split_position(place)
            where = f"tile {place >> 36 & 15}/0"
    query = "SELECT origin FROM mirror WHERE origin_id = ?"
    [origin] = database.execute(query, (origin_id,)).fetchone()
    return origin.decode(), where


def check_found(
    federation: Federation,
    stored: Path,
    tmp_path: Path,
    column: tuple[str, str, str],
    seed: int,
) -> None:
    """Flip, and hold what `verify_log` says against where that was."""
    copy = Path(shutil.copy(stored, tmp_path / f"{seed}.sqlite"))
    origin, where = rot(copy, column, seed)
    reports = verified(federation[ROTTEN], f"sqlite:///{copy}")
    assert [one for one, report in reports.items() if not report.ok] == [origin]
    places = [difference.place for difference in reports[origin].differences]
    assert any(place.startswith(where) for place in places), (where, places)
    copy.unlink()


@pytest.mark.parametrize("column", COLUMNS, ids=".".join)
def test_a_flipped_bit_is_found_and_placed(
    federation: Federation, stored: Path, tmp_path: Path, column: tuple[str, str, str]
) -> None:
    for seed in SEEDS:
        check_found(federation, stored, tmp_path, column, seed)


@pytest.mark.chaos
@pytest.mark.parametrize("column", COLUMNS, ids=".".join)
def test_any_flipped_bit_is_found_and_placed(
    federation: Federation, stored: Path, tmp_path: Path, column: tuple[str, str, str]
) -> None:
    for seed in CHAOS_SEEDS:
        check_found(federation, stored, tmp_path, column, seed)


def flip_last_entry(member: MemberProcess) -> None:
    """Flip a bit of the newest entry of a stopped member's own log."""
    with closing(sqlite3.connect(member.database_path)) as database, database:
        query = "SELECT id, data FROM entry_bundle WHERE id >> 40 = ? ORDER BY id DESC LIMIT 1"
        own = "SELECT origin_id FROM mirror WHERE is_own"
        place, data = database.execute(query, database.execute(own).fetchone()).fetchone()
        flipped = data[:-1] + bytes([data[-1] ^ 1])
        database.execute("UPDATE entry_bundle SET data = ? WHERE id = ?", (flipped, place))


def log_verify(member: MemberProcess) -> tuple[int, dict[str, Any]]:
    """Run `ydx log verify` on a stopped member; return the exit status and the row of its log."""
    config = str(member.folder / "ydx.toml")
    command = [sys.executable, "-m", "node", "log", "verify", "--full", "--json"]
    done = subprocess.run(
        [*command, "--config", config], capture_output=True, text=True, timeout=60, check=False
    )
    rows = json.loads(done.stdout)["logs"]
    return done.returncode, next(row for row in rows if row["origin"] == member.member.origin)


def test_edge_17_entries_that_rotted_before_they_were_signed_are_not_signed(
    federation: Federation,
) -> None:
    member, book = federation[ROTTEN], Book()
    member.terminate()
    member.start_armed("checkpoint_before_intent", 2)
    member.wait_open()
    client = member.client()
    until(lambda: book.write(client).reason == "OUT_OF_REACH", "the kill before a checkpoint")
    assert member.ended() == -signal.SIGKILL
    assert book.acknowledged
    flip_last_entry(member)
    status, row = log_verify(member)
    assert (status, row["ok"]) == (1, False)
    assert "tile 0/0" in [difference["place"] for difference in row["differences"]]

    signed = (member.folder / "keys" / "log.state").read_bytes()
    member.start()
    until(lambda: member.write_state() == "STOPPED", "the signer stops")
    client.close()
    client = member.client()
    told = Book().write(client)
    assert (told.reason, told.code) == ("SIGNING_STOPPED", "FAILED_PRECONDITION")
    assert ready(member)[0] == 503
    assert (member.folder / "keys" / "log.state").read_bytes() == signed
    member.terminate()

    flip_last_entry(member)
    assert log_verify(member)[0] == 0
    member.start()
    member.wait_open()
    client.close()
    client = member.client()
    check_book(book, client)
    client.close()
    Observer(federation.demo_members()).wait(all_confirmed, 60.0, "not equal")
