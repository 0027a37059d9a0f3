"""ReconcileBooks between members over mutual TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from federation.log.errors import Refused, Unreachable
from federation.sync.client import GrpcPeer
from node.rpc.authentication import by_certificate
from node.rpc.pins import Pins
from node.rpc.server import Listener, federation_credentials
from node.rpc.sync_service import SyncServicer
from node.storage.database import Database
from tests.node.rpc.serving import SYNC, Identity, identity, servicer_of, serving
from tests.node.rpc.test_members import dial
from tests.node.services.ledger.made_books import Books, many
from tests.node.services.ledger.made_ledger import MadeLedger, follow, store_all, view_of
from tests.node.storage.conftest import new_url, postgres_server

__all__ = ["new_url", "postgres_server"]

ANHUI = identity("anhui")
JIANGSU = identity("jiangsu")
SHANGHAI = identity("shanghai")


def books_of(member: str, url: str, paper: MadeLedger) -> Books:
    database = Database.open(url)
    store_all(database, paper)
    follow(view_of(database))
    return Books(member, database)


@contextmanager
def reached(servicer: object, own: Identity) -> Iterator[GrpcPeer]:
    """Serve as jiangsu, and give the peer as a member dials it."""
    pins = Pins([ANHUI.member, JIANGSU.member, SHANGHAI.member])
    listener = Listener(
        "127.0.0.1:0",
        by_certificate(pins),
        federation_credentials(pins, JIANGSU.key, JIANGSU.certificate),
    )
    with (
        serving(listener, (SYNC, servicer)) as server,
        dial(server, own, JIANGSU.certificate, "jiangsu") as channel,
    ):
        yield GrpcPeer("jiangsu", channel)


def servicer(books: Books) -> SyncServicer:
    unused: Any = None
    return SyncServicer(unused, unused, unused, unused, unused, books.answering)


def test_books_are_compared_and_signed_for_between_members(new_url: Callable[[], str]) -> None:
    paper, first = many(3)
    here, there = books_of("anhui", new_url(), paper), books_of("jiangsu", new_url(), paper)
    with reached(servicer(there), ANHUI) as peer:
        told = here.compare(first, peer)
    assert (told.equal, told.messages, told.proof.count("— ".encode())) == (True, 2, 2)
    with reached(servicer(there), SHANGHAI) as peer, pytest.raises(Refused) as refused:
        here.compare(first, peer)
    assert refused.value.reason == "RECORD_NOT_FOUND"
    here.database.close()
    there.database.close()


def test_what_a_peer_answers_that_is_no_answer_is_refused(new_url: Callable[[], str]) -> None:
    paper, first = many(1)
    here = books_of("anhui", new_url(), paper)
    with reached(servicer_of(SYNC), ANHUI) as peer, pytest.raises(Refused) as refused:
        here.compare(first, peer)
    assert refused.value.reason == "MALFORMED_FRAME"
    assert here.refusals == [("jiangsu", "MALFORMED_FRAME")]
    here.database.close()


def test_a_peer_that_is_gone_is_out_of_reach(new_url: Callable[[], str]) -> None:
    paper, first = many(1)
    here = books_of("anhui", new_url(), paper)
    pins = Pins([ANHUI.member, JIANGSU.member])
    credentials = federation_credentials(pins, JIANGSU.key, JIANGSU.certificate)
    listener = Listener("127.0.0.1:0", by_certificate(pins), credentials)
    with serving(listener, (SYNC, servicer_of(SYNC))) as server:
        pass
    with (
        dial(server, ANHUI, JIANGSU.certificate, "jiangsu") as channel,
        pytest.raises(Unreachable) as unreachable,
    ):
        here.compare(first, GrpcPeer("jiangsu", channel))
    assert unreachable.value.reason == "OUT_OF_REACH"
    here.database.close()
