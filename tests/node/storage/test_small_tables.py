"""Requests, witnessing, peers, tokens, trust files, mirrors: single rows, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import YdxError
from node.storage import (
    mirrors,
    peers,
    requests,
    saved_queries,
    tokens,
    trust_files,
    witnessing,
)
from node.storage.peers import Rest
from node.storage.requests import RETENTION_S, Remembered
from node.storage.saved_queries import SavedQuery
from node.storage.tokens import Token
from node.storage.witnessing import Cosigned

if TYPE_CHECKING:
    from node.storage.database import Database

ORIGIN = "ydx.example/anhui"


def test_origins_get_numbers_once(database: Database) -> None:
    with database.write() as tx:
        first = mirrors.add(tx, ORIGIN)
        second = mirrors.add(tx, "ydx.example/shanghai", is_own=True)
        assert mirrors.add(tx, ORIGIN) == first
        assert mirrors.own(tx) == second
        assert [row.origin_id for row in mirrors.every(tx)] == [1, 2]
        assert mirrors.find(tx, "ydx.example/nobody") is None
        with pytest.raises(YdxError, match="UNKNOWN_ORIGIN"):
            mirrors.get(tx, "ydx.example/nobody")


def test_what_is_confirmed_and_proven_never_falls(database: Database) -> None:
    with database.write() as tx:
        origin_id = mirrors.add(tx, ORIGIN).origin_id
        mirrors.set_confirmed(tx, origin_id, 5, b"five")
        mirrors.set_confirmed(tx, origin_id, 4, b"four")
        mirrors.set_proven_at(tx, origin_id, 20.0)
        mirrors.set_proven_at(tx, origin_id, 10.0)
        mirrors.set_newest_note(tx, origin_id, b"newest")
        mirrors.set_published_note(tx, origin_id, b"published")
        row = mirrors.get(tx, ORIGIN)
        assert (row.confirmed_size, row.confirmed_note) == (5, b"five")
        assert (row.newest_note, row.published_note) == (b"newest", b"published")
        assert row.last_proven_at_s == 20.0
        mirrors.set_confirmed(tx, origin_id, 5, b"five with one more cosignature")
        assert mirrors.get(tx, ORIGIN).confirmed_note == b"five with one more cosignature"


@pytest.mark.parametrize("size", [4, 5, 6])
def test_a_head_is_kept_at_once_as_by_its_parts(database: Database, size: int) -> None:
    said = {"newest_note": b"n", "confirmed_note": b"c", "published_note": b""}
    with database.write() as tx:
        for origin in (ORIGIN, "ydx.example/shanghai"):
            origin_id = mirrors.add(tx, origin).origin_id
            mirrors.set_confirmed(tx, origin_id, 5, b"five")
            mirrors.set_proven_at(tx, origin_id, 20.0)
            mirrors.set_published_note(tx, origin_id, b"published")
        first, second = mirrors.every(tx)
        mirrors.set_newest_note(tx, first.origin_id, b"n")
        mirrors.set_confirmed(tx, first.origin_id, size, b"c")
        mirrors.set_proven_at(tx, first.origin_id, 10.0 * size - 30)
        for _ in range(2):
            row = mirrors.get(tx, second.origin)
            mirrors.set_head(tx, row, confirmed_size=size, proven_at_s=10.0 * size - 30, **said)
        first, second = mirrors.every(tx)
        assert first[3:] == second[3:]
        said = dict.fromkeys(said, b"")
        mirrors.set_head(tx, second, confirmed_size=9, proven_at_s=0.0, **said)
        assert mirrors.get(tx, second.origin) == second


def test_requests_are_remembered_for_30_days(database: Database) -> None:
    with database.write() as tx:
        requests.remember(tx, b"k" * 16, b"digest", b"outcome", 1000.0)
        assert requests.find(tx, b"k" * 16) == Remembered(b"digest", b"outcome")
        assert requests.find(tx, b"x" * 16) is None
        assert requests.forget_old(tx, 1000.0 + RETENTION_S) == 0
        assert requests.forget_old(tx, 1001.0 + RETENTION_S) == 1
        assert requests.find(tx, b"k" * 16) is None


def test_edge_9_the_intent_moves_only_from_what_was_seen(database: Database) -> None:
    with database.write() as tx:
        assert witnessing.find_intent(tx) is None
        assert not witnessing.swap_intent(tx, (0, b"r"), (1, b"a"))
        assert witnessing.swap_intent(tx, None, (1, b"a"))
        assert not witnessing.swap_intent(tx, None, (2, b"b"))
        assert not witnessing.swap_intent(tx, (1, b"x"), (2, b"b"))
        assert witnessing.swap_intent(tx, (1, b"a"), (2, b"b"))
        assert witnessing.find_intent(tx) == (2, b"b")


def test_what_a_witness_said(database: Database) -> None:
    with database.write() as tx:
        assert witnessing.cosigned(tx, ORIGIN) is None
        for said in (Cosigned(3, b"r3", b"line"), Cosigned(4, b"r4", b"other line")):
            witnessing.set_cosigned(tx, ORIGIN, said)
            assert witnessing.cosigned(tx, ORIGIN) == said
        assert witnessing.start_id(tx, "anhui") == b""
        witnessing.set_start_id(tx, "anhui", b"1" * 16)
        witnessing.set_start_id(tx, "anhui", b"2" * 16)
        assert witnessing.start_id(tx, "anhui") == b"2" * 16


def test_evidence_is_kept_once(database: Database) -> None:
    with database.write() as tx:
        assert peers.add_evidence(tx, b"d" * 32, ORIGIN, b"evidence")
        assert not peers.add_evidence(tx, b"d" * 32, ORIGIN, b"evidence")
        assert peers.find_evidence(tx, b"d" * 32) == b"evidence"
        assert peers.find_evidence(tx, b"e" * 32) is None
        assert peers.evidence_digests(tx) == [(ORIGIN, b"d" * 32)]


def test_quorum_notes_are_kept_in_place_of_those_before(database: Database) -> None:
    with database.write() as tx:
        peers.set_quorum_notes(tx, ORIGIN, [b"ten", b"twenty"])
        peers.set_quorum_notes(tx, "ydx.example/shanghai", [b"other"])
        peers.set_quorum_notes(tx, ORIGIN, [b"ten", b"fifteen", b"twenty"])
        assert peers.quorum_notes(tx, ORIGIN) == (b"ten", b"fifteen", b"twenty")
        assert peers.quorum_notes(tx, "ydx.example/nobody") == ()


def test_the_last_rest_of_a_peer_counts(database: Database) -> None:
    first = Rest("zhejiang", ORIGIN, 10.0, 1, "BAD_PROOF")
    second = Rest("zhejiang", ORIGIN, 20.0, 2, "BAD_PROOF")
    with database.write() as tx:
        peers.set_rest(tx, first)
        peers.set_rest(tx, second)
        assert peers.rests(tx) == [second]


def test_tokens(database: Database) -> None:
    token = Token(
        id="abc",
        sha256=bytes(32),
        label="portal",
        roles=frozenset({"platform", "auditor"}),
        scope="sh",
        created_at_s=1.5,
        expires_at_s=2.5,
    )
    with database.write() as tx:
        tokens.add(tx, token)
        assert tokens.find(tx, "abc") == token
        assert tokens.find(tx, "x") is None
        assert tokens.every(tx) == [token]
        tokens.set_last_used(tx, "abc", "2026-11-24")
        assert tokens.revoke(tx, "abc")
        assert not tokens.revoke(tx, "x")
        found = tokens.find(tx, "abc")
    assert found is not None
    assert (found.revoked, found.last_used_on) == (True, "2026-11-24")


def saved(query_id: str, owner: str = "platform/sz", label: str = "a", **more: Any) -> SavedQuery:
    return SavedQuery(
        id=query_id,
        owner=owner,
        token_id="t",
        label=label,
        request=b"\x0a\x00",
        position=7,
        created_at_s=1.5,
        **more,
    )


def test_saved_queries_of_one_owner_have_different_labels(database: Database) -> None:
    first = saved("1", webhook_url="https://sz.example/hook", webhook_secret="s", next_try_s=2.5)
    others = [saved("2", label="b"), saved("3", owner="platform/hf")]
    with database.write() as tx:
        assert all(saved_queries.add(tx, one) for one in [first, *others])
        assert not saved_queries.add(tx, saved("4"))
    with database.write() as tx:
        assert saved_queries.find(tx, "1") == first
        assert saved_queries.find(tx, "4") is None
        assert saved_queries.of_owner(tx, "platform/sz") == [first, others[0]]
        saved_queries.remove(tx, "1")
        assert saved_queries.of_owner(tx, "platform/sz") == [others[0]]
    assert "webhook_secret" not in repr(first)


def test_a_saved_position_moves_only_from_where_it_was_seen(database: Database) -> None:
    with database.write() as tx:
        saved_queries.add(tx, saved("1"))
        assert saved_queries.move(tx, "1", 7, 2**62)
        assert not saved_queries.move(tx, "1", 7, 9)
        saved_queries.set_position(tx, "1", 3)
        assert not saved_queries.move(tx, "x", 3, 9)
        found = saved_queries.find(tx, "1")
    assert found is not None
    assert found.position == 3


def test_a_webhook_is_sent_when_it_is_due_and_not_paused(database: Database) -> None:
    def due(now_s: float) -> list[str]:
        return [one.id for one in saved_queries.to_be_sent(tx, now_s)]

    with database.write() as tx:
        saved_queries.add(tx, saved("1", webhook_url="https://sz.example/hook"))
        saved_queries.add(tx, saved("2", label="b"))
        assert due(0.0) == ["1"]
        saved_queries.set_state(tx, "1", next_try_s=5.0, failures=2, last_error="timed out")
        assert due(4.9) == []
        assert due(5.0) == ["1"]
        saved_queries.set_state(tx, "1", waits_since_s=3.5)
        assert [one.waits_since_s for one in saved_queries.with_webhook(tx)] == [3.5]
        saved_queries.set_waits_since(tx, "1", 0.0)
        assert [one.waits_since_s for one in saved_queries.with_webhook(tx)] == [0.0]
        saved_queries.set_state(tx, "1", paused="TOKEN_INVALID")
        assert due(9.0) == []
        saved_queries.set_state(tx, "1")
        saved_queries.set_secret(tx, "1", "u", "new")
        assert due(9.0) == ["1"]
        found = saved_queries.find(tx, "1")
    assert found is not None
    assert (found.token_id, found.webhook_secret) == ("u", "new")


def test_trust_files_keep_every_version(database: Database) -> None:
    with database.write() as tx:
        for version in (1, 3, 2):
            trust_files.add(tx, "root", version, b"root %d" % version)
        trust_files.add(tx, "timestamp", 1, b"old")
        trust_files.add(tx, "timestamp", 1, b"renewed")
        assert trust_files.every(tx, "timestamp") == [(1, b"renewed")]
        assert trust_files.every(tx, "root") == [(1, b"root 1"), (2, b"root 2"), (3, b"root 3")]
