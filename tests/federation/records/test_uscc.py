"""Credit codes: known ones, the form, and what the check character detects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.records.uscc import ALPHABET, check_character, has_form, is_valid

_BODIES = st.builds(
    "".join,
    st.tuples(
        st.text("123456789ANY", min_size=2, max_size=2),
        st.text("0123456789", min_size=6, max_size=6),
        st.text(ALPHABET, min_size=9, max_size=9),
    ),
)
_CODES = _BODIES.map(lambda body: body + check_character(body))


@pytest.mark.parametrize(
    ("sentence", "code", "good"),
    [
        ("the known good example", "91110000600037341L", True),
        ("the known bad example", "91110000600037342L", False),
        ("lower case is another text", "91110000600037341l", False),
        ("17 characters", "91110000600037341", False),
        ("19 characters", "91110000600037341L0", False),
        ("an O for a zero", "9111O000600037341L", False),
        ("full-width digits", "９１１１００００６０００３７３４１Ｌ", False),
        ("a line feed behind it", "91110000600037341L\n", False),
        ("nothing", "", False),
    ],
)
def test_code(sentence: str, code: str, good: bool) -> None:
    assert is_valid(code) is good, sentence


def test_remainder_31_becomes_0() -> None:
    """31 - 0 is 31, which is no character: a common slip."""
    body = next(
        body
        for body in (f"91110000{number:09d}" for number in range(1000))
        if check_character(body) == "0"
    )
    assert is_valid(body + "0")


@given(_CODES)
def test_code_with_its_check_character_is_valid(code: str) -> None:
    assert has_form(code)
    assert is_valid(code)


@given(_CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_detected(code: str, place: int, wrong: str) -> None:
    changed = code[:place] + wrong + code[place + 1 :]
    assert is_valid(changed) is (changed == code)


@given(_CODES, st.integers(0, 15))
def test_two_swapped_neighbours_are_always_detected(code: str, place: int) -> None:
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid(changed) is (changed == code)


@given(st.text())
def test_any_text_may_be_asked(text: str) -> None:
    assert is_valid(text) in {True, False}
