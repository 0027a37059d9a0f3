"""`ydx receipt verify`: the verdict, its exit code, and what is missing where it cannot judge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from federation.trust import ceremony
from federation.trust.carrying import carry
from node.commands.receipt import read_trust_of
from node.commands.times import beijing_time_of
from tests.federation.trust.made_receipt import MadeReceipt, signer_named
from tests.federation.trust.repository import NOW, Repository, signer, version
from tests.node.commands.running import runner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from federation.trust.tuf_file import TrustFile
    from tests.node.commands.running import Said


@pytest.fixture
def verify(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    """Run `ydx receipt verify` on a receipt, beside the whole trust folder of a federation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "trust"
    folder.mkdir()
    for file in Repository().state.files():
        (folder / f"{file.role}.json").write_bytes(file.content)
    run = runner(monkeypatch, capsys)

    def verified(
        made: MadeReceipt | bytes,
        *more: object,
        lang: str = "en",
        others: Sequence[MadeReceipt] = (),
        along: Sequence[TrustFile] = (),
    ) -> Said:
        first = made if isinstance(made, bytes) else made.text()
        text = first + b"".join(one.text() for one in others)
        (tmp_path / "r.txt").write_bytes(carry(text, along) if along else text)
        root = () if "--root" in more else ("--root", "trust/root.json")
        return run("--lang", lang, "receipt", "verify", "r.txt", *root, *more)

    return verified


def test_a_quorum_confirms(verify: Callable[..., Said]) -> None:
    said = verify(MadeReceipt(), "--json")
    assert said.code == 0
    answer = said.json
    assert (answer["verdict"], answer["origin"]) == ("confirmed", "delta.example/anhui")
    assert (answer["leaf_index"], answer["tree_size"], answer["required"]) == (4, 7, 3)
    assert [one["member"] for one in answer["cosigned_by"]] == ["center", "jiangsu", "shanghai"]
    assert answer["cosigned_by"][0]["at"] == "2026-05-28T20:28:20+00:00"
    assert answer["parts"] == {
        "public": {"title": "高强铝合金低压铸造技术", "region": "340100"},
        "origin": None,
    }


def test_without_a_quorum_it_is_provisional_with_its_own_exit_code(
    verify: Callable[..., Said],
) -> None:
    said = verify(MadeReceipt(witnesses=("center",)), "--json")
    assert (said.code, said.json["verdict"]) == (3, "provisional")


def test_a_sealed_document_is_shown_with_its_readers(verify: Callable[..., Said]) -> None:
    made = MadeReceipt(is_sealed=True, opened=(0,))
    said = verify(made, "--json")
    document = {
        "subject": "00041061050r3gg28a1c60t3gf",
        "revision": 1,
        "named": ["center"],
        "content": "c3RlcA==",
        "name": "",
        "recorded_at": "",
    }
    assert said.code == 0
    assert said.json["parts"] == {"document": document, "personal": None}
    told = verify(made).out
    assert "00041061050r3gg28a1c60t3gf (for center)" in told
    assert "sealed document" in told
    unopened = verify(MadeReceipt(is_sealed=True), lang="zh").out
    assert "密封文件" in unopened
    assert "内容 文件" in unopened


def test_the_verdict_on_several_receipts_is_that_on_the_worst(verify: Callable[..., Said]) -> None:
    good, provisional = MadeReceipt(), MadeReceipt(witnesses=("center",))
    said = verify(good, "--json", others=[good])
    assert (said.code, said.json["verdict"]) == (0, "confirmed")
    assert [one["leaf_index"] for one in said.json["receipts"]] == [4, 4]
    said = verify(good, "--json", others=[provisional, good])
    assert (said.code, said.json["verdict"]) == (3, "provisional")
    assert [one["verdict"] for one in said.json["receipts"]][1] == "provisional"
    said = verify(good, "--json", others=[MadeReceipt(proven_index=3)])
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_PROOF")
    assert verify(good, others=[good]).out.count("proven, and conf") == 2


