"""Everything that the members sign, collected from outside while they run.

Each member's database is read (never written) again and again: the notes that it holds of every
log, what it cosigned itself, what it intends to sign. Whatever was seen once has to be a prefix of
the log as it stands in the end: so nothing was signed twice differently.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

import psycopg

from federation.log.checkpoint import parse_checkpoint
from federation.log.hashing import EMPTY_ROOT
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.note import parse_note
from node.services.log.verification import Report, verify_log
from node.storage import logs, mirrors
from node.storage.database import Database
from node.storage.trust_folder import read_trust
from tests.processes.member_databases import SqliteFile
from tests.processes.member_processes import Federation, MemberProcess

_INTERVAL_S: Final = 0.25


class Collected:
    """Which roots somebody's signature, or intent to sign, gave to (origin, tree size)."""

    def __init__(self) -> None:
        self.roots: dict[tuple[str, int], set[bytes]] = defaultdict(set)

    def look(self, member: MemberProcess) -> None:
        """Take what a member's database holds now."""
        with member.database.reading() as read:
            for row in read("SELECT newest_note, confirmed_note, published_note FROM mirror"):
                for note in filter(None, row):
                    checkpoint = parse_checkpoint(parse_note(note).text)
                    self.roots[checkpoint.origin, checkpoint.tree_size].add(checkpoint.root)
            for origin, size, root in read("SELECT origin, tree_size, root FROM witness_cosigned"):
                self.roots[origin, size].add(root)
            for size, root in read("SELECT tree_size, root FROM intent"):
                self.roots[member.member.origin, size].add(root)
            assert not read("SELECT origin FROM evidence")

    @contextmanager
    def watching(self, federation: Federation) -> Iterator[None]:
        """Look at all members again and again while the block runs."""
        ending = threading.Event()
        failures: list[BaseException] = []

        def work() -> None:
            try:
                while not ending.wait(_INTERVAL_S):
                    for member in federation:
                        # A server that is away is asked the next time.
                        with suppress(psycopg.OperationalError):
                            self.look(member)
            except BaseException as failure:  # noqa: BLE001 - told to whoever watches
                failures.append(failure)

        watcher = threading.Thread(target=work, name="watch-signatures")
        watcher.start()
        try:
            yield
        finally:
            ending.set()
            watcher.join()
        assert not failures, failures

    def check(self, copy: str) -> int:
        """Hold all that was seen against the logs in a copy of a database; return how many.

        `copy` is its URL.
        """
        stored = _stored_entries(copy)
        for origin, entries in stored:
            seen = {size: roots for (of, size), roots in self.roots.items() if of == origin}
            growing = CompactRange()
            for size in range(len(entries) + 1):
                if size:
                    growing.extend(leaf_hashes([entries[size - 1]]))
                expected = growing.root() if size else EMPTY_ROOT
                assert seen.pop(size, {expected}) == {expected}, f"{origin} forked at {size}"
            assert not seen, f"{origin} ends at {len(entries)}, signed were {sorted(seen)}"
        return len(stored)


def stored_copy(member: MemberProcess, folder: Path) -> Path:
    """Copy a member's file of SQLite as it stands, running or not."""
    assert isinstance(member.database, SqliteFile)
    return member.database.copy_file(folder)


def verified(member: MemberProcess, copy: str) -> dict[str, Report]:
    """Verify every log in a copy of the member's database, in full and with signatures.

    `copy` is its URL.
    """
    registry = read_trust(member.folder / "trust" / "root.json").registry
    database = Database.open(copy)
    try:
        return {
            origin: verify_log(database, origin, partial(registry.log_keys_at, origin))
            for origin in registry.origins()
        }
    finally:
        database.close()


def check_stored(member: MemberProcess, folder: Path) -> str:
    """Have every log of a member verified; return the URL of the copy of its database that was."""
    copy = member.database.copy(folder)
    for report in verified(member, copy).values():
        assert report.ok, (member.name, report.origin, report.differences)
    return copy


def _stored_entries(copy: str) -> list[tuple[str, list[bytes]]]:
    database = Database.open(copy)
    try:
        with database.read() as tx:
            return [
                (row.origin, logs.entries(tx, row.origin_id, 0, row.verified_size))
                for row in mirrors.every(tx)
            ]
    finally:
        database.close()
