"""`ydx log`: a good database is found good, each difference told; the checkpoint as it is."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from federation.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from federation.log.entry import KIND_ERASE
from federation.log.keys import Signer, VerifierKey, generate_private
from federation.records.codec_body import ErasedPart, erase_body
from node.commands.log import _show_reports
from node.commands.output import Language, choose_language
from node.services.catalogue.destruction import Destruction
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write
from node.services.log.verification import Report
from node.services.sync.enrolment import create_federation, create_member, install_trust
from node.storage import mirrors
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder
from node.storage.schema import catalogue, part
from tests.node.services.own_node import MEMBER, NOW_S, ORIGIN, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.services.log.view import LogView
    from tests.node.commands.running import Said

FEDERATION = ORIGIN.partition("/")[0]
LISTINGS = 3


@pytest.fixture
def log_key(tmp_path: Path) -> VerifierKey:
    """Make the folder of a member with a log of some listings, which has stopped."""
    lines = [
        create_member(tmp_path / name, FEDERATION, name, "340000", f"{name}.example:1").text()
        for name in (MEMBER, "jiangsu", "shanghai")
    ]
    create_federation(lines, tmp_path / "fed", NOW_S)
    install_trust(tmp_path / MEMBER, tmp_path / "fed" / "trust" / "root.json")
    (tmp_path / MEMBER / "ydx.toml").write_text(
        f'[node]\nmember = "{MEMBER}"\nfederation = "{FEDERATION}"\n'
    )
    database = open_database(tmp_path)
    with OwnNode(database) as node:
        node.sequencer.open_log()
        listings = [supply(number) for number in range(LISTINGS)]
        node.batches.publish(PLATFORM, listings, node.options(), lambda _rows: b"")
    with KeyFolder(tmp_path / MEMBER / "keys") as keys:
        sign(database, keys.log_signer)
        key = keys.log_signer.verifier()
    database.close()
    return key


def open_database(folder: Path) -> Database:
    return Database.open(f"sqlite:///{folder}/{MEMBER}/ydx.sqlite")


def sign(database: Database, signer: Signer) -> None:
    with database.write() as tx:
        own = mirrors.get(tx, ORIGIN)
        checkpoint = Checkpoint(ORIGIN, own.verified_size, own.verified_root)
        mirrors.set_published_note(tx, own.origin_id, sign_checkpoint(checkpoint, [signer]))


@pytest.fixture
def log(ydx: Callable[..., Said], log_key: VerifierKey) -> Callable[..., Said]:
    del log_key

    def run(*arguments: object) -> Said:
        return ydx("--lang", "en", "log", *arguments, "--config", f"{MEMBER}/ydx.toml")

    return run


def test_a_file_that_stands_beside_the_log_of_another_is_told_as_damaged(
    log: Callable[..., Said], tmp_path: Path
) -> None:
    """As after a restore that leaves the write-ahead log of the newer file where it is."""
    file = tmp_path / MEMBER / "ydx.sqlite"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("INSERT INTO request VALUES (?, ?, ?, ?)", (bytes(16), bytes(32), b"x", 1.0))
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, '(recorded_at_s)', '(outcome)')"
            " WHERE name = 'ix_request_recorded_at_s'"
        )
        raw.commit()
    said = log("verify", "--full", "--json")
    assert (said.code, said.json.get("ok")) == (1, False), said.out
    assert said.json["database_faults"]
    assert all(one["ok"] for one in said.json["logs"])
    told = log("verify", "--full")
    assert "the database is damaged" in told.err
    assert "everything agrees" not in told.out
    assert log("verify", "--json").json["database_faults"] == []


@pytest.mark.parametrize("full", [(), ("--full",)])
def test_a_good_log_is_found_good(log: Callable[..., Said], full: tuple[str, ...]) -> None:
    said = log("verify", *full, "--json")
    assert said.code == 0
    (row,) = said.json["logs"]
    assert (said.json["ok"], row["origin"], row["tree_size"]) == (True, ORIGIN, LISTINGS + 1)
    assert row["parts_held"] == (3 * LISTINGS if full else 0)
    assert "everything agrees" in log("verify", *full).out


def test_every_difference_is_told_with_its_place(log: Callable[..., Said], tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.write() as tx:
        tx.execute(update(catalogue).values(title="forged"))
        tx.execute(update(part).values(content=b"forged"))
    database.close()
    assert log("verify").code == 0, "without --full neither is looked at"
    said = log("verify", "--full", "--json")
    assert (said.code, said.json.get("ok")) == (1, False), said.out
    (row,) = said.json["logs"]
    assert row["difference_count"] >= LISTINGS + 3 * LISTINGS
    shown = log("verify", "--full")
    assert shown.code == 1
    assert "the catalogue shows another content" in shown.out
    assert "entry 1" in shown.out


def test_why_parts_are_absent_is_told_in_the_language_chosen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose_language(Language.ZH)
    _show_reports([Report(ORIGIN, parts_absent=Counter(withheld=74, wanted=1))], full=True)
    assert "不对本方公开 74, 尚未到达 1" in capsys.readouterr().out


def test_a_note_of_another_key_is_a_difference(log: Callable[..., Said], tmp_path: Path) -> None:
    database = open_database(tmp_path)
    sign(database, Signer(ORIGIN, generate_private()))
    database.close()
    said = log("verify", "--json")
    (difference,) = said.json["logs"][0]["differences"]
    assert (said.code, difference["place"]) == (1, "published note")


def test_the_checkpoint_is_the_note_byte_for_byte(
    log: Callable[..., Said], log_key: VerifierKey
) -> None:
    said = log("checkpoint")
    found = open_checkpoint(said.out.encode(), log_key)
    assert (found.origin, found.tree_size) == (ORIGIN, LISTINGS + 1)
    told = log("checkpoint", "--json").json
    assert (told["note"], told["tree_size"], told["confirmed"]) == (said.out, LISTINGS + 1, False)


def test_a_log_that_is_not_held_is_refused(log: Callable[..., Said]) -> None:
    for command in ("verify", "checkpoint", "destroy"):
        said = log(command, "--origin", "ydx.example/nobody", "--json")
        assert (said.code, said.json["error"]["reason"]) == (1, "UNKNOWN_ORIGIN")
    told = log("verify", "--origin", "nobody", "--lang", "zh").err
    assert f"情况  此处没有 nobody 的日志；现有：{ORIGIN}\n" in told
    assert "登记表" not in told


def test_a_log_is_named_by_its_member_too(log: Callable[..., Said]) -> None:
    (row,) = log("verify", "--origin", MEMBER, "--json").json["logs"]
    assert row["origin"] == ORIGIN
    assert log("checkpoint", "--origin", MEMBER).out == log("checkpoint").out
    assert log("destroy", "--origin", MEMBER, "--json").code == 0


def test_what_waits_to_be_destroyed_is_listed_and_agreed_to(
    log: Callable[..., Said], tmp_path: Path
) -> None:
    database = open_database(tmp_path)
    assert log("destroy", "--json").json == {"erasures": []}
    with OwnNode(database) as node:
        line = ErasedPart(ORIGIN, 1, 2)
        draft = Draft(kind=KIND_ERASE, body=erase_body((line,), "PIPL-47"))

        def erase(view: LogView) -> bytes:
            view.append(draft)
            return b""

        node.sequencer.submit(Write(erase))
    Destruction(database, lambda: NOW_S, 259_200, 50).step()
    database.close()
    (row,) = log("destroy", "--json").json["erasures"]
    assert row == {
        "origin": ORIGIN,
        "leaf_index": LISTINGS + 1,
        "day": "2026-11-18",
        "parts": 1,
        "due": "2026-11-21T11:06:40+00:00",
        "waits_for": "agreement",
    }
    told = log("destroy", "--lang", "zh").out
    assert "安全期满（北京）" in told
    assert "2026-11-21 19:06:40" in told
    assert "运维同意" in told
    said = log("destroy", "--agree")
    assert "agreement" in said.out
    assert "agreed to the destruction of 1 parts" in said.err
    assert log("destroy", "--json").json["erasures"][0]["waits_for"] == "confirmation"


def test_before_anything_is_signed_there_is_no_checkpoint(
    log: Callable[..., Said], tmp_path: Path
) -> None:
    database = open_database(tmp_path)
    with database.write() as tx:
        mirrors.set_published_note(tx, mirrors.get(tx, ORIGIN).origin_id, b"")
    database.close()
    said = log("checkpoint", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "NO_CHECKPOINT_YET")


def test_no_database_is_made_where_none_is(log: Callable[..., Said], tmp_path: Path) -> None:
    file = tmp_path / MEMBER / "ydx.sqlite"
    file.unlink()
    said = log("verify", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_CONFIG")
    assert not file.exists()
