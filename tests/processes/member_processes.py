"""A small federation of real node processes: founded, started, killed, stopped by process id.

    <folder>/<member>/     as `ydx demo` lays it out; its database too, unless a server is given
    <folder>/federation/   the trust root

Ports lie below those that the kernel hands out for outgoing connections, and each is held by a
bound socket that does not listen: a member finds its own free again after a restart, and nobody
else, probing for a free port, takes it meanwhile.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from federation.log.errors import YdxError
from node.config.example import render
from node.demo.founding import REGIONS, DemoMember
from node.rpc.exchange_client import ExchangeClient
from node.services.access import Access, Role
from node.services.sync.enrolment import create_federation, create_member, install_trust
from node.storage import failpoint
from node.storage.database import Database
from tests.node.storage.postgres import PostgresServer
from tests.processes.member_databases import MemberDatabase, PostgresDatabase, SqliteFile
from tests.waiting import WAIT_S, until
from ydx.exchange.v1.node_service_pb2 import WriteState

FEDERATION: Final = "ydx.example"
PLATFORM: Final = "test-platform"
OTHER_ROLES: Final = (Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.SECURITY, Role.AUDITOR)
_PORTS: Final = range(12_000, 32_000)


class MemberProcess:
    """One member: its folder, its addresses, and its process while it runs."""

    def __init__(self, member: DemoMember, database: MemberDatabase) -> None:
        self.member = member
        self.database = database
        self.name = member.name
        self.folder = member.folder
        self.log_path = self.folder / "node.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def database_path(self) -> Path:
        return self.folder / "ydx.sqlite"

    def start(self, **environment: str) -> None:
        """Start the process; returns at once."""
        assert not self.is_running()
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "node", "serve", "--config", str(self.folder / "ydx.toml")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def start_armed(self, name: str, passing: int) -> None:
        """Start the process so that it is killed at the n-th passing of a failpoint."""
        self.start(**{failpoint.VARIABLE: f"{name}:{passing}"})

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ended(self, timeout_s: float = WAIT_S) -> int:
        """Wait for the end; return the exit status, -9 after a kill."""
        assert self._process is not None
        return self._process.wait(timeout_s)

    def index_pid(self) -> int:
        """Return the id of the process that keeps the index now; 0 where there is none."""
        children = [
            one
            for task in Path(f"/proc/{self.pid}/task").glob("*/children")
            for one in task.read_text().split()
        ]
        return int(children[0]) if children else 0

    def kill(self) -> None:
        """Kill the process as a power loss would."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def terminate(self, grace_s: float = 20.0) -> None:
        """Stop the process kindly, if it runs; it has to obey."""
        if self.is_running():
            os.kill(self.pid, signal.SIGTERM)
            assert self.ended(grace_s) == 0, self.log_tail()

    def end(self) -> None:
        """Make sure that nothing is left running."""
        if self.is_running():
            os.kill(self.pid, signal.SIGKILL)
            self.ended()

    def client(self, role: str = "platform") -> ExchangeClient:
        """Return a new client of the exchange listener; whoever asks closes it."""
        return ExchangeClient(self.member.api, self.member.tokens[role])

    def write_state(self) -> str:
        """Return the name of the write state, empty while the process does not answer."""
        client = self.client("operator")
        try:
            state: int = client.call("GetNode", repeat=False, timeout_s=5).write_state
        except YdxError:
            return ""
        finally:
            client.close()
        return WriteState.Name(state).removeprefix("WRITE_STATE_")

    def wait_open(self) -> float:
        """Wait until writes are taken; return how long that took, in seconds."""
        began = time.monotonic()

        def is_open() -> bool:
            assert self.is_running(), self.log_tail()
            return self.write_state() == "OPEN"

        until(is_open, f"{self.name} is open for writes")
        return time.monotonic() - began

    def wait_serving(self) -> float:
        """Wait until the process answers; return how long that took, in seconds."""
        began = time.monotonic()

        def answers() -> bool:
            assert self.is_running(), self.log_tail()
            return bool(self.write_state())

        until(answers, f"{self.name} answers")
        return time.monotonic() - began

    def log_tail(self) -> str:
        return "\n".join(self.log_path.read_text("utf-8").splitlines()[-8:])


