"""Peers: those that a newer registry names, and the pace of meetings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from federation.log.errors import Refused, Unreachable
from federation.sync.frames import Head, Meeting
from node.services.sync.meeting import PeerLink
from node.services.sync.peers import (
    BACKOFF_S_MAX,
    BACKOFF_S_MIN,
    REST_S_MAX,
    REST_S_MIN,
    PeerBook,
    Rest,
)


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
        book=SimpleNamespace(met=lambda *_: None, listening=lambda *_: None),
        take_heads=lambda *_: None,
        board=SimpleNamespace(own_origin="ydx.example/gansu"),
        meet_every_s=10.0,
    )
    registry = SimpleNamespace(member=lambda _: SimpleNamespace(logs=()))
    link = PeerLink(cast("Any", _Brief()), cast("Any", room), lambda: cast("Any", registry))

    assert link.run_once(threading.Event()) >= BACKOFF_S_MIN


def idle_link() -> PeerLink:
    return PeerLink(cast("Any", _Brief()), cast("Any", None), lambda: cast("Any", None))


def wait_for_link(link: PeerLink) -> threading.Thread:
    waiting = threading.Thread(target=link.wait, args=(BACKOFF_S_MAX, threading.Event()))
    waiting.daemon = True
    waiting.start()
    return waiting


def test_a_peer_that_dials_in_ends_the_wait_for_its_link_but_not_the_least_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("node.services.sync.meeting.WOKEN_S_MIN", 0.5)
    link = idle_link()
    waiting = wait_for_link(link)
    link.called()
    waiting.join(0.2)
    assert waiting.is_alive(), "whoever dials us again and again would have us dial as often"
    waiting.join(BACKOFF_S_MAX / 2)
    assert not waiting.is_alive()


def test_a_peer_that_answers_wrongly_cannot_end_the_wait_by_dialling_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("node.services.sync.meeting.WOKEN_S_MIN", 0.1)
    peer = SimpleNamespace(name="anhui", get_heads=_refuse)
    room = SimpleNamespace(
        clock=lambda: 0.0,
        introduce=lambda: None,
        gate=SimpleNamespace(start_id=b""),
        refused=lambda *_: None,
        book=SimpleNamespace(failed=lambda *_: BACKOFF_S_MAX),
    )
    link = PeerLink(cast("Any", peer), cast("Any", room), lambda: cast("Any", None))
    assert link.run_once(threading.Event()) == BACKOFF_S_MAX
    link.called()
    waiting = wait_for_link(link)
    waiting.join(0.5)
    assert waiting.is_alive()


def _refuse(*_: object) -> NoReturn:
    raise Refused("MALFORMED_FRAME", "that is no meeting")


def test_a_node_that_stops_waits_for_no_link() -> None:
    link, stopped = idle_link(), threading.Event()
    link._was_refused = True
    stopped.set()
    link.wake()
    waiting = threading.Thread(target=link.wait, args=(BACKOFF_S_MAX, stopped))
    waiting.start()
    waiting.join(BACKOFF_S_MAX / 2)
    assert not waiting.is_alive()


ORIGIN = "ydx.example/anhui"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def meeting() -> Meeting:
    return Meeting(1_002_000, "1", (1,), (("root", 3),), ())


@given(st.integers(1, 80), st.floats(0.0, 1.0))
def test_the_pause_before_the_next_try_doubles_up_to_a_minute(failures: int, jitter: float) -> None:
    book = PeerBook(["anhui"], Clock(), lambda: jitter)
    for _ in range(failures):
        pause_s = book.failed("anhui", Unreachable("OUT_OF_REACH", "down"))
    full_s = min(BACKOFF_S_MAX, BACKOFF_S_MIN * 2 ** (failures - 1))
    assert full_s / 2 <= pause_s <= full_s
    assert book.state("anhui").next_try_s == 1000.0 + pause_s


def test_a_peer_is_back_once_it_is_met_and_its_back_off_ends_once_it_is_heard() -> None:
    book = PeerBook(["anhui"], Clock(), lambda: 1.0)
    for _ in range(9):
        book.failed("anhui", Unreachable("OUT_OF_REACH", "down"))
    assert not book.state("anhui").up
    book.met("anhui", meeting())
    state = book.state("anhui")
    assert (state.up, state.last_error) == (True, "")
    assert state.clock_skew_s == 2.0
    assert state.trust_versions == {"root": 3}
    assert book.failed("anhui", Unreachable("OVERLOADED", "no streams")) == BACKOFF_S_MAX
    book.met("anhui", meeting())
    book.listening("anhui")
    assert book.failed("anhui", Unreachable("OUT_OF_REACH", "down")) == BACKOFF_S_MIN


@given(st.integers(1, 40))
def test_a_rest_doubles_from_ten_minutes_to_a_day(failures: int) -> None:
    clock = Clock()
    book = PeerBook(["anhui"], clock, lambda: 0.5)
    for _ in range(failures):
        rest = book.rest("anhui", ORIGIN, "BAD_PROOF")
    rest_s = min(REST_S_MAX, REST_S_MIN * 2 ** (failures - 1))
    assert rest == Rest(1000.0 + rest_s, failures, "BAD_PROOF")
    clock.now_s += rest_s - 1.0
    assert book.rests("anhui", ORIGIN)
    clock.now_s += 1.0
    assert not book.rests("anhui", ORIGIN)
    assert book.resting() == {}


def test_a_rest_is_of_one_peer_and_one_origin_and_is_made_durable() -> None:
    kept: list[tuple[str, str, Rest]] = []
    book = PeerBook(
        ["anhui", "center"], Clock(), lambda: 0.5, None, lambda *rest: kept.append(rest)
    )
    rest = book.rest("anhui", ORIGIN, "BAD_PROOF")
    assert kept == [("anhui", ORIGIN, rest)]
    assert not book.rests("anhui", "ydx.example/center")
    assert not book.rests("center", ORIGIN)


def test_a_rest_that_was_kept_goes_on_and_doubles() -> None:
    kept = {("anhui", ORIGIN): Rest(1100.0, 3, "BAD_PROOF")}
    clock = Clock()
    book = PeerBook(["anhui"], clock, lambda: 0.5, kept)
    assert book.rests("anhui", ORIGIN)
    clock.now_s = 2000.0
    assert not book.rests("anhui", ORIGIN)
    assert book.rest("anhui", ORIGIN, "BAD_PROOF").until_s == 2000.0 + 8 * REST_S_MIN


def test_the_owner_is_asked_first_then_who_claims_most() -> None:
    clock = Clock()
    book = PeerBook(["anhui", "center", "jiangsu", "zhejiang"], clock, lambda: 0.5)
    claims = {"anhui": 5, "center": 9, "jiangsu": 7, "zhejiang": 5}
    for name, size in claims.items():
        book.met(name, meeting())
        book.told(name, [Head(ORIGIN, verified_size=size)])
    assert book.sources(ORIGIN, "anhui", 4) == ["anhui", "center", "jiangsu", "zhejiang"]
    assert book.sources(ORIGIN, "anhui", 5) == ["center", "jiangsu"]
    book.rest("center", ORIGIN, "BAD_PROOF")
    book.failed("jiangsu", Unreachable("OUT_OF_REACH", "down"))
    assert book.sources(ORIGIN, "anhui", 5) == []
    assert book.stored_size(ORIGIN) == 9
    assert book.sources("ydx.example/nobody", "anhui", 0) == []


def test_a_peer_that_broke_off_about_one_origin_is_asked_about_others_and_soon_again() -> None:
    clock, other = Clock(), "ydx.example/center"
    book = PeerBook(["anhui"], clock, lambda: 1.0)
    book.met("anhui", meeting())
    book.told("anhui", [Head(ORIGIN, verified_size=5), Head(other, verified_size=5)])
    book.broke_off("anhui", ORIGIN)
    assert book.state("anhui").up
    assert book.sources(ORIGIN, "anhui", 0) == []
    assert book.sources(other, "anhui", 0) == ["anhui"]
    clock.now_s += BACKOFF_S_MIN
    assert book.sources(ORIGIN, "anhui", 0) == ["anhui"]
    book.broke_off("anhui", ORIGIN)
    clock.now_s += BACKOFF_S_MIN
    assert not book.may_be_asked("anhui", ORIGIN), "the pause doubles"
    book.came_through("anhui", ORIGIN)
    assert book.may_be_asked("anhui", ORIGIN)


def test_a_peer_that_is_back_is_asked_at_once_whatever_broke_off_before() -> None:
    book = PeerBook(["anhui"], Clock(), lambda: 0.5)
    book.met("anhui", meeting())
    book.broke_off("anhui", ORIGIN)
    book.met("anhui", meeting())
    assert not book.may_be_asked("anhui", ORIGIN), "it was there all the time"
    book.failed("anhui", Unreachable("OUT_OF_REACH", "down"))
    book.met("anhui", meeting())
    book.listening("anhui")
    assert book.may_be_asked("anhui", ORIGIN)


def test_a_peer_that_its_operator_says_is_well_is_asked_at_once_though_it_broke_off() -> None:
    book = PeerBook(["anhui"], Clock(), lambda: 0.5)
    book.met("anhui", meeting())
    for origin in (ORIGIN, "ydx.example/center"):
        book.broke_off("anhui", origin)
    book.end_rests("anhui", ORIGIN)
    assert book.may_be_asked("anhui", ORIGIN)
    assert not book.may_be_asked("anhui", "ydx.example/center")
    book.end_rests("anhui")
    assert book.may_be_asked("anhui", "ydx.example/center")


def test_a_peer_whose_stream_fails_after_each_meeting_is_told_as_down_once() -> None:
    """It answers meetings and has no place for a stream, as a node that is overloaded."""
    book = PeerBook(["anhui"], Clock(), lambda: 0.5)
    with capture_logs() as lines:
        for _ in range(5):
            book.met("anhui", meeting())
            book.failed("anhui", Unreachable("OVERLOADED", "too many streams are open"))
    assert [(line["event"], line["reason"]) for line in lines] == [("peer down", "OVERLOADED")]


def test_that_a_peer_is_out_of_reach_or_back_is_told_once_each_time() -> None:
    book = PeerBook(["anhui"], Clock(), lambda: 0.5)
    with capture_logs() as lines:
        for _ in range(3):
            book.met("anhui", meeting())
            book.listening("anhui")
            book.listening("anhui")
            book.failed("anhui", Unreachable("OUT_OF_REACH", "down"))
            book.failed("anhui", Unreachable("OUT_OF_REACH", "down"))
    assert [line["event"] for line in lines] == ["peer up", "peer down"] * 3


def test_a_peer_without_a_place_for_streams_is_not_asked_for_logs_at_each_meeting() -> None:
    book = PeerBook(["anhui"], Clock(), lambda: 0.5)
    for _ in range(5):
        book.met("anhui", meeting())
        book.broke_off("anhui", ORIGIN)
        book.failed("anhui", Unreachable("OVERLOADED", "too many streams are open"))
    book.met("anhui", meeting())
    assert not book.may_be_asked("anhui", ORIGIN)


def test_who_listens_hears_every_head_that_is_told() -> None:
    heard: list[tuple[str, Head]] = []
    book = PeerBook(["anhui"], Clock(), lambda: 0.5)
    book.subscribe(lambda peer, head: heard.append((peer, head)))
    head = Head(ORIGIN, verified_size=1)
    book.told("anhui", [head, head])
    assert heard == [("anhui", head)] * 2


def test_a_rest_that_is_ended_is_forgotten_with_its_failures_and_that_is_made_durable() -> None:
    kept: dict[tuple[str, str], Rest] = {}
    clock = Clock()
    book = PeerBook(
        ["anhui", "center"],
        clock,
        lambda: 0.5,
        None,
        lambda peer, origin, rest: kept.update({(peer, origin): rest}),
    )
    for _ in range(3):
        rest = book.rest("anhui", ORIGIN, "BAD_PROOF")
    book.rest("anhui", "ydx.example/center", "BAD_PROOF")
    book.rest("center", ORIGIN, "BAD_PROOF")
    assert book.end_rests("anhui", ORIGIN) == {ORIGIN: rest}
    assert not book.rests("anhui", ORIGIN)
    assert set(book.resting()) == {("anhui", "ydx.example/center"), ("center", ORIGIN)}
    assert set(book.end_rests("anhui")) == {"ydx.example/center"}
    assert book.end_rests("anhui") == {}
    again = PeerBook(["anhui", "center"], clock, lambda: 0.5, kept)
    assert set(again.resting()) == {("center", ORIGIN)}
    assert again.rest("anhui", ORIGIN, "BAD_PROOF") == Rest(1000.0 + REST_S_MIN, 1, "BAD_PROOF")


def test_a_rest_that_is_over_is_not_told_as_ended_but_doubles_no_more() -> None:
    clock = Clock()
    book = PeerBook(["anhui"], clock, lambda: 0.5)
    book.rest("anhui", ORIGIN, "BAD_PROOF")
    clock.now_s += REST_S_MIN
    assert book.end_rests("anhui") == {}
    assert book.rest("anhui", ORIGIN, "BAD_PROOF").failures == 1


def test_a_clock_that_is_set_back_makes_no_pause_and_no_rest_longer() -> None:
    clock = Clock()
    book = PeerBook(["anhui"], clock, lambda: 1.0)
    book.met("anhui", meeting())
    book.broke_off("anhui", ORIGIN)
    book.rest("anhui", "ydx.example/center", "BAD_PROOF")
    clock.now_s -= 2 * REST_S_MAX
    assert book.may_be_asked("anhui", ORIGIN)
    assert not book.rests("anhui", "ydx.example/center")
    assert book.resting() == {}
