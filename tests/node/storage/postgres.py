"""A real PostgreSQL server for tests: its own folder, a Unix socket, gone afterwards.

It can be stopped as a crash would and started again, and lose the connections of a database.
The server's programs come with the system package `postgresql` (`make test` installs it). Without
them the tests fail; they never skip.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final, Self

import psycopg

from tests.waiting import until

_PROGRAMS: Final = "/usr/lib/postgresql"
_VERSION_MIN: Final = 15
_START_S_MAX: Final = 60.0
_SETTINGS: Final = (
    "listen_addresses=",
    "port=5432",
    "shared_buffers=128MB",
    "max_wal_size=4GB",
    "max_connections=200",
    "autovacuum=off",
)
NOT_DURABLE: Final = ("fsync=off", "full_page_writes=off")
"""Settings for tests that never pull the plug: making a database takes a third of the time."""

FORGETFUL: Final = (*NOT_DURABLE, "wal_writer_delay=10000ms", "bgwriter_lru_maxpages=0")
"""Settings with which a crash loses all commits that were not durable: nobody else writes them."""


class PostgresServer:
    """A running server; `close` stops it and removes its folder."""

    def __init__(self, *settings: str) -> None:
        self._programs = _find_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="ydx-postgres-"))
        self._numbers = itertools.count(1)
        # The server refuses to run as root.
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            # Not Popen's own way: for that it forks, which a process with gRPC may not survive.
            self._as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self._run("initdb", "--pgdata=data", "--auth=trust", "--username=postgres", "--no-sync")
        self._options = [f"-c{setting}" for setting in (*_SETTINGS, *settings)]
        self._log = (self.folder / "log").open("wb")
        self.start()

    def start(self) -> None:
        """Start the server, after a crash with its recovery; returns once it answers."""
        self._process = subprocess.Popen(
            [
                *self._as_user,
                str(self._programs / "postgres"),
                "-Ddata",
                f"-k{self.folder}",
                *self._options,
            ],
            cwd=self.folder,
            stdout=self._log,
            stderr=self._log,
        )
        self._await_start()

    def crash(self) -> None:
        """Stop the server at once, as `pg_ctl stop -m immediate`; its memory is lost."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def terminate_connections(self, url: str) -> int:
        """End all connections of a database; return how many there were."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [_name(url)],
            )
            return len(ended.fetchall())

    def new_database(self, like: str = "") -> str:
        """Return the URL of a new database: empty, or a copy of one that nobody has open."""
        name = f"ydx_{next(self._numbers)}"
        made_of = f"TEMPLATE {_name(like)} STRATEGY FILE_COPY" if like else "TEMPLATE template0"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' {made_of}".encode())
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def set(self, name: str, value: str) -> None:
        """Change a setting of the running server; return once all of its processes go by it."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute("SET synchronous_commit = local")
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            connection.execute("SELECT pg_reload_conf()")
        # A connection that sees it was made after all were told; the checkpointer, which tells the
        # others whether a standby is waited for, takes it up before it writes a checkpoint.
        until(lambda: self._setting(name) == value, f"{name} is {value}")
        self.checkpoint()

    def alter(self, url: str, change: str) -> None:
        """Change what holds for new connections of a database."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {_name(url)} {change}".encode())

    def checkpoint(self) -> None:
        """Have all that was written put into the tables' files."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def _setting(self, name: str) -> str:
        with psycopg.connect(self._conninfo("postgres")) as connection:
            return str(connection.execute(f"SHOW {name}".encode()).fetchall()[0][0])

    def waits(self, event: str) -> bool:
        """Say whether a connection waits for an event, as `pg_stat_activity` names it."""
        with psycopg.connect(self._conninfo("postgres")) as connection:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = %s"
            return connection.execute(asked, [event]).fetchall() != [(0,)]

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a database, which may be in use."""
        copied = self.new_database()
        dump = [str(self._programs / "pg_dump"), "--no-sync", "--format=custom", f"--dbname={url}"]
        restore = [str(self._programs / "pg_restore"), "--exit-on-error", f"--dbname={copied}"]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
            subprocess.run(restore, stdin=dumping.stdout, check=True)
        if dumping.returncode:
            raise RuntimeError(f"pg_dump ended with {dumping.returncode}")
        return copied

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)".encode())

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.crash()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _conninfo(self, name: str) -> str:
        return f"host={self.folder} user=postgres dbname={name}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as_user, str(self._programs / program), *arguments],
            cwd=self.folder,
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")

    def _await_start(self) -> None:
        deadline = time.monotonic() + _START_S_MAX
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    said = (self.folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL did not start: {said}") from None
                time.sleep(0.05)
            else:
                return


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def _find_programs() -> Path:
    found = [
        folder / "bin"
        for folder in sorted(Path(_PROGRAMS).glob("*"), key=lambda one: int(one.name))
        if int(folder.name) >= _VERSION_MIN and (folder / "bin" / "initdb").exists()
    ]
    if not found:
        raise RuntimeError("PostgreSQL 15 or newer is missing: apt-get install postgresql")
    return found[-1]