class Federation:
    """Some members, founded in a folder; `stop` ends whatever runs."""

    def __init__(
        self, folder: Path, names: Sequence[str], server: PostgresServer | None = None
    ) -> None:
        """With a server each member has a database of it."""
        self._held = _held_ports(4 * len(names))
        databases: list[MemberDatabase] = [
            PostgresDatabase(server, server.new_database())
            if server
            else SqliteFile(folder / name / "ydx.sqlite")
            for name in names
        ]
        urls = [one.url if server else "" for one in databases]
        members = _found(folder, names, [one.getsockname()[1] for one in self._held], urls)
        self.members = {
            member.name: MemberProcess(member, database)
            for member, database in zip(members, databases, strict=True)
        }

    def __getitem__(self, name: str) -> MemberProcess:
        return self.members[name]

    def __iter__(self) -> Iterator[MemberProcess]:
        return iter(self.members.values())

    def others(self, name: str) -> list[MemberProcess]:
        return [one for one in self if one.name != name]

    def demo_members(self) -> list[DemoMember]:
        return [one.member for one in self]

    def start(self, **environment: str) -> None:
        """Start all, and wait until all take writes."""
        for one in self:
            one.start(**environment)
        for one in self:
            one.wait_open()

    def mend(self) -> None:
        """Start those that do not run, and wait until all take writes."""
        for one in self:
            if not one.is_running():
                one.start()
        for one in self:
            one.wait_open()

    def stop(self) -> None:
        for one in self:
            one.end()
        for held in self._held:
            held.close()


@contextmanager
def running_federation(
    folder: Path, names: Sequence[str], server: PostgresServer | None = None, **environment: str
) -> Iterator[Federation]:
    """Give a federation whose members all take writes."""
    federation = Federation(folder, names, server)
    try:
        federation.start(**environment)
        yield federation
    finally:
        federation.stop()


def _found(
    folder: Path, names: Sequence[str], ports: Sequence[int], urls: Sequence[str]
) -> list[DemoMember]:
    """Found a federation; nothing runs yet."""
    free = iter(ports)
    addresses = {
        name: {
            listener: f"127.0.0.1:{next(free)}"
            for listener in ("federation", "exchange", "web", "telemetry")
        }
        for name in names
    }
    lines = [
        create_member(
            folder / name, FEDERATION, name, REGIONS[name], addresses[name]["federation"]
        ).text()
        for name in names
    ]
    create_federation(lines, folder / "federation", time.time(), center=names[-1])
    return [
        _member(folder, name, addresses[name], url) for name, url in zip(names, urls, strict=True)
    ]


def _member(folder: Path, name: str, addresses: dict[str, str], url: str) -> DemoMember:
    install_trust(folder / name, folder / "federation" / "trust" / "root.json")
    listeners = {f"listen.{listener}": address for listener, address in addresses.items()}
    chosen = {"node.member": name, "node.federation": FEDERATION, **listeners}
    if url:
        chosen["database.url"] = url
    (folder / name / "ydx.toml").write_text(
        render({**chosen, "listen.exchange_reflection": True}), encoding="utf-8"
    )
    return DemoMember(
        name=name,
        origin=f"{FEDERATION}/{name}",
        vkey="",
        api=addresses["exchange"],
        federation=addresses["federation"],
        http=addresses["web"],
        telemetry=addresses["telemetry"],
        dir=str(folder / name),
        tokens=_tokens(url or f"sqlite:///{folder / name}/ydx.sqlite"),
    )


def _tokens(url: str) -> dict[str, str]:
    database = Database.open(url)
    access = Access(database, clock=time.time, random_bytes=os.urandom)
    tokens = {role.value: access.create({role}, label="test", days=1) for role in OTHER_ROLES}
    tokens["platform"] = access.create({Role.PLATFORM}, scope=PLATFORM, label="test", days=1)
    database.close()
    return tokens


def _held_ports(count: int) -> list[socket.socket]:
    """Return sockets bound to ports that nobody uses.

    A listener may bind to such a port too, since both allow it (SO_REUSEADDR) and this one does not
    listen; a second probe may not.
    """
    held: list[socket.socket] = []
    while len(held) < count:
        port = random.SystemRandom().choice(_PORTS)
        probe = socket.socket()
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.close()
            continue
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.append(probe)
    return held
