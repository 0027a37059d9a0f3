"""Each rule of terms: an example that breaks it and nothing else; and the table of the rules."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest
from hypothesis import given

from federation.ledger.rules import LEDGER_RULES, LedgerReport
from federation.ledger.terms import AMOUNT_MAX_FEN, Party, Terms, Tier
from federation.ledger.terms_validation import check_terms
from federation.records.rules import RULES
from tests.federation.ledger.examples import AGREEMENT, LAW, any_terms
from tests.federation.records.spoiling import told

SOUND = Terms(
    AGREEMENT,
    (
        Party("jiangsu", 600_000, cap_fen=500, floor_fen=500),
        Party("anhui", 400_000, floor_fen=0),
        Party("fund", 0, cap_fen=AMOUNT_MAX_FEN),
    ),
    ("vat",),
    (Tier(1, 0), Tier(AMOUNT_MAX_FEN, 1_000_000), Tier(None, 1)),
    remainder_to="jiangsu",
    excess_to="anhui",
)


def _with(*parties: Party) -> Terms:
    """Return the sound terms with other parties first, and one that has the rest of the shares."""
    rest = 1_000_000 - sum(one.share_ppm for one in parties)
    return Terms(AGREEMENT, (*parties, Party("rest", rest)))


def _tiers(*tiers: Tier) -> Terms:
    return replace(SOUND, tiers=tiers)


BROKEN = [
    ("no parties", Terms(AGREEMENT, ()), "REQUIRED", "parties"),
    (
        "65 parties",
        _with(*(Party(f"p{at}", 1) for at in range(64))),
        "TOO_MANY",
        "parties",
    ),
    ("a party without a name", _with(Party("", 1)), "REQUIRED", "parties[0].party"),
    (
        "a party twice",
        _with(Party("a", 1), Party("a", 1)),
        "DUPLICATE_ITEM",
        "parties[1].party",
    ),
    (
        "a negative share",
        _with(Party("a", -1), Party("b", 1)),
        "NUMBER_RANGE",
        "parties[0].share_ppm",
    ),
    ("a share of true", _with(Party("a", True)), "NUMBER_RANGE", "parties[0].share_ppm"),  # noqa: FBT003 - no share
    (
        "too little in all",
        Terms(AGREEMENT, (Party("a", 500_000), Party("b", 499_999))),
        "SHARES_SUM",
        "parties",
    ),
    (
        "too much in all",
        Terms(AGREEMENT, (Party("a", 500_000), Party("b", 500_001))),
        "SHARES_SUM",
        "parties",
    ),
    ("a negative cap", _with(Party("a", 1, -1)), "NUMBER_RANGE", "parties[0].cap_fen"),
    ("a cap of 2^62", _with(Party("a", 1, 1 << 62)), "NUMBER_RANGE", "parties[0].cap_fen"),
    ("a negative floor", _with(Party("a", 1, None, -1)), "NUMBER_RANGE", "parties[0].floor_fen"),
    (
        "a floor of 2^62",
        _with(Party("a", 1, None, 1 << 62)),
        "NUMBER_RANGE",
        "parties[0].floor_fen",
    ),
    (
        "a floor above the cap",
        _with(Party("a", 1, 500, 501)),
        "FLOOR_ABOVE_CAP",
        "parties[0].floor_fen",
    ),
    (
        "a rate above all",
        _tiers(Tier(None, 1_000_001)),
        "NUMBER_RANGE",
        "tiers[0].rate_ppm",
    ),
    ("a negative rate", _tiers(Tier(9, -1), Tier(None, 0)), "NUMBER_RANGE", "tiers[0].rate_ppm"),
    (
        "an end of 2^62",
        _tiers(Tier(1 << 62, 0), Tier(None, 0)),
        "NUMBER_RANGE",
        "tiers[0].upto_fen",
    ),
    ("an empty first tier", _tiers(Tier(0, 0), Tier(None, 0)), "TIER_ORDER", "tiers[0].upto_fen"),
    (
        "an empty tier",
        _tiers(Tier(9, 0), Tier(9, 1), Tier(None, 0)),
        "TIER_ORDER",
        "tiers[1].upto_fen",
    ),
    (
        "no end before the last",
        _tiers(Tier(None, 0), Tier(None, 0)),
        "TIER_WITHOUT_END",
        "tiers[0].upto_fen",
    ),
    ("an end of all", _tiers(Tier(9, 0)), "LAST_TIER_ENDS", "tiers[0].upto_fen"),
    (
        "the remainder to a stranger",
        replace(SOUND, remainder_to="zhejiang"),
        "PARTY_UNKNOWN",
        "remainder_to",
    ),
    (
        "the excess to a stranger",
        replace(SOUND, excess_to="zhejiang"),
        "PARTY_UNKNOWN",
        "excess_to",
    ),
    (
        "the excess to who has a cap",
        replace(SOUND, excess_to="jiangsu"),
        "EXCESS_TO_CAPPED",
        "excess_to",
    ),
]


def test_sound_terms_have_no_findings() -> None:
    assert check_terms(SOUND) == ()
    assert check_terms(_with(*(Party(f"p{at}", 1) for at in range(63)))) == ()


@LAW
@given(any_terms())
def test_terms_of_the_other_tests_are_sound(terms: Terms) -> None:
    assert check_terms(terms) == ()


@pytest.mark.parametrize(
    ("terms", "rule", "field"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_broken_rule_is_told(terms: Terms, rule: str, field: str) -> None:
    assert told(check_terms(terms)) == [(rule, f"terms.{field}")]


def test_all_that_is_wrong_is_told_at_once_under_the_name_of_the_caller() -> None:
    spoilt = replace(
        _with(Party("a", 1, 500, 501)), tiers=(Tier(9, -1),), remainder_to="b", excess_to="a"
    )
    assert told(check_terms(spoilt, "document.agreement")) == [
        ("FLOOR_ABOVE_CAP", "document.agreement.parties[0].floor_fen"),
        ("NUMBER_RANGE", "document.agreement.tiers[0].rate_ppm"),
        ("LAST_TIER_ENDS", "document.agreement.tiers[0].upto_fen"),
        ("PARTY_UNKNOWN", "document.agreement.remainder_to"),
        ("EXCESS_TO_CAPPED", "document.agreement.excess_to"),
    ]


def test_finding_tells_the_value_and_the_cure_in_both_languages() -> None:
    (found,) = check_terms(_with(Party("a", 1, 500, 501)))
    assert found.value == "501"
    assert found.text_en == (
        'terms.parties[0].floor_fen "501" is above the party\'s cap of 500 fen; '
        "correct one of the two"
    )
    assert found.text_zh == "terms.parties[0].floor_fen“501”高于该方上限 500 分；请更正其中之一"


def test_no_rule_has_two_meanings() -> None:
    assert not set(LEDGER_RULES) & set(RULES)
    assert set(LedgerReport.rules) == set(LEDGER_RULES) | set(RULES)


@pytest.mark.parametrize("name", LEDGER_RULES)
def test_rule_says_what_and_the_cure_in_both_languages(name: str) -> None:
    zh, en = LEDGER_RULES[name]
    assert "；" in zh
    assert ";" in en
    assert {field for _, field, _, _ in Formatter().parse(zh)} == {
        field for _, field, _, _ in Formatter().parse(en)
    }
