"""Personal data in texts that others may read: phone numbers, e-mail addresses, identity numbers.

- Chinese mobile numbers, bare or with +86, 0086, 86, whole or grouped (138-1234-5678); landlines
  with area code, grouped ((0512) 6288 1234); after a word such as 电话 any number that can be
  dialled, without area code too; North American numbers, since imported texts hold them; e-mail
  addresses, also with (at); identity numbers of 18 digits, grouped or not, whose date and check
  digit fit; after 身份证 any of 18 digits, and of 15 whose date fits.
- Full-width and other compatibility forms count as what they stand for; places are told in the
  text as it was given, of a number after its word those of the number.
- Not meant: credit codes, patent and register numbers, long numerals, amounts and ranges with
  units, years, chemical formulas such as Fe3O4@SiO2. A number in a longer number or word is none.
- In identifiers and https addresses numbers belong to a platform, and often hold a region and the
  day of filing: identity numbers count there only with a year before 2000, and of telephone numbers
  whole mobile ones in addresses alone, where they are not told to be an id (`?id=`).

`SIEVE` is one linear pass for the many texts that hold nothing of the kind; only what it stops is
read by the exact patterns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from operator import mul
from typing import Final, NamedTuple

# Signs with those that NFKC turns into them.
_DIGIT: Final = "0-9０-９²³¹⁰⁴-⁹₀-₉①-⑨⓪𝟎-𝟿\U0001fbf0-\U0001fbf9"
_AT: Final = "@＠﹫"
_OPEN, _CLOSE = "(（⁽₍︵﹙", ")）⁾₎︶﹚"
_POINT: Final = ".．․﹒"
_GAP: Final = rf"\s{_POINT}/／·\u0387{_OPEN}{_CLOSE}\u2010-\u2015\u2212⁻₋﹘︱︲﹣－-"
_SQUARE_OPEN, _SQUARE_CLOSE = r"\[［﹇", r"\]］﹈"
_FOREIGN: Final = r"[^\x00-\x7f\u2e80-\ua4cf]"
_CIRCLED: Final = r"Ⓐ-ⓩ\U0001f130-\U0001f149"
_ENDS: Final = rf"[话机线真式码号为是lexLEX{_CIRCLED}:：︓﹕{_POINT}{_OPEN}{_CLOSE}\s]"
"""How a word before a number ends, beside foreign forms of its letters."""
SIEVE: Final = re.compile(
    rf"[{_DIGIT}{_AT}{_OPEN}{_SQUARE_OPEN}](?:(?<=[{_AT}])"
    rf"|(?<=[{_OPEN}{_SQUARE_OPEN}])(?:[aA]|{_FOREIGN})(?:[tT]|{_FOREIGN})[{_CLOSE}{_SQUARE_CLOSE}]"
    rf"|(?:[{_GAP}]{{0,3}}[{_DIGIT}]){{9}}"
    rf"|(?:(?<={_ENDS}[{_DIGIT}])|(?<=[^\W\d_\x00-\x7f\u2e80-\ua4cf][{_DIGIT}]))"
    rf"(?:[{_GAP}]{{0,3}}[{_DIGIT}]){{6}})"
)
"""Finds a place in every text that holds personal data, and seldom one in others."""

_SEPARATOR: Final = r"(?:[\s.·\u2010-\u2015\u2212-]{1,3})"
_START: Final = r"(?<![0-9A-Za-z])(?<![0-9]\.)"
_UNIT: Final = r"[元圆万亿个次台件吨株条只套倍℃°%μµΩ]|[kMGTmn]?(?:Hz|Pa|eV|[WVAgm])\b|r/min|rpm"
_END: Final = rf"(?![0-9A-Za-z])(?!\.[0-9])(?!\s?(?:{_UNIT}))"
_COUNTRY: Final = r"(?:(?:\+|00)?86[\s-]{0,2}|\(\+?86\)\s?)"
_HINT: Final = r"(?:tel|phone|mobile|mob|fax|wechat|wx|vx)[^0-9A-Za-z]{0,2}"
_MOBILE: Final = (
    rf"(?:{_START}|(?i:{_HINT})){_COUNTRY}?1[3-9]\d"
    rf"(?:\d{{8}}|S\d{{4}}S?\d{{4}}|S\d{{3}}S\d{{5}}|\d{{4}}S\d{{4}}|\dS\d{{3}}S\d{{4}}|\dS\d{{4}}S\d{{3}})"
    rf"{_END}"
).replace("S", _SEPARATOR)
_AREA: Final = r"(?:10|2\d|[3-9]\d{2})"
_LANDLINE: Final = (
    rf"{_START}(?:\(0{_AREA}\)\s?-?|0{_AREA}[\s\u2010-\u2015-]{{1,3}}|(?<![./])(?<![图编型文证]号)(?<![图编型文证]号\s)0{_AREA}[./]"
    rf"|(?:\+|00)86[\s-]?\(?0?\)?{_AREA}\)?[\s-]?)[2-8]\d{{2,3}}[\s-]?\d{{4}}{_END}"
)
_LINE: Final = (
    r"电话|座机|固话|总机|(?<!(?<![供家用充])电)(?<!加)(?<!(?<![研开])发)热线|传真|联系方式"
    r"|(?<![A-Za-z])(?i:tel|telephone|phone|fax|hotline)"
)
_UP_TO_NUMBER: Final = r"(?:号码?)?[为是]?[\s:.)(]{0,3}"
_YEARS: Final = r"(?:19|20)\d\d[\s-]?(?:19|20)\d\d"
_DIALLED: Final = (
    rf"(?:手机|{_LINE}){_UP_TO_NUMBER}(?:0{_AREA}[2-8]\d{{6,7}}|1[3-9]\d[./]\d{{4}}[./]\d{{4}}){_END}"
    rf"|(?:{_LINE}){_UP_TO_NUMBER}(?!{_YEARS}(?!\d))(?!\d{{2}}00000(?!\d))(?:[2-8]\d{{2,3}}[\s-]?\d{{4}}"
    r"|[48]00[\s-]?(?:\d{3}[\s-]?\d{4}|\d{4}[\s-]?\d{3}))"
    rf"{_END}(?!\s?(?:[部门户线路年月日份]|bps))"
)
_NORTH_AMERICAN: Final = (
    rf"{_START}(?:\+?1[-. ])?(?:\([2-9]\d{{2}}\)\s?|[2-9]\d{{2}}[-.])[2-9]\d{{2}}[-.]\d{{4}}{_END}"
)
_TLD: Final = (
    r"(?:com|net|org|edu|gov|mil|ac|info|biz|mobi|asia|top|xyz|vip|pro|tech|online|site|club|shop|ltd)"
    r"(?:\.[a-z]{2})?|cn|hk|tw|mo|jp|kr|sg|uk|de|fr|io|cc|tv|中国"
)
# Formulas have capitals after their @, versions no letter before their last point.
_ANY_DOMAIN: Final = (
    r"(?:[a-z0-9-]{1,63}\.){0,4}[0-9-]{0,62}[a-z][a-z0-9-]{0,62}"
    r"\.(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})"
)
_EMAIL: Final = (
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}\s?(?:@|[(\[](?i:at)[)\]])\s?"
    rf"(?:(?:[A-Za-z0-9-]{{1,63}}\.){{1,5}}(?i:{_TLD})|{_ANY_DOMAIN})(?![A-Za-z0-9])"
)
_DAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_18: Final = rf"{_START}[1-9](?:S?\d){{16}}S?[0-9Xx](?![0-9A-Za-z])".replace(
    "S", r"[\s\u2010-\u2015\u2212-]"
)
_ID_AFTER_WORD: Final = (
    rf"(?:身份证|证件)[^0-9]{{0,8}}[1-8]\d{{5}}\d{{2}}{_DAY}\d{{3}}(?![0-9A-Za-z])"
    r"|身份证[^0-9]{0,8}[1-9](?:[\s-]?\d){16}[\s-]?[0-9Xx](?![0-9A-Za-z])"
)
_SURE: Final = (
    rf"(?P<EMAIL>{_EMAIL})|(?P<ID_NUMBER>{_ID_AFTER_WORD})"
    rf"|(?P<PHONE>{_MOBILE}|{_LANDLINE}|{_DIALLED}|{_NORTH_AMERICAN})"
)
_EXACT: Final = re.compile(rf"(?P<CARD>{_ID_18})|{_SURE}", re.ASCII)
_BUT_CARD: Final = re.compile(_SURE, re.ASCII)
_DOUBTED_ADDRESS: Final = re.compile(r"%40|[0-9]{3}-?[0-9]{4}-?[0-9]{4}")
_IN_ADDRESS: Final = re.compile(
    r"(?P<EMAIL>[A-Za-z0-9._+-]{1,64}%40[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]{2,})"
    r"|(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2}))"  # behind an escaped Chinese letter too
    r"(?:(?P<CARD>[1-9]\d{16}[0-9Xx])|(?<![?&]id=)(?P<PHONE>(?:(?:%2[Bb]|00)?86-?)?1[3-9]\d-?\d{4}-?\d{4}))"
    r"(?![0-9A-Za-z])",
    re.ASCII,
)
_BORN_FIRST, _BORN_LAST = 1900, 2015
_BORN_LAST_IN_NUMBERS: Final = 1999
"""Numbers of platforms often hold a region and the day of filing, which is later."""
_NO_DIGIT: Final = re.compile("[^0-9Xx]")
_CARD_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class PersonalData(NamedTuple):
    """What was found (PHONE, EMAIL or ID_NUMBER) and at which character of the text, from 0."""

    kind: str
    offset: int


def find_personal_data(text: str, born_last: int = _BORN_LAST) -> Iterator[PersonalData]:
    """Yield what the text holds, in order; bounded time, whatever the text.

    Numbers with a later year than `born_last` are no identity numbers.
    """
    if SIEVE.search(text) is None:
        return
    folded = in_single_signs(text)
    position = 0
    while match := _EXACT.search(folded, position):
        if match.lastgroup == "CARD":
            kind = "ID_NUMBER" if _is_card(match[0], born_last) else ""
        else:
            kind = match.lastgroup or ""
        if not kind and (other := _BUT_CARD.match(folded, match.start())):
            match, kind = other, other.lastgroup or ""
        if kind:
            yield PersonalData(kind, _place(kind, match))
            position = match.end()
        else:
            position = match.start() + 1


def find_in_identifier(identifier: str) -> Iterator[PersonalData]:
    """Yield what an identifier of a platform holds; its numbers may look like telephones'."""
    for found in find_personal_data(identifier, _BORN_LAST_IN_NUMBERS):
        if found.kind != "PHONE":
            yield found


