"""`ydx token`: shown once, stored hashed, listed without its text, revoked for good."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import Refused
from node.services.access import Access, Role
from node.storage.database import Database
from tests.node.commands.running import runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.running import Said


@pytest.fixture
def ydx(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "ydx.toml").write_text('[node]\nmember = "anhui"\nfederation = "ydx.example"\n')
    Database.open(f"sqlite:///{tmp_path}/ydx.sqlite").close()
    return runner(monkeypatch, capsys)


def verified_roles(folder: Path, text: str) -> frozenset[Role]:
    database = Database.open(f"sqlite:///{folder}/ydx.sqlite")
    try:
        return Access(database, clock=time.time, random_bytes=bytes).verify(text).roles
    finally:
        database.close()


def test_a_token_works_until_it_is_revoked(ydx: Callable[..., Said], tmp_path: Path) -> None:
    made = ydx("token", "create", "--role", "operator", "--label", "ops desk", "--json").json
    assert verified_roles(tmp_path, made["token"]) == {Role.OPERATOR}
    assert ydx("token", "revoke", made["id"]).code == 0
    with pytest.raises(Refused, match="TOKEN_INVALID"):
        verified_roles(tmp_path, made["token"])


def test_the_list_shows_no_token_again(ydx: Callable[..., Said], tmp_path: Path) -> None:
    made = ydx("token", "create", "--role", "platform", "--scope", "ahtech", "--json").json
    (row,) = ydx("token", "list", "--json").json["tokens"]
    assert (row["id"], row["roles"], row["scope"]) == (made["id"], ["platform"], "ahtech")
    assert row["revoked"] is False
    table = ydx("token", "list").out
    assert "到期（北京）" in table
    assert "+00:00" in row["expires"]
    assert "+00:00" not in table
    assert made["id"] in table
    secret = made["token"].rsplit("_", 1)[1]
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert secret not in table
    assert secret.encode() not in stored


def test_a_token_names_its_holder(ydx: Callable[..., Said]) -> None:
    named = ydx("--lang", "en", "token", "create", "--role", "approver", "--holder", "李薇")
    assert "--holder" not in named.err
    for role, is_warned in (("clerk", True), ("auditor", False)):
        said = ydx("--lang", "en", "token", "create", "--role", role)
        assert ("--holder" in said.err) == is_warned
    rows = ydx("token", "list", "--json").json["tokens"]
    assert sorted(row["holder"] for row in rows) == ["", "", "李薇"]
    assert "李薇" in ydx("token", "list").out


def test_the_text_alone_stands_on_standard_output(ydx: Callable[..., Said]) -> None:
    said = ydx("--lang", "en", "token", "create", "--role", "auditor")
    assert said.out.startswith("ydx_")
    assert said.out.count("\n") == 1
    assert "not shown again" in said.err


def test_a_person_is_told_the_id_that_revokes_the_token(ydx: Callable[..., Said]) -> None:
    said = ydx("token", "create", "--role", "auditor")
    (row,) = ydx("token", "list", "--json").json["tokens"]
    assert f"ydx token revoke {row['id']}" in said.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--role", "king"], '"king" is no role'),
        (["--role", "member"], '"member" is no role'),
        (["--role", "platform"], "scope is missing: give the source_platform of the role platform"),
        (["--role", "partner"], "scope is missing: give the organisation of the role partner"),
        (
            ["--role", "partner", "--scope", "91110000600037341X"],
            'scope "91110000600037341X" has a check character that does not fit',
        ),
        (["--role", "operator", "--scope", "x"], "must be given with platform"),
        (["--role", "operator", "--days", "366"], "must be 1 to 365"),
        (["--role", "clerk", "--holder", " "], "must be 1 to 120 visible characters"),
    ],
)
def test_refused(ydx: Callable[..., Said], arguments: list[str], expected: str) -> None:
    said = ydx("--lang", "en", "token", "create", *arguments)
    assert said.code == 1
    assert "INVALID_FIELD" in said.err
    assert expected in said.err


def test_an_unknown_token_cannot_be_revoked(ydx: Callable[..., Said]) -> None:
    assert "ydx token list 列出现有的令牌" in ydx("token", "revoke", "abcde").err
    said = ydx("token", "revoke", "abcde", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "RECORD_NOT_FOUND")
