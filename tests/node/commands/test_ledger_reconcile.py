"""`ydx ledger reconcile` against a real exchange listener."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from sqlalchemy import update

from federation.ledger import codec
from federation.ledger.equal_note import verify_equal
from federation.log.errors import Unreachable
from federation.log.note import parse_note
from federation.records.refs import Ref
from node.rpc.authentication import by_token
from node.rpc.ledger_service import LedgerServicer
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.ledger.reconciling import LedgerReconciling
from node.services.ledger.shown import LedgerShown
from node.storage.database import Database
from node.storage.ledger_tables import ledger_agreement, ledger_posting
from tests.node.rpc.serving import LEDGER, serving
from tests.node.services.ledger.made_books import Asked, Books, keys_of, many
from tests.node.services.ledger.made_ledger import follow, store_all, view_of

if TYPE_CHECKING:
    from tests.node.commands.running import Said


class Pair(NamedTuple):
    """Two members with the same books, the first of them served; `peer` is how it is asked."""

    name: str
    first: Ref
    here: Books
    there: Books
    peer: Asked


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    paper, first = many(3)
    found = []
    for member in ("anhui", "jiangsu"):
        database = Database.open(f"sqlite:///{tmp_path}/{member}.db")
        store_all(database, paper)
        follow(view_of(database))
        found.append(Books(member, database))
    here, there = found
    peer: Any = Asked(there)
    unused: Any = None
    parts = dict.fromkeys(LedgerServicer.__dataclass_fields__, unused)
    parts["shown"] = LedgerShown(here.database, "anhui")
    parts["reconciling"] = LedgerReconciling(
        here.database, {"jiangsu": peer}, here.signer, keys_of, lambda *_: None
    )
    roles = {"clerk": Role.CLERK, "auditor": Role.AUDITOR, "partner": Role.PARTNER}
    listener = Listener(
        "127.0.0.1:0", by_token(lambda token: Caller(frozenset({roles[token]}), token_id=token))
    )
    row = here.row(first)
    name = str(DocumentName(row.author, AGREEMENTS, row.subject))
    with serving(listener, (LEDGER, LedgerServicer(**parts))) as server:
        monkeypatch.setenv("YDX_NODE", f"127.0.0.1:{server.port}")
        monkeypatch.setenv("YDX_TOKEN", "clerk")
        yield Pair(name, first, here, there, peer)
    here.database.close()
    there.database.close()


def test_equal_books_end_with_0_and_a_note_of_both(
    ydx: Callable[..., Said], pair: Pair, tmp_path: Path
) -> None:
    proof = tmp_path / "proof.txt"
    told = ydx("ledger", "reconcile", pair.name, "jiangsu", "--output", proof)
    assert (told.code, told.out.split("（")[0]) == (0, "账簿一致")
    for member in ("anhui", "jiangsu"):
        verify_equal(proof.read_bytes(), parse_note(proof.read_bytes()).text, keys_of(member))
    english = ydx("--lang", "en", "ledger", "reconcile", pair.name, "jiangsu")
    assert english.out.startswith("books are equal at size ")
    answer = ydx("ledger", "reconcile", pair.name, "jiangsu", "--json", "--token", "auditor").json
    assert answer["proof"].encode() == proof.read_bytes()
    assert (answer["equal"], answer["messages"], answer["differences"]) == (True, 2, [])


def test_books_that_differ_end_with_1_and_what_differs(
    ydx: Callable[..., Said], pair: Pair, tmp_path: Path
) -> None:
    with pair.there.database.write() as tx:
        tx.execute(
            update(ledger_posting).where(ledger_posting.c.ordinal == 1).values(amount_fen=-7)
        )
    proof = tmp_path / "proof.txt"
    told = ydx("ledger", "reconcile", pair.name, "jiangsu", "--output", proof)
    assert (told.code, told.out.count("金额不同"), proof.exists()) == (1, 3, False)
    assert "账簿不一致" in told.out
    answer = ydx("ledger", "reconcile", pair.name, "jiangsu", "--json").json
    assert {one["kind"] for one in answer["differences"]} == {"AMOUNT_DIFF"}
    assert all(" -0.07," in one["detail"] for one in answer["differences"])
    assert (answer["equal"], answer["proof"], answer["complete"]) == (False, "", True)


def test_books_that_are_disputed_above_what_is_equal_end_with_1(
    ydx: Callable[..., Said], pair: Pair
) -> None:
    with pair.there.database.write() as tx:
        tx.execute(update(ledger_agreement).values(disputed="VECTOR_DIFFERS"))
    told = ydx("--lang", "en", "ledger", "reconcile", pair.name, "jiangsu")
    assert (told.code, told.out.split(" at ")[0]) == (1, "books are equal")
    assert "Above that size they are disputed (jiangsu: VECTOR_DIFFERS)" in told.err
    answer = ydx("ledger", "reconcile", pair.name, "jiangsu", "--json").json
    assert (answer["equal"], answer["disputed"]) == (True, "")
    assert answer["peer_disputed"] == "VECTOR_DIFFERS"


def test_what_is_above_the_size_of_a_member_that_is_behind_is_said_not_to_be_compared(
    ydx: Callable[..., Said], pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else who says that it knows nothing yet would be told equal, and nobody would look again."""
    ask = pair.peer.reconcile_books

    def behind(question: bytes, proof: bytes) -> Any:
        said = codec.parse_question(question)
        said.center_size = 0
        return ask(codec.serialise_reconcile(said), proof)

    whole = ydx("ledger", "reconcile", pair.name, "jiangsu", "--json").json
    assert whole["own_size"] == whole["center_size"] > 0
    assert (
        "not compared" not in ydx("--lang", "en", "ledger", "reconcile", pair.name, "jiangsu").err
    )
    monkeypatch.setattr(pair.peer, "reconcile_books", behind)
    told = ydx("--lang", "en", "ledger", "reconcile", pair.name, "jiangsu")
    assert (told.code, told.out.splitlines()[0]) == (0, "books are equal at size 0")
    size = whole["own_size"]
    assert f"The books here go to size {size}, those of jiangsu to 0: what is" in told.err
    answer = ydx("ledger", "reconcile", pair.name, "jiangsu", "--json").json
    assert (answer["equal"], answer["center_size"], answer["own_size"]) == (True, 0, size)


def test_what_cannot_be_compared_is_told_with_its_reason(
    ydx: Callable[..., Said], pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, peer, token, reason in (
        (pair.name, "center", "clerk", "INVALID_FIELD"),
        (pair.name, "jiangsu", "partner", "ROLE_MISSING"),
        (pair.name[:-26] + "0" * 26, "jiangsu", "clerk", "RECORD_NOT_FOUND"),
    ):
        told = ydx("ledger", "reconcile", name, peer, "--token", token, "--json")
        assert (told.code, told.json["error"]["reason"]) == (1, reason)

    def gone(_question: bytes, _proof: bytes) -> tuple[bytes, bytes]:
        raise Unreachable("OUT_OF_REACH", "nobody there")

    monkeypatch.setattr(pair.peer, "reconcile_books", gone)
    monkeypatch.setattr("node.rpc.exchange_client._PAUSE_S", 0.0)
    told = ydx("ledger", "reconcile", pair.name, "jiangsu", "--json")
    assert told.json["error"]["reason"] == "OUT_OF_REACH"
    assert told.json["error"]["what"].startswith("jiangsu did not answer")