def find_in_address(address: str) -> Iterator[PersonalData]:
    """Yield what an https address holds, in order. Hot."""
    if _DOUBTED_ADDRESS.search(address) is None:
        return
    for match in _IN_ADDRESS.finditer(address):
        kind = match.lastgroup or ""
        if kind != "CARD":
            yield PersonalData(kind, match.start())
        elif _is_card(match[0], _BORN_LAST_IN_NUMBERS):
            yield PersonalData("ID_NUMBER", match.start())


def _place(kind: str, match: re.Match[str]) -> int:
    """Return where it begins; a number behind the word before it."""
    start = match.start()
    if kind == "EMAIL" or not match[0][0].isalpha():
        return start
    return start + next(at for at, sign in enumerate(match[0]) if sign.isdigit() or sign in "+(")


def in_single_signs(text: str) -> str:
    """Return the text, each character in NFKC where that is one character too (１, not ㎡)."""
    if text.isascii():
        return text
    pieces = [(unicodedata.normalize("NFKC", character), character) for character in text]
    return "".join([folded if len(folded) == 1 else given for folded, given in pieces])


def _is_card(text: str, born_last: int) -> bool:
    """Say whether date and check digit of an 18-digit identity number (GB 11643) fit."""
    number = _NO_DIGIT.sub("", text)
    try:
        born = date.fromisoformat(number[6:14])
    except ValueError:
        return False
    if not _BORN_FIRST <= born.year <= born_last:
        return False
    total = sum(map(mul, _CARD_WEIGHTS, map(int, number[:17])))
    return "10X98765432"[total % 11] == number[17].upper()
