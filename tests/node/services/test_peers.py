"""Peers: those that a newer registry names, and the pace of meetings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

from federation.sync.frames import Head
from node.services.meeting import PeerLink
from node.services.peers import BACKOFF_S_MIN, PeerBook


def test_a_member_that_the_registry_names_later_has_a_state() -> None:
    book = PeerBook(["anhui"], lambda: 0.0, lambda: 0.5)
    head = Head("ydx.example/fujian", b"", b"", 7, 0, ())

    book.told("fujian", [head])

    assert book.state("fujian").heads == {head.origin: head}
    assert book.names() == ["anhui", "fujian"]
    assert book.sources(head.origin, "fujian", 0) == []  # there is no link to it


class _Brief:
    """A peer whose stream of heads ends at once."""

    name = "anhui"

    def get_heads(self, _meeting: object, _start_id: bytes) -> tuple[Any, tuple[bytes, ...]]:
        return SimpleNamespace(heads=(), trust_versions=()), ()

    def watch_heads(self) -> Iterator[tuple[Head, ...]]:
        return iter(())


def test_a_stream_that_ends_at_once_does_not_make_meetings_follow_without_a_pause() -> None:
    ignore = SimpleNamespace(answered=lambda *_: None, refresh=lambda *_: None, start_id=b"")
    room = SimpleNamespace(
        clock=lambda: 0.0,
        introduce=lambda: None,
        gate=ignore,
        trust=ignore,
        book=SimpleNamespace(met=lambda *_: None),
        take_heads=lambda *_: None,
        board=SimpleNamespace(own_origin="ydx.example/gansu"),
        meet_every_s=10.0,
    )
    registry = SimpleNamespace(member=lambda _: SimpleNamespace(logs=()))
    link = PeerLink(cast("Any", _Brief()), cast("Any", room), lambda: cast("Any", registry))

    assert link.run_once(threading.Event()) >= BACKOFF_S_MIN