@pytest.mark.parametrize(
    ("lang", "verdict"), [("zh", "已证明，且达到"), ("en", "proven, and conf")]
)
def test_a_person_reads_origin_witnesses_and_verdict(
    verify: Callable[..., Said], lang: str, verdict: str
) -> None:
    said = verify(MadeReceipt(), lang=lang)
    operation = "写入" if lang == "zh" else "PUT"
    assert ("来源所记时间（北京）" if lang == "zh" else "recorded at (Beijing)") in said.out
    for text in ("delta.example/anhui", "shanghai (", "3 / 3", "高强铝合金", operation, verdict):
        assert text in said.out


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (MadeReceipt(proven_index=3), "BAD_PROOF"),
        (MadeReceipt(wire_suffix=b"!"), "PART_DOES_NOT_OPEN"),
        (MadeReceipt(log_signer=signer_named("delta.example/nobody")), "UNKNOWN_ORIGIN"),
    ],
)
def test_a_spoilt_receipt_exits_1_with_its_reason(
    verify: Callable[..., Said], made: MadeReceipt, reason: str
) -> None:
    said = verify(made, "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, reason)
    assert "peer" not in said.json["error"]["cure"]
    assert "elsewhere" not in said.json["error"]["cure"]


def test_missing_trust_files_are_named(verify: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "trust" / "registry.json").unlink()
    said = verify(MadeReceipt(), "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_CONFIG")
    assert "registry.json" in said.json["error"]["what"]


@pytest.mark.parametrize(
    ("first_signer", "code", "told"),
    [(1, 0, "confirmed"), (11, 1, "of the receipt do not follow")],
)
def test_root_json_is_enough_for_a_receipt_that_carries_the_trust_files(
    verify: Callable[..., Said], tmp_path: Path, first_signer: int, code: int, told: str
) -> None:
    root = tmp_path / "alone" / "root.json"
    root.parent.mkdir()
    root.write_bytes((tmp_path / "trust" / "root.json").read_bytes())
    files = Repository(first_signer=first_signer).state.files()[1:]
    said = verify(MadeReceipt(), "--root", root, "--json", along=files)
    assert said.code == code
    assert told in said.out


def test_it_is_told_whose_registry_proved_it_and_until_when(
    verify: Callable[..., Said], tmp_path: Path
) -> None:
    files = Repository().state.files()
    expires = datetime.fromtimestamp(Repository().state.expires, UTC).isoformat()
    day = beijing_time_of(expires)[:10]
    told = verify(MadeReceipt(), "--json", along=files).json
    assert (told["registry_from"], told["registry_expires"]) == ("folder", expires)
    assert f"of your folder, valid until {day}" in verify(MadeReceipt(), lang="en").out
    for name in ("targets.json", "registry.json"):
        (tmp_path / "trust" / name).unlink()
    assert verify(MadeReceipt(), "--json", along=files).json["registry_from"] == "receipt"
    told_en = verify(MadeReceipt(), along=files, lang="en").out
    assert f"of the receipt, valid until {day}" in told_en


def test_a_damaged_receipt_beside_root_json_alone_is_told_as_damaged(
    verify: Callable[..., Said], tmp_path: Path
) -> None:
    root = tmp_path / "alone" / "root.json"
    root.parent.mkdir()
    root.write_bytes((tmp_path / "trust" / "root.json").read_bytes())
    raw = carry(MadeReceipt().text(), Repository().state.files())
    at = raw.index(b"extra ") + 600
    for damaged in (raw[:at] + raw[at + 1 :], raw[: len(raw) // 2], b"hello"):
        said = verify(damaged, "--root", root, "--json")
        assert (said.code, said.json["error"]["reason"]) == (1, "MALFORMED_RECEIPT")


def test_the_registry_may_lie_elsewhere(verify: Callable[..., Said], tmp_path: Path) -> None:
    root = tmp_path / "pinned.json"
    root.write_bytes((tmp_path / "trust" / "root.json").read_bytes())
    said = verify(MadeReceipt(), "--root", root, "--trust-dir", "trust", "--json")
    assert (said.code, said.json["verdict"]) == (0, "confirmed")


def test_files_by_keys_that_a_root_has_replaced_prove_nothing(
    verify: Callable[..., Said], tmp_path: Path
) -> None:
    repository = Repository()
    stolen = repository.offline[:3]
    repository.next_root(offline=[signer(number) for number in range(11, 16)])
    files = repository.state.files()
    forged = ceremony.sign_targets(version(repository.state.registry, 99), stolen, NOW)
    root = tmp_path / "alone" / "root.json"
    root.parent.mkdir()
    root.write_bytes(files[0].content)
    said = verify(MadeReceipt(), "--root", root, "--json", along=[*files[:2], *forged])
    assert (said.code, said.json["error"]["reason"]) == (1, "TRUST_FILE_REFUSED")
    said = verify(MadeReceipt(), "--root", root, "--json", along=forged)
    assert said.json["registry_version"] == 99, "who is not told of the new root cannot know"


def test_a_trust_folder_elsewhere_counts_whole(tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    folder.mkdir()
    for file in Repository().state.files():
        (folder / f"{file.role}.json").write_bytes(file.content)
    pinned = tmp_path / "pinned.json"
    pinned.write_bytes((folder / "root.json").read_bytes())
    elsewhere, beside = read_trust_of(pinned, folder), read_trust_of(folder / "root.json", None)
    assert elsewhere.files() == beside.files()
    assert not elsewhere.stale(NOW)


def test_a_registry_that_the_root_did_not_sign_is_refused(
    verify: Callable[..., Said], tmp_path: Path
) -> None:
    registry = tmp_path / "trust" / "registry.json"
    registry.write_bytes(registry.read_bytes() + b" ")
    said = verify(MadeReceipt(), "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "TRUST_FILE_REFUSED")


def test_an_expired_registry_still_proves_and_says_so(verify: Callable[..., Said]) -> None:
    said = verify(MadeReceipt())
    assert said.code == 0
    assert "may not be the newest" in said.err


def test_a_file_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = runner(monkeypatch, capsys)
    said = run("receipt", "verify", tmp_path / "none", "--root", tmp_path / "root.json", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_FILE")
    (tmp_path / "none").write_bytes(MadeReceipt().text())
    said = run("receipt", "verify", tmp_path / "none", "--root", tmp_path / "root.json", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_CONFIG")
    assert "root.json" in said.json["error"]["what"]
