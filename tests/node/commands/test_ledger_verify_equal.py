"""`ydx ledger verify --equal`: what the note of two members proves without a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from federation.ledger.equal_note import HEADER, sign_equal, signature_line
from tests.federation.trust.made_receipt import signer_named
from tests.federation.trust.repository import Repository
from tests.node.commands.running import runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.running import Said

ANHUI, JIANGSU = signer_named("delta.example/anhui"), signer_named("delta.example/jiangsu")
AGREEMENT: Final = f"delta.example/anhui@7:{'ab' * 32}"
TEXT: Final = HEADER + f"{AGREEMENT} 42 {'cd' * 32} 3 {'ef' * 32}\n".encode()
NOTE: Final = sign_equal(TEXT, ANHUI) + signature_line(TEXT, JIANGSU)


@pytest.fixture
def verify(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    """Run `ydx ledger verify --equal` on a note, in the folder of the trust files."""
    for file in Repository().state.files():
        (tmp_path / f"{file.role}.json").write_bytes(file.content)
    monkeypatch.chdir(tmp_path)
    run = runner(monkeypatch, capsys)

    def verified(raw: bytes, *more: object) -> Said:
        (tmp_path / "equal.txt").write_bytes(raw)
        return run("--lang", "en", "ledger", "verify", "--equal", "equal.txt", *more)

    return verified


def test_the_note_of_two_members_is_verified_offline(verify: Callable[..., Said]) -> None:
    said = verify(NOTE)
    assert said.code == 0
    assert "anhui, jiangsu" in said.out
    assert "outcomes" in said.out, "what it counts posts nothing in part: they are no entries"
    assert "entries" not in said.out
    assert said.out.splitlines()[-1] == "both sides say that their books are equal: verified"
    answer = verify(NOTE, "--json").json
    assert (answer["verdict"], answer["members"]) == ("verified", ["anhui", "jiangsu"])
    assert (answer["agreement"], answer["center_size"], answer["outcomes"]) == (AGREEMENT, 42, 3)
    assert answer["ended"] == []


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"nothing", "MALFORMED_NOTE"),
        (sign_equal(TEXT, ANHUI), "NO_TRUSTED_SIGNATURE"),
        (sign_equal(TEXT, ANHUI) + signature_line(TEXT, ANHUI), "NO_TRUSTED_SIGNATURE"),
        (sign_equal(TEXT, signer_named("delta.example/nobody")), "NO_TRUSTED_SIGNATURE"),
        (NOTE.replace(b" 3 ", b" 4 "), "BAD_SIGNATURE"),
        (sign_equal(HEADER + b"x\n", ANHUI), "MALFORMED_NOTE"),
        (NOTE + b"x" * 4096, "MALFORMED_NOTE"),
    ],
)
def test_a_note_that_two_members_did_not_sign_is_refused(
    verify: Callable[..., Said], raw: bytes, reason: str
) -> None:
    said = verify(raw, "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, reason)


def test_one_of_bundle_and_note_is_given(verify: Callable[..., Said]) -> None:
    assert verify(NOTE, "--bundle", "equal.txt").code == 2
