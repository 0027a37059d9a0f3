"""The demo's five processes: started, watched and stopped by their own process ids."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from federation.log.errors import Unreachable
from node.demo import ports
from node.demo.founding import DemoMember
from node.demo.interrupts import held_back
from node.rpc.exchange_client import CallFailedError, ExchangeClient

START_S_MAX: Final = 60.0
STOP_S_MAX: Final = 15.0
_POLL_S: Final = 0.1
_LOG_TAIL_LINES: Final = 5


def start(
    members: Sequence[DemoMember], started: Callable[[list[DemoMember]], None]
) -> list[DemoMember]:
    """Start those that do not run; return all with their process ids.

    `started` is told all after each, so that none is forgotten when this is interrupted. Raises
    BAD_CONFIG before the first start where another program listens on a port of one.
    """
    ports.refuse_taken(
        (address for one in members if not is_running(one) for address in one.addresses()),
        "stop it, or found another demo with another --dir and --base-port",
    )
    now = list(members)
    for at, one in enumerate(members):
        if not is_running(one):
            with held_back():  # else a process might be left of which nobody knows
                now[at] = replace(one, pid=_spawn(one))
                started(now)
    return now


def is_running(member: DemoMember) -> bool:
    """Tell whether the member's process is there and is a node of ours."""
    if member.pid <= 0:
        return False
    try:
        command = Path(f"/proc/{member.pid}/cmdline").read_bytes()
        state = Path(f"/proc/{member.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return False
    # The kernel shows no command for a moment after a start, and none once the process has ended.
    return (member.dir.encode() in command or not command) and state.split()[0] != "Z"


def wait_ready(members: Sequence[DemoMember], on_ready: Callable[[str], None]) -> None:
    """Return once all are ready; raises OUT_OF_REACH with the end of the log of one that is not."""
    until = time.monotonic() + START_S_MAX
    waiting = {one.name: one for one in members}
    while waiting:
        for name, member in list(waiting.items()):
            if not is_running(member) or time.monotonic() > until:
                raise Unreachable("OUT_OF_REACH", f"{name} did not start:\n{log_tail(member)}")
            if _is_ready(member):
                del waiting[name]
                on_ready(name)
        time.sleep(_POLL_S)


def check_running(members: Sequence[DemoMember]) -> None:
    """Raise OUT_OF_REACH with the end of the log of a member that does not run."""
    for one in members:
        if not is_running(one):
            raise Unreachable("OUT_OF_REACH", f"{one.name} ended:\n{log_tail(one)}")


def stop(members: Sequence[DemoMember]) -> list[DemoMember]:
    """Stop all that run, first kindly; return them without process ids."""
    running = [one for one in members if is_running(one)]
    for member in running:
        os.kill(member.pid, signal.SIGTERM)
    until = time.monotonic() + STOP_S_MAX
    for member in running:
        while is_running(member) and time.monotonic() < until:
            _reap(member.pid)
            time.sleep(_POLL_S)
        if is_running(member):
            os.kill(member.pid, signal.SIGKILL)
            _reap(member.pid)
    return [replace(one, pid=0) for one in members]


def log_tail(member: DemoMember) -> str:
    """Return the last lines of a member's log."""
    try:
        lines = (member.folder / "node.log").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(lines[-_LOG_TAIL_LINES:])


def _spawn(member: DemoMember) -> int:
    with (member.folder / "node.log").open("ab") as log:
        command = [sys.executable, "-m", "node", "serve", "--config", f"{member.dir}/ydx.toml"]
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    return process.pid


def _is_ready(member: DemoMember) -> bool:
    """Tell whether all parts are, and whether it is the member itself that answers."""
    try:
        url = f"http://{member.telemetry}/readyz"
        with urllib.request.urlopen(url, timeout=1) as answer:
            if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
                return False
    except (urllib.error.URLError, OSError):
        return False
    client = ExchangeClient(member.api, member.tokens["operator"])
    try:
        return bool(client.call("GetNode", repeat=False).vkey == member.vkey)
    except CallFailedError:
        return False
    finally:
        client.close()


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # another process started it
