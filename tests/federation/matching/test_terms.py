"""What a text is searched by, and where it is marked."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.matching import terms as module
from federation.matching.terms import (
    STOP_WORDS,
    counted,
    held,
    is_single,
    is_unspaced,
    joined_terms,
    spans,
    terms,
    unspaced_runs,
)

EXAMPLES = [
    ("锂电池", "锂电 电池 锂 电 池"),
    ("锂", "锂"),
    ("锂、电池", "锂 电池 电 池"),
    ("采用5G通信", "采用 采 用 5g 5 通信 通 信"),
    ("the bearings of a bearing", "bear bear"),
    ("Multi-layers", "multi layer"),
    ("state-of-the-art", "state art"),
    ("x-ray, I/O and U.S.", "xray ray io us"),
    ("the system's", "system"),
    ("don’t", "dont"),
    ("AZ91D AZ-91D", "az91d az 91 az91d az 91"),
    ("Ti-6Al-4V", "ti6al4v ti 6 al 4"),
    ("A61K", "a61k"),
    ("100m2", "100m2 100 m2"),
    ("12.5mm 12.5 mm", "12.5mm 12.5 mm 12.5 mm"),
    ("1,000.5 kg", "1000.5 kg"),
    ("2,3,4", "2 3 4"),
    ("A61K 31/4174", "a61k31/4174 a61k 31 4174"),
    ("H01M10/0525", "h01m10/0525 h01m 10 0525"),
    ("GB/T 4754-2017", "gbt4754 gb 4754 2017"),
    ("GB/T4754", "gbt4754 gb 4754"),
    ("CN202310123456.7", "cn202310123456.7 cn 202310123456.7"),
    ("202310123456.X", "202310123456x 202310123456"),
    ("91310000MA1FL0XX3B", "91310000ma1fl0xx3b 91310000 ma 1 fl 0 xx 3"),
    ("ＡＺ９１，９５％", "az91 az 91 95"),
    ("㎡ H₂O 10⁻³", "m2 2 h2o 2 10 3"),
    ("naïve Müller", "naiv muller"),
    ("русский йод", "русский йод"),
    ("カタカナ", "カタ タカ カナ カ タ カ ナ"),
    ("ｶﾞ", "ガ"),
    ("한국어", "한국 국어 한 국 어"),
    ("電機", "電機 電 機"),
    ("电\u200b池", "电池 电 池"),
    ("🙂👍🏽 \x00磁\x07", "磁"),
    ("𠀀𠀁", "𠀀𠀁 𠀀 𠀁"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_a_text_gives_the_terms_that_the_rules_say(text: str, expected: str) -> None:
    assert terms(text) == expected.split()


@pytest.mark.parametrize("text", [text for text, _ in EXAMPLES])
def test_joined_terms_are_the_terms_of_each_example(text: str) -> None:
    _assert_joined(text)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("AZ 91", "镁合金AZ91D"),
        ("300 mm", "直径300mm"),
        ("lithium ion", "a lithium-ion battery"),
        ("A61K", "A61K 31/4174"),
        ("4754", "GB/T 4754-2017"),
        ("202310123456.7", "专利CN202310123456.7"),
    ],
)
def test_a_code_is_found_by_its_pieces(typed: str, written: str) -> None:
    assert set(terms(typed)) <= set(terms(written))


@pytest.mark.parametrize(
    ("term", "unspaced", "single"),
    [
        ("锂", True, True),
        ("カ", True, True),
        ("𠀀", True, True),
        ("锂电", True, False),
        ("c", False, False),
        ("5", False, False),
        ("й", False, False),
    ],
)
def test_pairs_single_characters_and_words_are_told_apart(
    term: str, unspaced: bool, single: bool
) -> None:
    assert (is_unspaced(term), is_single(term)) == (unspaced, single)


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("新型锂电池隔膜", {"锂电", "电池"}, ["锂电池"]),
        ("新型锂电池隔膜", {"隔", "新型"}, ["新型", "隔"]),
        ("Bearings bear it", {"bear"}, ["Bearings", "bear"]),
        ("a Multi-layer film", {"layer"}, ["layer"]),
        ("an X-ray film", {"xray"}, ["X-ray"]),
        ("面积５㎡，１０㎡", {"m2", "10"}, ["㎡", "１０㎡"]),
        ("ﬁne 电\u200b池", {"fine", "电池"}, ["ﬁne", "电\u200b池"]),
        ("cafe\u0301 İyi A61K 31/4174", {"cafe", "a61k31/4174"}, ["cafe\u0301", "A61K 31/4174"]),
        ("的的", set(), []),
    ],
)
def test_what_is_wanted_is_marked_in_the_text_as_written(
    text: str, wanted: set[str], marked: list[str]
) -> None:
    assert [text[start:end] for start, end in spans(text, wanted)] == marked


# Texts of all scripts, thick with what the rules speak of.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("锂电池的ab1２，.-/' ％㎡ﬁカ゛ﾞ한\u1112\u1161\u11ab\u0301\u200b\xad·İΣ½…²"),
        st.characters(),
    ),
    max_size=60,
)


@given(TEXTS)
def test_joined_terms_are_the_terms_in_another_order(text: str) -> None:
    _assert_joined(text)


@given(TEXTS, TEXTS)
def test_wanted_terms_are_counted_as_often_as_they_are_terms(text: str, other: str) -> None:
    wanted = set(terms(text)[::2]) | set(terms(other))
    found, count = counted(text, wanted)
    assert found == Counter(term for term in terms(text) if term in wanted)
    assert count == len(terms(text))


@given(TEXTS)
def test_joined_terms_of_words_stand_in_the_order_of_the_text(text: str) -> None:
    joined = joined_terms(text)
    assert list(joined.words) == [term for term in terms(text) if not is_unspaced(term)]
    assert all(map(is_unspaced, joined.unspaced.split()))


@given(TEXTS)
def test_runs_give_all_terms_of_scripts_without_blanks(text: str) -> None:
    found = [term for run in unspaced_runs(text) for term in terms(run)]
    assert sorted(found) == sorted(filter(is_unspaced, terms(text)))


def _assert_joined(text: str) -> None:
    joined = joined_terms(text)
    found = f"{joined.unspaced}{' '.join(joined.words)}".split(" ")
    assert sorted(found) == sorted(terms(text) + [""] * (len(found) - joined.length))


@given(TEXTS, TEXTS)
def test_a_text_holds_of_another_text_the_terms_that_both_have(text: str, other: str) -> None:
    wanted = set(terms(other))
    assert held(text, wanted) == wanted & set(terms(text))


@given(TEXTS)
def test_no_term_is_empty_or_holds_a_blank(text: str) -> None:
    found = terms(text)
    assert " ".join(found).split() == found
    assert not STOP_WORDS & set(found)


@given(TEXTS, st.data())
def test_each_span_covers_wanted_terms_and_nothing_else_does(
    text: str, data: st.DataObject
) -> None:
    found = terms(text)
    wanted = set(data.draw(st.lists(st.sampled_from(found)))) if found else {"x"}
    marked = spans(text, wanted)
    assert bool(marked) == bool(wanted & set(found))
    bounds = [place for span in marked for place in span]
    assert all(before < after for before, after in pairwise(bounds))
    assert all(0 <= start < end <= len(text) for start, end in marked)
    # With the marked places blanked out no wanted term of a run is left.
    left = list(text)
    for start, end in marked:
        left[start:end] = " " * (end - start)
    rest = set(terms("".join(left)))
    assert not {term for term in wanted & rest if is_single(term)}


@given(TEXTS)
def test_all_terms_together_cover_every_letter_of_a_run(text: str) -> None:
    marked = spans(text, set(terms(text)))
    covered = {at for start, end in marked for at in range(start, end)}
    assert all(at in covered for at, letter in enumerate(text) if is_single(letter))


@given(st.text(st.characters(), max_size=60))
def test_the_form_of_writing_does_not_matter(text: str) -> None:
    assert terms(text) == terms(unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("piece", ["a", "1", "锂", "a-", "1,", "a1", "\x00", "' ", "1/", "é", "ﷺ"])
def test_ten_thousand_characters_of_anything_give_terms_in_bounds(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    found = terms(text)
    assert sum(map(len, found)) <= 20 * len(text)
    assert max(map(len, found), default=0) <= 400
    spans(text, set(found))


def test_what_is_remembered_has_an_end_and_changes_no_term(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = module._Known()
    monkeypatch.setattr(module, "_known", known)
    monkeypatch.setattr(module, "_KNOWN_MAX", 3)
    text = "lithium-ion cells of 12.5mm, A61K 31/4174 and lithium-ion " + "x" * 60
    for _ in range(3):
        joined = joined_terms(text)
        assert Counter([*joined.unspaced.split(), *joined.words]) == Counter(terms(text))
        assert joined.length == len(terms(text))
        assert 0 < len(known) <= 3
        assert all(len(piece) <= module.WORD_LENGTH_MAX for piece in known)
