"""The process that keeps the index: whatever happens to it or to its node, a search finds all."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes.writing import new_listing
from tests.waiting import until

if TYPE_CHECKING:
    from node.rpc.exchange_client import ExchangeClient
    from tests.processes.member_processes import Federation, MemberProcess


def publish(client: ExchangeClient) -> str:
    listing: Any = client.call("PublishListing", listing=new_listing()).listing
    return str(listing.name)


def finds(client: ExchangeClient, name: str) -> bool:
    hits = client.pages("SearchListings", "hits", page_size=200)
    return any(hit.listing.name == name for hit in hits)


def _publish_and_find(client: ExchangeClient) -> str:
    name = publish(client)
    until(lambda: finds(client, name), "the index follows")
    return name


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "(zombie)" not in status.read_text()


@pytest.fixture
def member(federation: Federation) -> MemberProcess:
    return federation["shanghai"]


def test_an_index_process_that_is_killed_is_begun_again_and_goes_on(member: MemberProcess) -> None:
    client = member.client()
    for _ in range(2):  # first the copy of the node, then a program of its own
        before = _publish_and_find(client)
        first = member.index_pid()
        os.kill(first, signal.SIGKILL)
        _publish_and_find(client)
        assert finds(client, before)
        assert member.index_pid() not in (0, first)
        assert not is_alive(first)
    client.close()
    operator = member.client("operator")
    told = list(operator.stream("RebuildIndex"))
    assert told[-1].finished
    operator.close()


def test_a_search_serves_while_nothing_keeps_the_index(member: MemberProcess) -> None:
    client = member.client()
    name = _publish_and_find(client)
    os.kill(member.index_pid(), signal.SIGSTOP)
    late = publish(client)
    page = client.call("SearchListings", page_size=200)
    assert any("behind" in one.why for one in page.origins)
    assert not finds(client, late)
    assert finds(client, name)
    os.kill(member.index_pid(), signal.SIGCONT)
    until(lambda: finds(client, late), "the index follows")
    client.close()


def _open_and_removed(pid: int) -> list[str]:
    """Return the files of an index that are gone, but not for a process that has them open."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return [line for line in maps if "/search/" in line and line.endswith("(deleted)")]


def test_a_rebuild_leaves_nothing_of_the_old_files_though_nobody_searches(
    member: MemberProcess,
) -> None:
    client, operator = member.client(), member.client("operator")
    _publish_and_find(client)
    assert list(operator.stream("RebuildIndex"))[-1].finished
    until(lambda: not _open_and_removed(member.pid), "the old files are let go", 10.0)
    client.close()
    operator.close()


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_no_index_process_outlives_its_node(member: MemberProcess, how: str) -> None:
    pid = member.index_pid()
    assert is_alive(pid)
    if how == "killed":
        member.kill()
    else:
        member.terminate()
    until(lambda: not is_alive(pid), "the index process ends")
