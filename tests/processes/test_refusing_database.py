"""A PostgreSQL database that refuses every write: the node says so wherever it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node.storage.postgres import NOT_DURABLE, PostgresServer
from tests.processes.asking import CATALOGUE, health, metric, ready
from tests.processes.member_processes import running_federation
from tests.processes.writing import Book
from tests.waiting import until

pytestmark = pytest.mark.timeout(300)
NAMES = ("shanghai", "anhui", "center")


def test_a_database_that_refuses_writes_is_told_and_heals(tmp_path: Path) -> None:
    with (
        PostgresServer(*NOT_DURABLE) as server,
        running_federation(tmp_path, NAMES, server) as federation,
    ):
        member, book = federation["anhui"], Book()
        client, url = member.client(), member.database.url
        assert ready(member)[0] == 200
        assert metric(member, 'ydx_health_state{component="database"}') == 0

        server.alter(url, "SET default_transaction_read_only = on")
        server.terminate_connections(url)
        until(lambda: member.write_state() == "DATABASE_ERROR", "the node finds out by itself")
        assert book.write(client).reason == "DATABASE_ERROR"
        node = client.call("GetNode")
        assert "read-only transaction" in node.write_state_why
        until(lambda: health(member, CATALOGUE) == "NOT_SERVING", "health says so")
        assert ready(member) == (503, {"database": "ok", "listeners": "ok", "log": "failed"})
        assert metric(member, "ydx_log_writable") == 0
        assert metric(member, 'ydx_health_state{component="log"}') == 2
        assert metric(member, 'ydx_health_state{component="database"}') == 2
        logged = member.log_tail()
        assert '"rpc failed"' in logged
        assert "read-only transaction" in logged

        server.alter(url, "RESET default_transaction_read_only")
        until(lambda: member.write_state() == "OPEN", "writes are taken again")
        until(lambda: book.write(client).name, "a write is taken")
        until(lambda: ready(member)[0] == 200, "the probe says so")
        assert metric(member, "ydx_log_writable") == 1
        client.close()
