"""`ydx demo run | up | status`: what they print, how they end, and that they load nothing twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from node.commands import demo as demo_command
from node.demo import playing
from node.demo.listings import MEMBERS
from node.storage.schema import catalogue
from tests.end_to_end.conftest import Running
from tests.end_to_end.running import Demo
from tests.node.commands.running import runner
from tests.node.exporting.checkers import run

MEMBER_KEYS = {
    "name", "origin", "vkey", "api", "federation", "http", "telemetry", "pid", "dir", "tokens",
}  # fmt: skip
ROLES = {"partner", "clerk", "approver", "operator", "security", "auditor"}


def test_run_once_prints_the_object_of_the_demo(running: Running) -> None:
    told = running.first.json
    assert set(told) == {"members", "listings", "equal", "digests", "story"}
    assert [one["name"] for one in told["members"]] == list(MEMBERS)
    for one in told["members"]:
        assert set(one) == MEMBER_KEYS
        assert set(one["tokens"]) > ROLES
        assert any(key.startswith("platform:") for key in one["tokens"])
        assert one["pid"] > 0
        assert one["vkey"].startswith(f"{one['origin']}+")
    assert told["listings"] == 200
    assert told["equal"] is True


def test_run_once_compares_both_digests_of_all_five(running: Running) -> None:
    digests = running.first.json["digests"]
    assert set(digests) == set(MEMBERS)
    for audience in ("public", "members"):
        (one,) = {digests[member][audience] for member in MEMBERS}
        assert len(bytes.fromhex(one)) == 32
    assert digests["center"]["public"] != digests["center"]["members"]


def test_run_once_tells_a_partnership_from_the_search_to_the_settled_income(
    running: Running,
) -> None:
    told = running.first.json["story"]
    partnership, ledger = told[:9], told[9:]
    assert [line["member"] for line in partnership] == [
        "jiangsu", "jiangsu", "anhui", "jiangsu", "jiangsu", "anhui", "jiangsu", "anhui", "center",
    ]  # fmt: skip
    assert "2026340000000042" in partnership[-2]["zh"]
    assert partnership[-1]["en"].endswith("anhui, jiangsu, center")
    assert [line["en"] for line in ledger[1:5]] == [
        "books AH 45,000.01, JS 35,000.00, NETC 20,000.00",
        "books AH 95,625.00, JS 74,375.00, NETC 30,000.00",  # the center's cap
        "books AH 22,500.00, JS 17,500.00, NETC 10,000.00",
        "takes back AH -4,500.00, JS -3,500.00, NETC -2,000.00",
    ]
    assert [line["en"] for line in ledger[6:8]] == [
        "pays JS 123,375.00 yuan",
        "pays NETC 58,000.00 yuan",
    ]
    assert "equal to the fen" in ledger[-1]["en"]
    assert "accepts" in running.first.err
    again = running.second.json["story"]
    assert [line["member"] for line in again] == [line["member"] for line in told]
    assert again[2:] == told[2:]


def test_the_story_stands_when_it_is_played_on_another_day(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step is known by its request id, so what it says may not move with the calendar."""
    running.demo.wait_equal()
    clock = {one: getattr(time, one) for one in ("monotonic", "sleep", "strftime", "gmtime")}
    yesterday = SimpleNamespace(time=lambda: time.time() - 86_400, **clock)
    monkeypatch.setattr(playing, "time", yesterday)
    again = demo_command._play(running.demo.members(), 0)
    told = running.first.json["story"]
    assert [(one.member, one.zh) for one in again[2:]] == [
        (line["member"], line["zh"]) for line in told[2:]
    ]


def test_run_once_leaves_each_partner_its_books_as_accountants_read_them(running: Running) -> None:
    folders = {one["name"]: Path(one["dir"]) for one in running.first.json["members"]}
    for member in ("anhui", "jiangsu", "center"):
        folder = folders[member]
        beans, journal = str(folder / "ledger.beancount"), str(folder / "ledger.journal")
        for command in (
            ("bean-check", beans),
            ("hledger", "-f", journal, "check", "--strict"),
            ("ledger", "-f", journal, "--strict", "--pedantic", "bal"),
        ):
            assert run(*command).returncode == 0, command
        assert "大写" in (folder / "ledger.statement.html").read_text(encoding="utf-8")
    assert not (folders["shanghai"] / "ledger.journal").exists()


def test_run_once_leaves_nothing_running(running: Running) -> None:
    assert running.left_running == []


def test_a_second_start_loads_nothing_new(running: Running) -> None:
    """The digests cover the confirmed sizes of all logs, so an entry more would show."""
    assert running.second.json["digests"] == running.first.json["digests"]
    assert running.second.json["listings"] == 200
    told = (
        "holds a demo already",
        "to begin anew: ydx demo down; rm -r demo",
        "nothing new was written",
    )
    assert [line for line in told if line not in running.second.err] == []
    assert [line for line in told if line in running.first.err] == []


@contextmanager
def altered(demo: Demo, member: str) -> Iterator[None]:
    """Have another leaf hash stand in a member's catalogue."""
    key = catalogue.c.origin_id, catalogue.c.subject
    database = demo.database(member)
    try:
        with database.read() as tx:
            origin_id, subject, leaf_hash = next(
                iter(tx.execute(select(*key, catalogue.c.leaf_hash).limit(1)))
            )
        where = (key[0] == origin_id, key[1] == subject)
        try:
            with database.write() as tx:
                tx.execute(update(catalogue).where(*where).values(leaf_hash=bytes(32)))
            yield
        finally:
            with database.write() as tx:
                tx.execute(update(catalogue).where(*where).values(leaf_hash=leaf_hash))
    finally:
        database.close()


def test_a_member_that_differs_is_named_and_nothing_succeeds(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.wait_equal()
    with altered(demo, "anhui"):
        said = demo.status()
        assert (said.code, said.json["equal"]) == (1, False)
        assert "anhui computes another public_digest" in said.err
        monkeypatch.setattr(demo_command, "EQUAL_S_MAX", 0.5)
        monkeypatch.setattr(demo_command, "_stop", lambda *_: None)
        ydx = runner(monkeypatch, capsys)
        run = ydx("--lang", "en", "demo", "run", "--dir", demo.folder, "--once", "--json")
        assert run.code == 1
        assert "anhui computes another public_digest" in run.out
        assert not [name for name in MEMBERS if name != "anhui" and f"{name} computes" in run.out]
    assert demo.status().code == 0
