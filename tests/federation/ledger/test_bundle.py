"""The bytes of a bundle: read as they were written, and nothing else is a bundle."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.bundle import (
    BALANCES_MAX,
    RECEIPTS_MAX,
    VOIDS_MAX,
    make_bundle,
    parse_bundle,
)
from federation.ledger.bundle_verification import verify_bundle
from federation.ledger.summary import OutcomeName, Summary
from federation.log.errors import Refused
from federation.records.refs import Ref
from tests.federation.ledger.examples import LAW
from tests.federation.ledger.signed_paper import CENTER, REGISTRY, SignedPaper, play_story
from tests.federation.log.refusals import refusal_reason
from tests.federation.trust.repository import FEDERATION

ANHUI: Final = f"{FEDERATION}/anhui"
PAPER = SignedPaper()
FIRST = play_story(PAPER)
HONEST = PAPER.bundle(FIRST)
RECEIPT = PAPER.receipts()[FIRST]
LINES: Final = HONEST[: HONEST.index(b"\n\n")].split(b"\n")


@LAW
@given(st.permutations(range(len(LINES))), st.integers(0, len(LINES)))
def test_lines_in_another_order_or_number_are_refused_or_told(order: list[int], most: int) -> None:
    lines = [LINES[at] for at in order][:most]
    raw = b"\n".join(lines) + HONEST[HONEST.index(b"\n\n") :]
    if lines != LINES:
        assert refusal_reason(verify_bundle, raw, REGISTRY) == "MALFORMED_RECEIPT"


@pytest.mark.parametrize("at", range(len(LINES)))
def test_a_line_twice_or_not_at_all_is_refused_or_told(at: int) -> None:
    for lines in ([*LINES[:at], *LINES[at + 1 :]], [*LINES[: at + 1], *LINES[at:]]):
        raw = b"\n".join(lines) + HONEST[HONEST.index(b"\n\n") :]
        try:
            assert verify_bundle(raw, REGISTRY).differences
        except Refused as refusal:
            assert refusal.reason == "MALFORMED_RECEIPT"  # noqa: PT017 - either is right


@given(st.binary(max_size=300), st.booleans())
def test_it_takes_any_bytes(raw: bytes, has_header: bool) -> None:
    raw = (LINES[0] + b"\n" if has_header else b"") + raw
    assert refusal_reason(verify_bundle, raw, REGISTRY) == "MALFORMED_RECEIPT"


_HASHES: Final = st.binary(min_size=32, max_size=32)
_SIZES: Final = st.integers(0, 2**63 - 1)
_SUMMARIES: Final = st.builds(
    Summary,
    agreement=st.builds(Ref, st.just(ANHUI), _SIZES, _HASHES),
    center=st.just(CENTER),
    center_size=_SIZES,
    entry_count=_SIZES,
    state_digest=_HASHES,
    closed=st.none() | st.tuples(st.just("2026-11"), _HASHES),
    balances=st.dictionaries(
        st.from_regex(
            r"PAYABLE:[A-Za-z0-9-]{1,40}", fullmatch=True, alphabet=st.characters(codec="ascii")
        ),
        st.integers(-(2**63), 2**63 - 1).filter(bool),
    ).map(lambda found: tuple(sorted(found.items()))),
    voids=st.lists(
        st.tuples(
            st.builds(OutcomeName, st.just(CENTER), _SIZES, st.integers(0, 199)),
            st.just("NOT_COVERED"),
        ),
        unique_by=lambda one: one[0],
    ).map(tuple),
)


@given(_SUMMARIES)
def test_a_summary_is_read_as_it_was_written(summary: Summary) -> None:
    assert parse_bundle(make_bundle(summary, [RECEIPT])).summary == summary


def _lines(form: str, count: int) -> bytes:
    """Return the honest bundle with many more lines of a form, each of its own."""
    at = next(at for at, line in enumerate(LINES) if line.startswith(b"balance"))
    forms = {
        "balance": (b"balance PAYABLE:%06d 1" % n for n in range(count)),
        "void": (b"void %b 1 %d VOID" % (CENTER.encode(), n) for n in range(count)),
        "receipt": (b"receipt %b %d 0 %b" % (CENTER.encode(), n, b"0" * 64) for n in range(count)),
    }
    return b"\n".join([*LINES[:at], *forms[form]]) + b"\n\n"


def test_what_is_no_bundle_is_to_be_exported_anew_as_one() -> None:
    with pytest.raises(Refused) as caught:
        parse_bundle(b"a receipt or whatever")
    assert "ydx ledger export --form bundle" in str(caught.value.cure)


@pytest.mark.parametrize(
    ("form", "most"), [("balance", BALANCES_MAX), ("void", VOIDS_MAX), ("receipt", RECEIPTS_MAX)]
)
def test_there_are_at_most_so_many_lines_of_a_form(form: str, most: int) -> None:
    assert refusal_reason(parse_bundle, _lines(form, most)) is None
    assert refusal_reason(parse_bundle, _lines(form, most + 1)) == "MALFORMED_RECEIPT"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"center delta", b"center Delta"),
        (b"center delta", b"center delta/"),
        (b"center delta", b"center -"),
        (b"entries 3", b"entries 03"),
        (b"entries 3", b"entries 9223372036854775808"),
        (b"balance CLEARING:AH 63001", b"balance CLEARING:AH 0"),
        (b"balance CLEARING:AH 63001", b"balance CLEARING:AH +63001"),
        (b"balance CLEARING:AH 63001", b"balance CLEARING:AH 9223372036854775808"),
        (b"balance CLEARING:AH", b"balance ZEROS:AH"),
        (b"\nstate ", b"\nstate A"),
        (b"\n\nc2sp", b"\n\n\nc2sp"),
        (b"/v1\n", b"/v2\n"),
    ],
)
def test_another_spelling_is_refused(old: bytes, new: bytes) -> None:
    raw = HONEST.replace(old, new, 1)
    assert raw != HONEST
    assert refusal_reason(parse_bundle, raw) == "MALFORMED_RECEIPT"
