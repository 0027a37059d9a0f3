"""A demo that `ydx demo` founded and runs; single members can be stopped, started and cut off.

<folder>/demo/      the demo folder: `ydx demo status` works as written in <folder>
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from node.commands.demo import DEFAULT_DIR
from node.config.loading import load
from node.demo import founding, processes
from node.demo.founding import CONFIG_FILE, DemoMember
from node.demo.observing import MemberView, Observer, all_confirmed
from node.rpc.exchange_client import ExchangeClient
from node.storage.database import Database
from tests.waiting import WAIT_S

DEAD: Final = "127.0.0.1:1"
"""Nobody listens there."""
_NO_ADDRESSES: Final = "# addresses = {}"


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the object on the last line of standard output."""
        return json.loads(self.out.splitlines()[-1])


class Demo:
    """A demo folder and its members."""

    def __init__(self, folder: Path, *founding_options: str) -> None:
        self.cwd = folder
        self.folder = folder / DEFAULT_DIR
        self._options = ("--base-port", "0", *founding_options)
        self._clients: dict[tuple[str, str], ExchangeClient] = {}

    def ydx(self, *arguments: object) -> Said:
        """Run a command in the folder in which the demo lies, as a process."""
        done = subprocess.run(
            [sys.executable, "-m", "node", "--lang", "en", *map(str, arguments)],
            cwd=self.cwd,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            check=False,
            text=True,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def run_once(self, *arguments: object) -> Said:
        """Run `ydx demo run --once`."""
        return self.ydx("demo", "run", *self._options, "--once", "--json", *arguments)

    def up(self, *arguments: object) -> Said:
        """Run `ydx demo up`, which has to succeed."""
        said = self.ydx("demo", "up", *self._options, "--json", *arguments)
        assert said.code == 0, said.out + said.err
        return said

    def status(self) -> Said:
        """Run `ydx demo status`."""
        return self.ydx("demo", "status", "--json")

    def down(self) -> None:
        """End all members, if there are any."""
        for client in self._clients.values():
            client.close()
        if (self.folder / founding.STATE_FILE).exists():
            self._keep(processes.stop(self.members()))

    def members(self) -> list[DemoMember]:
        """Return the members as the demo's own file has them."""
        return founding.read_state(self.folder)

    def __getitem__(self, name: str) -> DemoMember:
        return next(one for one in self.members() if one.name == name)

    def others(self, *names: str) -> list[str]:
        """Return the names of all but some members."""
        return [one.name for one in self.members() if one.name not in names]

    def client(self, member: str, role: str = "operator") -> ExchangeClient:
        """Return a client with the token of a role; `platform` is the member's own platform."""
        held = self._clients.get((member, role))
        if held is None:
            held = ExchangeClient(self[member].api, self[member].tokens[self._role(member, role)])
            self._clients[member, role] = held
        return held

    def platform(self, member: str) -> str:
        """Return the name of a member's own platform."""
        return self._role(member, "platform").partition(":")[2]

    def _role(self, member: str, role: str) -> str:
        """Return the key of a token: the first platform is the one that the member began with."""
        return next(key for key in self[member].tokens if key.partition(":")[0] == role)

    def stop(self, *names: str) -> None:
        """Stop some members kindly."""
        stopped = {one.name: one for one in processes.stop([self[name] for name in names])}
        self._keep([stopped.get(one.name, one) for one in self.members()])

    def start(self) -> None:
        """Start those that do not run; returns once all are equal."""
        self.up()

    def wait_equal(self) -> list[MemberView]:
        """Wait until all members hold the same, verified and confirmed."""
        return Observer(self.members()).wait(all_confirmed, WAIT_S, "not equal")

    def database(self, member: str) -> Database:
        """Open a member's database; whoever asks closes it."""
        return Database.open(load(self[member].folder / CONFIG_FILE).settings.database.url)

    def cut(self, one: str, other: str) -> None:
        """Have two members unable to reach each other from their next start on."""
        for name, peer in ((one, other), (other, one)):
            file = self[name].folder / CONFIG_FILE
            text = file.read_text(encoding="utf-8")
            assert _NO_ADDRESSES in text
            addresses = f'addresses = {{ {peer} = "{DEAD}" }}'
            file.write_text(text.replace(_NO_ADDRESSES, addresses), encoding="utf-8")

    def _keep(self, members: list[DemoMember]) -> None:
        founding.write_state(self.folder, members)
