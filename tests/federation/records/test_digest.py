"""The bytes of the state digest."""

from __future__ import annotations

from hashlib import sha256

from federation.records.digest import LiveSubject, state_digest


def piece(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


def test_the_layout_is_the_one_written_down() -> None:
    subject, leaf = bytes(range(16)), bytes(range(32))
    expected = sha256(
        piece(b"ydx/state/v1\0")
        + piece(b"PUBLIC")
        + piece(b"ydx.example/anhui")
        + piece((7).to_bytes(8, "big"))
        + piece(subject)
        + piece(leaf)
        + piece(b"")
        + piece(b"\xff" * 16)
        + piece(leaf)
        + piece(b"\x00\x02")
        + piece(b"ydx.example/jiangsu")
        + piece(bytes(8))
    ).digest()
    live = [(subject, leaf, b""), (b"\xff" * 16, leaf, b"\x00\x02")]
    origins = [("ydx.example/anhui", 7, live), ("ydx.example/jiangsu", 0, [])]
    assert state_digest("PUBLIC", origins) == expected


def test_it_reads_streams() -> None:
    live = [(i.to_bytes(16, "big"), bytes(32), b"") for i in range(5000)]
    once = state_digest("PUBLIC", iter([("ydx.example/anhui", 5000, iter(live))]))
    assert once == state_digest("PUBLIC", [("ydx.example/anhui", 5000, live)])


def test_no_two_states_share_a_digest() -> None:
    subject, leaf = bytes(16), bytes(32)
    states: list[tuple[str, list[tuple[str, int, list[LiveSubject]]]]] = [
        ("PUBLIC", []),
        ("MEMBERS", []),
        ("PUBLIC", [("a.example/a", 0, [])]),
        ("PUBLIC", [("a.example/a", 1, [])]),
        ("PUBLIC", [("a.example/a", 1, [(subject, leaf, b"")])]),
        ("PUBLIC", [("a.example/a", 1, [(subject, leaf, b"\0")])]),
        ("PUBLIC", [("a.example/a", 1, []), ("a.example/b", 1, [])]),
    ]
    assert len({state_digest(audience, origins) for audience, origins in states}) == len(states)
