"""Two processes on the same data: one works, the other says who does, and goes."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.processes.member_processes import Federation, MemberProcess
from tests.processes.writing import Book, check_book


def serve(member: MemberProcess, language: str) -> subprocess.CompletedProcess[str]:
    """Run `ydx serve` on a member's data until it ends by itself."""
    config = str(member.folder / "ydx.toml")
    command = [sys.executable, "-m", "node", "--lang", language, "serve", "--config", config]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_edge_20_a_second_process_refuses_to_start_and_names_the_first(
    federation: Federation,
) -> None:
    member = federation["anhui"]
    second = serve(member, "en")
    assert second.returncode == 1
    assert second.stdout == ""
    assert "LOCK_HELD" in second.stderr
    assert f"process {member.pid} on " in second.stderr
    assert "Traceback" not in second.stderr
    assert "错误  LOCK_HELD" in serve(member, "zh").stderr
    assert member.write_state() == "OPEN", "the first goes on"


def test_after_a_kill_the_next_process_starts_though_the_lock_file_is_there(
    federation: Federation,
) -> None:
    member, book = federation["anhui"], Book()
    client = member.client()
    book.write(client)
    killed = member.pid
    member.kill()
    assert json.loads((member.folder / "keys" / "lock").read_text())["pid"] == str(killed)
    member.start()
    member.wait_open()
    check_book(book, client)
    client.close()
    assert json.loads((member.folder / "keys" / "lock").read_text())["pid"] == str(member.pid)
