"""The tie key, byte by byte."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.tie import tie_of


def test_tie_key_is_the_hash_of_what_names_the_event_and_the_party() -> None:
    said = (
        b"ydx/tie/v1\0"
        b"\0\0\0\2\xaa\xbb"
        b"\0\0\0\x04C-01"
        b"\0\0\0\0"
        b"\0\0\0\x06\xe6\x8f\x90\xe6\x88\x90"
        b"\0\0\0\x05anhui"
    )
    assert tie_of(b"\xaa\xbb", "C-01", "", "提成")("anhui") == sha256(said).digest()


_TEXTS = st.text("ab", max_size=3)
_EVENTS = st.tuples(_TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS)


@given(_EVENTS, _EVENTS)
def test_two_events_or_parties_never_share_a_key(
    one: tuple[str, ...], two: tuple[str, ...]
) -> None:
    keys = [
        tie_of(agreement.encode(), contract, instalment, kind)(party)
        for agreement, contract, instalment, kind, party in (one, two)
    ]
    assert (keys[0] == keys[1]) == (one == two)
