"""Personal data in texts: what is found, where, and what only looks like it."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.records import personal_data
from federation.records.personal_data import (
    find_in_address,
    find_in_identifier,
    find_personal_data,
)

FOUND = [
    ("a mobile number", "请致电13800001234", "PHONE", 3),
    ("grouped by hyphens", "138-0000-1234", "PHONE", 0),
    ("grouped by blanks", "电话 138 0000 1234", "PHONE", 3),
    ("grouped by points", "138.0000.1234", "PHONE", 0),
    ("grouped 3-8", "138-00001234", "PHONE", 0),
    ("grouped 4-3-4", "1380-000-1234", "PHONE", 0),
    ("with the country", "+86 13800001234", "PHONE", 0),
    ("with the country and hyphens", "+86-138-0000-1234", "PHONE", 0),
    ("with the country in brackets", "（+86）13800001234", "PHONE", 0),
    ("with 0086", "0086 13800001234", "PHONE", 0),
    ("with 86 alone", "8613800001234", "PHONE", 0),
    ("full-width", "手机：１３８００００１２３４", "PHONE", 3),
    ("full-width hyphens", "138－0000－1234", "PHONE", 0),
    ("circled digits", "①③⑧0000 1234", "PHONE", 0),
    ("mathematical digits", "𝟏𝟑𝟖𝟎𝟎𝟎𝟎𝟏𝟐𝟑𝟒", "PHONE", 0),
    ("grouped by blanks and hyphens", "138 - 0000 - 1234", "PHONE", 0),
    ("grouped by two blanks", "138  0000  1234", "PHONE", 0),
    ("glued to a word", "Tel13800001234", "PHONE", 3),
    ("after a unit that NFKC would end in a digit", "㎡㎡13800001234", "PHONE", 2),
    ("a landline", "总机0512-62880000", "PHONE", 2),
    ("a landline in brackets", "（0512）62880000", "PHONE", 0),
    ("a landline of Shanghai", "021 5555 6666", "PHONE", 0),
    ("a landline with a dash", "010—62880000", "PHONE", 0),
    ("a landline with the country", "+86-512-62880000", "PHONE", 0),
    ("a landline with the country and a zero", "+86 (0)512 6288 0000", "PHONE", 0),
    ("a landline in one piece after its word", "电话：051262880000", "PHONE", 3),
    ("a landline with a stroke", "021/65432109", "PHONE", 0),
    ("a landline with a point", "传真 0512.62880000", "PHONE", 3),
    ("a landline of the same town", "电话：65432109", "PHONE", 3),
    ("a landline of the same town, full-width", "联系电话：６５４３２１０９", "PHONE", 5),
    ("a landline of the same town in groups", "座机6543-2109", "PHONE", 2),
    ("a landline of a small town", "联系方式为 6288000。", "PHONE", 6),
    ("a landline with its extension", "电话号码:65432109-8001", "PHONE", 5),
    ("a landline of the same town in brackets", "咨询电话（65432109）", "PHONE", 4),
    ("a landline after Tel.", "Tel. 65432109", "PHONE", 5),
    ("a landline after a word in capitals", "FAX:6543 2109", "PHONE", 4),
    ("a mobile number with strokes after its word", "手机：138/0000/1234", "PHONE", 3),
    ("a hotline", "服务热线：400-812-3456", "PHONE", 5),
    ("a hotline in one piece", "热线4008123456", "PHONE", 2),
    ("a hotline of developers", "研发热线：58881234", "PHONE", 5),
    ("a hotline of a power supplier", "供电热线：58881234", "PHONE", 5),
    ("a landline before a name", "电话：5888 1234 余老师", "PHONE", 3),
    ("a landline before a department", "电话58881234人事部", "PHONE", 2),
    ("a landline before an address", "传真58881234通讯地址", "PHONE", 2),
    ("a landline before a service", "总机 58881234 用户服务部", "PHONE", 3),
    ("a landline after 号", "电话号65432109", "PHONE", 3),
    ("a landline with a stroke, full-width", "传真０２１／６５４３２１０９", "PHONE", 2),
    ("a mobile number with full-width points", "手机138．0000．1234", "PHONE", 2),
    ("a landline after a full-width word", "ＰＨＯＮＥ６５４３２１０９", "PHONE", 5),
    ("segmented digits", "🯱🯳🯸🯰🯰🯰🯰🯱🯲🯳🯴", "PHONE", 0),
    ("a North American number", "call (719) 555-0100 now", "PHONE", 5),
    ("an address", "联系 a.b-c@mail.example.com。", "EMAIL", 3),
    ("an address of a university", "x@cs.nju.edu.cn", "EMAIL", 0),
    ("a full-width address", "ａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "EMAIL", 0),
    ("an address that avoids @", "name(at)example.cn", "EMAIL", 0),
    ("an address that avoids @ in capitals", "name(AT)example.cn", "EMAIL", 0),
    ("an address that avoids @, full-width", "name（ａｔ）example.cn", "EMAIL", 0),
    ("an address that avoids @ in square brackets", "name［at］example.cn", "EMAIL", 0),
    ("an address of another country", "Lei.Zhang@ict.csiro.au", "EMAIL", 0),
    ("an address under a new top level", "联系 zhang@ydx.company。", "EMAIL", 3),
    ("an address with blanks around @", "zhang @ example.com", "EMAIL", 0),
    ("an identity number", "身份证110101199003074514", "ID_NUMBER", 3),
    ("an identity number in groups", "110101 19900307 4514", "ID_NUMBER", 0),
    ("an identity number with hyphens", "110101-19900307-4514", "ID_NUMBER", 0),
    ("an identity number with its year apart", "110101 1990 0307 4514", "ID_NUMBER", 0),
    ("an identity number like a bank card", "1101 0119 9003 0745 14", "ID_NUMBER", 0),
    ("a mobile number before what is no identity number", "13800019901 0101123", "PHONE", 0),
    ("an identity number with X", "11010519491231002X", "ID_NUMBER", 0),
    ("an old identity number after its word", "身份证号：310101900101123", "ID_NUMBER", 5),
    ("a slip in an identity number after its word", "身份证110101199003074515", "ID_NUMBER", 3),
    ("digits alone after 身份证", "身份证号码：110101 19900230 451X", "ID_NUMBER", 6),
    (
        "full-width digits after 身份证",
        "身份证号１１０１０１１９９００３０７４５１５",
        "ID_NUMBER",
        4,
    ),
]

NOT_FOUND = [
    ("a credit code", "91110000600037341L"),
    ("a credit code of digits", "913205001234567894"),
    ("a patent number", "ZL202310123456.7"),
    ("a patent number with blanks", "专利号 ZL 2013 1 0123456.7"),
    ("a bare patent number", "202310123456.7"),
    ("an application before 2003", "CN138000012"),
    ("a software register number", "2023SR0123456"),
    ("a contract register number", "2023310000012345"),
    ("an old business register number", "注册号310115000123456"),
    ("a variety right", "品种权号CNA20191003783"),
    ("a DOI", "10.1016/j.cej.2020.13800001234"),
    ("an ISBN", "ISBN 978-7-302-12345-6"),
    ("a PCT number", "PCT/CN2020/081234"),
    ("a long numeral", "13800001234567"),
    ("the tail of a longer number", "9913800001234"),
    ("decimals", "0.13800001234"),
    ("an amount", "年产值13800000000元"),
    ("years", "2019-2021 年"),
    ("a range with unit", "450-600 MPa"),
    ("a list of speeds", "150 2000 3000 r/min"),
    ("a list of temperatures", "1300 1500 1700℃"),
    ("a precision", "1/30000"),
    ("a core-shell material", "Fe3O4@SiO2 纳米粒子"),
    ("a core-shell material at the end of a sentence", "Fe3O4@SiO2.The"),
    ("an alloy", "Au@Pt.Co"),
    ("a core-shell material with blanks", "Fe3O4 @ SiO2.the"),
    ("a version", "react@18.2.beta"),
    ("a rate", "1080p @ 30 fps"),
    ("an identity number whose check digit is wrong", "110101199003074515"),
    ("an identity number on 30 February", "110101199002304510"),
    ("a credit code of digits after its word", "证件号码：913205001234567894"),
    ("a patent number after 身份证", "身份证核验方法 ZL202310123456.7"),
    ("years after a word for telephones", "固定电话 2015-2020 年用户"),
    ("years in one piece", "传真20152020"),
    ("telephones that are counted", "程控电话 2000000 门"),
    ("telephone calls that are counted", "累计外呼电话2000000余次"),
    ("calls of a hotline that are counted", "接听热线 2500000 通"),
    ("lines that are counted", "覆盖固话 8000000 用户"),
    ("pages that are counted", "处理传真2400000页"),
    ("contacts that are counted", "清洗企业联系方式5000000余条"),
    ("rates of a telefax", "支持传真2400 4800 bps"),
    ("an electric hot wire", "电热线:2000-3000"),
    ("a number of a drawing", "图号 025/3004567"),
    ("the day of filing in a platform's number", "310104202603150008"),
    ("amounts after telephones", "手机 2000-3000 元"),
    ("resolutions of telephones", "手机2400 1080"),
    ("what is made for telephones", "电话机 65432109"),
    ("a longer word", "hotel 65432109, Intel 8086 8088"),
    ("a hot wire", "热线风速仪 2000 3000 rpm"),
    ("a number of eight digits alone", "65432109"),
    ("a number of eight digits after another word", "批号：65432109"),
    ("a fraction", "1021/65432109"),
    ("a path", "10.1016/021/65432109"),
    ("decimals after a word", "电话 2.1234567"),
]


@pytest.mark.parametrize(("sentence", "text", "kind", "offset"), FOUND)
def test_found(sentence: str, text: str, kind: str, offset: int) -> None:
    assert list(find_personal_data(text)) == [(kind, offset)], sentence


@pytest.mark.parametrize(("sentence", "text"), NOT_FOUND)
def test_not_found(sentence: str, text: str) -> None:
    assert list(find_personal_data(text)) == [], sentence


def test_all_are_found_in_order() -> None:
    text = "电话13800001234，邮箱a@example.cn，传真 0512-62880000"
    assert [found.kind for found in find_personal_data(text)] == ["PHONE", "EMAIL", "PHONE"]


@pytest.mark.parametrize(
    ("sentence", "rest", "kind", "offset"),
    [
        ("a mobile number in the path", "u/13800001234.pdf", "PHONE", 2),
        ("a mobile number asked for", "u?tel=13800001234&x=1", "PHONE", 6),
        ("a mobile number in groups", "u?tel=138-0000-1234", "PHONE", 6),
        ("a mobile number with the country", "u?tel=%2B8613800001234", "PHONE", 6),
        ("a mobile number behind Chinese", "%E7%94%B5%E8%AF%9D13800001234", "PHONE", 18),
        ("a mobile number in the fragment", "u#13800001234", "PHONE", 2),
        ("an e-mail address", "u?to=a.b%40example.cn", "EMAIL", 5),
        ("an identity number", "u/110101199003074514", "ID_NUMBER", 2),
    ],
)
def test_found_in_an_address(sentence: str, rest: str, kind: str, offset: int) -> None:
    address = f"https://example.cn/{rest}"
    found = list(find_in_address(address))
    assert found == [(kind, len("https://example.cn/") + offset)], sentence


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("a time in milliseconds", "u?t=1380000123456"),
        ("a number that is told to be one", "detail?id=13900000017"),
        ("a number with the day of filing", "detail/310104200503150003"),
        ("a time in seconds", "u?t=1380000123"),
        ("a platform's number", "u/202310123456789012"),
        ("a number inside a word", "u/a13800001234"),
        ("a digest", "u/138000012344a5b6c7d8e9f013800001234a"),
        ("a UUID", "u/13800001-1380-1234-8123-138000012345"),
        ("a DOI", "10.1016/j.cej.2020.123456"),
        ("a landline, which may be dates", "2024/021/65432109.pdf"),
        ("an identity number whose check digit is wrong", "u/110101199003074515"),
        ("an escape that is no address", "u?q=a%40b"),
    ],
)
def test_not_found_in_an_address(sentence: str, rest: str) -> None:
    assert list(find_in_address(f"https://example.cn/{rest}")) == [], sentence


@pytest.mark.parametrize(
    ("sentence", "identifier", "found"),
    [
        ("an identity number", "110101199003074514", [("ID_NUMBER", 0)]),
        ("an e-mail address", "a@example.cn", [("EMAIL", 0)]),
        ("a number like a mobile one", "13800001234", []),
        ("a number with the day of filing", "310104202603150008", []),
        ("a number with the day of filing, long ago", "310104200503150005", []),
    ],
)
def test_found_in_an_identifier(
    sentence: str, identifier: str, found: list[tuple[str, int]]
) -> None:
    assert list(find_in_identifier(identifier)) == found, sentence


def test_numbers_of_a_region_and_a_day_are_none_of_persons() -> None:
    """One in eleven has the check digit of an identity number."""
    numbers = [f"31010420260315{serial:04}" for serial in range(1_000)]
    for number in numbers:
        assert list(find_in_identifier(number)) == []
        assert list(find_in_address(f"https://example.cn/detail/{number}")) == []


def _foreign_signs() -> dict[str, list[str]]:
    """Return for each sign those that NFKC turns into it alone."""
    signs = defaultdict(list)
    for sign in map(chr, range(0x80, sys.maxunicode + 1)):
        normal = unicodedata.normalize("NFKC", sign)
        if len(normal) == 1 and normal != sign:
            signs[normal].append(sign)
    return signs


def test_the_sieve_stops_all_that_is_found_in_foreign_signs_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    foreign = _foreign_signs()
    texts = {
        changed
        for _, text, _, _ in FOUND
        for sign in set(text)
        for other in foreign.get(sign, ())
        for changed in (text.replace(sign, other), text.replace(sign, other, 1))
    }
    sieved = {text for text in texts if list(find_personal_data(text))}
    monkeypatch.setattr(personal_data, "SIEVE", re.compile(""))
    assert {text for text in texts if list(find_personal_data(text))} == sieved
    assert len(sieved) > len(FOUND) * 20


@given(st.text("甲乙丙，。 \n"), st.sampled_from(FOUND), st.text("甲乙丙，。 \n"))
def test_found_wherever_it_stands(
    before: str, example: tuple[str, str, str, int], after: str
) -> None:
    _, text, kind, offset = example
    found = list(find_personal_data(f"{before}，{text}，{after}"))
    assert (kind, len(before) + 1 + offset) in found


@given(st.text())
def test_any_text_may_be_searched(text: str) -> None:
    assert all(0 <= found.offset < len(text) for found in find_personal_data(text))


@given(st.text("0123456789+-.@()a元 cnomel", max_size=300))
def test_any_text_of_digits_may_be_searched(text: str) -> None:
    assert all(0 <= found.offset < len(text) for found in find_personal_data(text))


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "13",
        "138-",
        "a",
        "a.",
        "@",
        "a@",
        "a@a.",
        "(0512)",
        "+86",
        "0 ",
        "电话",
        "电话654",
        "身份证1 ",
    ],
)
def test_hostile_repetition_is_searched_to_its_end(unit: str) -> None:
    """A quadratic pattern would not come back within the time that a test has."""
    text = (unit * 100_000)[:100_000] + "，13800001234"
    assert list(find_personal_data(text))[-1] == ("PHONE", len(text) - 11)
