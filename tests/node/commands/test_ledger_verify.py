"""`ydx ledger verify`: the verdict on a bundle, its exit code, and every difference by its name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import node
from federation.ledger import bundle
from federation.ledger.bundle import make_bundle
from federation.ledger.bundle_receipts import Kind
from node.commands.ledger_verify import KINDS
from tests.federation.ledger.signed_paper import SignedPaper, play_story, signed_note
from tests.federation.trust.repository import Repository
from tests.node.commands.running import runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.node.commands.running import Said

PAPER = SignedPaper()
FIRST = play_story(PAPER)
SUMMARY = PAPER.summary(FIRST)
BUNDLE = PAPER.bundle(FIRST)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the trust files of a federation and the bundle, and nothing else."""
    for file in Repository().state.files():
        (tmp_path / f"{file.role}.json").write_bytes(file.content)
    (tmp_path / "books.txt").write_bytes(BUNDLE)
    return tmp_path


@pytest.fixture
def verify(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> Callable[..., Said]:
    """Run `ydx ledger verify` on a bundle, in the folder of the trust files."""
    monkeypatch.chdir(folder)
    run = runner(monkeypatch, capsys)

    def verified(raw: bytes, *more: object, lang: str = "en") -> Said:
        (folder / "books.txt").write_bytes(raw)
        return run("--lang", lang, "ledger", "verify", "--bundle", "books.txt", *more)

    return verified


def test_it_needs_no_node_and_no_configuration(folder: Path) -> None:
    before = set(folder.iterdir())
    paths = os.pathsep.join(filter(None, sys.path))
    ended = subprocess.run(
        [sys.executable, "-m", "node", "ledger", "verify", "--bundle", "books.txt", "--json"],
        cwd=folder,
        env={"PYTHONPATH": paths, "HOME": str(folder)},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    answer = json.loads(ended.stdout)
    assert (answer["verdict"], answer["differences"]) == ("verified", [])
    assert set(folder.iterdir()) == before
    assert Path(node.__file__ or "").is_file()


def test_root_json_is_enough_for_a_bundle_that_carries_the_trust_files(
    verify: Callable[..., Said], tmp_path: Path
) -> None:
    root = tmp_path / "alone" / "root.json"
    root.parent.mkdir()
    files = Repository().state.files()
    root.write_bytes(files[0].content)
    alone = ("--root", root, "--json")
    assert verify(BUNDLE, *alone).json["error"]["reason"] == "BAD_CONFIG"
    carrying = bundle.carry(BUNDLE, files)
    said = verify(carrying, *alone)
    assert (said.code, said.json["differences"]) == (0, [])
    assert bundle.carry(carrying, ()) == BUNDLE
    others = bundle.carry(BUNDLE, Repository(first_signer=11).state.files())
    assert verify(others, *alone).json["error"]["reason"] == "TRUST_FILE_REFUSED"


def test_of_a_huge_file_no_more_is_read_than_a_bundle_holds(
    verify: Callable[..., Said], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "BUNDLE_BYTES_MAX", len(BUNDLE))
    assert verify(BUNDLE).code == 0
    huge = folder / "huge.txt"
    huge.write_bytes(BUNDLE)
    os.truncate(huge, 1 << 40)  # a hole on the disk, a tebibyte in memory
    said = verify(BUNDLE, "--bundle", "huge.txt", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "MALFORMED_RECEIPT")
    assert "too large" in said.json["error"]["what"]


def test_an_honest_bundle_tells_its_figures(verify: Callable[..., Said]) -> None:
    said = verify(BUNDLE, "--json")
    assert said.code == 0
    answer = said.json
    assert answer["agreement"] == "delta.example/anhui#0"
    assert [one["party"] for one in answer["parties"]] == ["AH", "JS", "NETC"]
    assert (answer["documents"], answer["outcomes"], answer["entries"]) == (17, 5, 3)
    assert answer["shared_fen"] == 90_001
    assert answer["state_digest"] == SUMMARY.state_digest.hex()
    assert answer["balances"] == [
        {"account": "CLEARING:AH", "fen": 63_001},
        {"account": "PAYABLE:AH", "fen": -45_001},
        {"account": "PAYABLE:NETC", "fen": -18_000},
    ]
    assert [one["period"] for one in answer["statements"]] == ["2026-11"]
    assert answer["registry_version"] == 1


@pytest.mark.parametrize(("lang", "verdict"), [("zh", "已验证"), ("en", "verified")])
def test_a_person_reads_parties_amounts_and_one_line_at_the_end(
    verify: Callable[..., Said], lang: str, verdict: str
) -> None:
    said = verify(BUNDLE, lang=lang)
    assert said.code == 0
    assert said.out.splitlines()[-1] == verdict
    for text in ("AH 平台 (anhui)", "900.01", "630.01", "-450.01", SUMMARY.state_digest.hex()):
        assert text in said.out
    balance = {"zh": "余额 代收待分 AH", "en": "balance Clearing AH"}
    assert balance[lang] in said.out
    assert "CLEARING" not in said.out


def test_every_difference_is_told_and_exits_1(verify: Callable[..., Said]) -> None:
    claimed = replace(SUMMARY, entry_count=4, balances=(("CLEARING:AH", 63_002),))
    raw = make_bundle(claimed, PAPER.receipts().values())
    said = verify(raw, "--json")
    assert (said.code, said.json["verdict"]) == (1, "differs")
    assert [(one["item"], one["claimed"], one["found"]) for one in said.json["differences"]] == [
        ("entries", "4", "3"),
        ("balance CLEARING:AH", "63002", "63001"),
        ("balance PAYABLE:AH", "", "-45001"),
        ("balance PAYABLE:NETC", "", "-18000"),
    ]
    said = verify(raw)
    assert said.code == 1
    assert "63002" in said.out
    assert said.out.splitlines()[-1] == "differs: do not rely on it"


def test_where_documents_are_missing_no_balance_is_told(verify: Callable[..., Said]) -> None:
    kept = [raw for ref, raw in PAPER.receipts().items() if ref.leaf_index != 1]
    raw = make_bundle(SUMMARY, kept)
    answer = verify(raw, "--json").json
    assert (answer["balances"], answer["shared_fen"], answer["state_digest"]) == (None,) * 3
    assert "balance" not in verify(raw).out.replace("balances in all", "")
    without_first = make_bundle(
        SUMMARY, [raw for ref, raw in PAPER.receipts().items() if ref != FIRST]
    )
    said = verify(without_first, "--json")
    assert (said.code, said.json["parties"]) == (1, [])


def test_without_a_quorum_it_is_provisional_with_its_own_exit_code(
    verify: Callable[..., Said],
) -> None:
    few = PAPER.receipts(lambda head: signed_note(head, ("jiangsu", "shanghai")))
    receipts = PAPER.receipts() | {FIRST: few[FIRST]}
    raw = make_bundle(SUMMARY, receipts.values())
    said = verify(raw, "--json")
    assert (said.code, said.json["verdict"]) == (3, "provisional")
    assert said.json["provisional"] == ["delta.example/anhui#0"]
    assert "provisional delta.example/anhui#0" in verify(raw).out


def test_what_is_no_bundle_and_what_is_not_there_are_refused(verify: Callable[..., Said]) -> None:
    said = verify(b"nothing", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "MALFORMED_RECEIPT")
    said = verify(BUNDLE, "--bundle", "none.txt", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_FILE")
    said = verify(BUNDLE, "--root", "none.json", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_CONFIG")


def test_every_kind_of_difference_has_its_text() -> None:
    assert set(KINDS) == {one.value for one in Kind}
