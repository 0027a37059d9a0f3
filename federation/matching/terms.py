"""The terms of a text: what is indexed, searched, scored and marked.

1. Form: NFKC without invisible characters, in lower case. Full and half width, ² and 2, µm and μm
   become one; traditional characters stay as written.
2. Scripts without blanks (Chinese, kana, Hangul, and all other letters from U+2E80 on): each run
   gives its pairs of neighbours, then its single characters. A run of one character gives that.
3. Words give their English stem; Latin letters lose their accents; stop words go.
4. What mixes letters and digits is kept whole and also gives its pieces: `AZ91D` az91d, az, 91;
   `12.5mm` 12.5mm, 12.5, mm. Pieces of one letter say nothing and are left out. Thousands lose
   their commas: 1,000 is 1000.
5. What a hyphen, point or slash joins gives its pieces (lithium-ion: lithium, ion) and, if it holds
   digits or a single letter (x-ray, I/O), first the whole without its joints, save a point or slash
   between digits: AZ-91D finds AZ91D.
6. Codes that are written with a blank are joined too: `A61K 31/4174` gives a61k31/4174, a61k, 31,
   4174; `GB/T 4754` gives gbt4754, gb, 4754.
7. Everything else (punctuation, symbols, emoji, control characters) only separates.

No term holds a blank, so terms joined by blanks are read back by any whitespace tokenizer. Letters
are told by ranges that are fixed here or have long been assigned in Unicode, and stems by the
locked stemmer, so that members agree. The time is linear in the length of the text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import chain
from operator import add
from typing import Final, NamedTuple

import Stemmer

WORD_LENGTH_MAX: Final = 48
"""Characters; what is longer is no word, and is read as several."""

STOP_WORDS: Final = frozenset(
    """
    a about also an and any are as at be been both but by can could did do does each for from had
    has have he her his how i if in into is it its may more most no not of on only or other our out
    over she should so some such than that the their them then there these they this those through
    to under up upon was we were what when where which while who whose will with within would you
    your
    """.split()  # noqa: SIM905 a hundred quoted words would hide the list
)

_LETTERS: Final = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c"
    "\uac00-\ud7a3\uf900-\ufa6d\ufa70-\ufad9\U00020000-\U0003fffd"
)
_UNSPACED: Final = _LETTERS + "\ufa6e\ufa6f\ufada-\ufaff"  # not assigned: these begin no run
_UNSPACED_FIRST: Final = "\u3005"
_COMMON_FORMS: Final = (
    *zip("，（）：；％＜＞！？²³", ",():;%<>!?23", strict=True),
    ("℃", "°C"),
)
"""What NFKC changes in many texts, and into what."""
_WORD: Final = f"[^\\W_{_UNSPACED}]{{1,{WORD_LENGTH_MAX}}}"
_WORDS: Final = (
    "[a-z]{2,48}(?=[ ,;:)])"  # most English words; the rest are tried in vain otherwise
    r"|[a-h]\d\d[a-z] ?\d{1,4}/\d{2,6}(?!\d)"  # IPC and CPC
    r"|[a-z]{2,4}/[tz] ?\d{2,6}(?!\d)"  # Chinese standards
    r"|\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?"
    f"|{_WORD}(?:[-./'\u2019\u2010\u2011]{_WORD}){{0,7}}"
)
_RUN: Final = f"[{_LETTERS}][{_UNSPACED}]*"
_TOKEN: Final = re.compile(  # fails at once on what only separates
    f"(?=[^\\W_]|[\U00020000-\U0003fffd])(?:{_RUN}|{_WORDS})"
)
_split_at_runs: Final = re.compile(f"({_RUN})").split
_find_words: Final = re.compile(f"(?=[^\\W_{_UNSPACED}])(?:{_WORDS})").findall
_split_at_blanks: Final = re.compile(r" (?!\d)").split
_PIECE: Final = re.compile(
    r"\A[a-h]\d\d[a-z](?= ?\d+/\d|\Z)"
    r"|\d+(?:,\d{3})*(?:\.\d+)*"
    r"|(?<=\d)[cdkm]?m[23](?!\w)"  # areas and volumes behind their number
    r"|[^\W\d_]+(?:['\u2019][^\W\d_]+)*"
)
_JOINT: Final = re.compile(r"[- ,'\u2019\u2010\u2011]|(?<!\d)[./]|[./](?!\d)")
_is_plain: Final = re.compile(
    "[\n -~\xb0\xb7\u03a9\u03b1-\u03c9\u2013\u2014\u2018-\u201d\u2030\u221a\u2264\u2265"
    "\u3001\u3002\u3008-\u3011\u4e00-\u9fff]*"
).fullmatch
"""Most texts are that once their common forms are changed: NFKC leaves them as they are."""
_INVISIBLE: Final = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ACCENT: Final = re.compile("[\u0300-\u036f]+")
_JAMO: Final = re.compile("[\u1160-\u11ff]")
_KNOWN_MAX: Final = 1 << 15
_CHARACTER: Final = "w" if sys.version_info >= (3, 13) else "u"
"""The type of arrays that hold a character an item, as Python calls it."""
_has_digit: Final = re.compile(r"\d").search
_is_unspaced: Final = re.compile(f"[{_UNSPACED}]").match


class _Located(NamedTuple):
    """A term of a word and where it stands in the word."""

    term: str
    start: int
    end: int


def terms(text: str) -> list[str]:
    """Return the terms of a text, with repeats, run by run and word by word."""
    found: list[str] = []
    extend = found.extend
    for token in _TOKEN.findall(_normal(text)):
        if token < _UNSPACED_FIRST or not _is_unspaced(token):
            extend(_word_terms(token))
            continue
        characters = list(token)
        extend(map(add, characters, characters[1:]))
        found += characters
    return found


class JoinedTerms(NamedTuple):
    """The terms of a text, and how many they are.

    Those of scripts without blanks are joined in any order, each with blanks behind it; those of
    words stand in the order of the text.
    """

    unspaced: str
    words: Sequence[str]
    length: int


def joined_terms(text: str) -> JoinedTerms:
    """Return the terms of a text as an index takes them. Hot."""
    runs, words = _runs_and_words(text)
    return JoinedTerms(_joined_runs(runs), words, _count(runs, words))


def unspaced_runs(text: str) -> list[str]:
    """Return the runs of scripts without blanks, in the form in which terms are looked for."""
    return _split_at_runs(_normal(text))[1::2]


def counted(text: str, wanted: Container[str]) -> tuple[Counter[str], int]:
    """Return how often each wanted term is one of a text, and how many terms it has in all. Hot."""
    runs, words = _runs_and_words(text)
    characters = " ".join(runs)  # what holds a blank is no term
    pairs = map(add, characters, characters[1:])
    found = filter(wanted.__contains__, chain(pairs, characters, words))
    return Counter(found), _count(runs, words)


def _runs_and_words(text: str) -> tuple[list[str], list[str]]:
    """Return the runs of scripts without blanks, and the terms of all words."""
    normal = _normal(text)
    if normal.isascii():
        return [], list(_terms_of_words(normal))
    pieces = _split_at_runs(normal)
    return pieces[1::2], list(_terms_of_words("\n".join(pieces[::2])))


def _terms_of_words(normal: str) -> Iterable[str]:
    """Return the terms of all words of a text in its form. Hot."""
    # Two blanks separate as a line's end does; one before a digit may stand in a code.
    pieces = _split_at_blanks(normal.replace("\n", "  "))
    return chain.from_iterable(map(_known.__getitem__, pieces))


class _Known(dict[str, tuple[str, ...]]):
    """The terms of what stands between two blanks, signs and all: most of it comes again.

    Full, it begins anew: what is frequent is there again soon.
    """

    def __missing__(self, piece: str) -> tuple[str, ...]:
        found = tuple(chain.from_iterable(map(_word_terms, _find_words(piece))))
        if len(piece) <= WORD_LENGTH_MAX:
            if len(self) >= _KNOWN_MAX:
                self.clear()
            self[piece] = found
        return found


_known: Final = _Known()


def _count(runs: Sequence[str], words: Sequence[str]) -> int:
    return 2 * sum(map(len, runs)) - len(runs) + len(words)


def _joined_runs(runs: Sequence[str]) -> str:
    """Return the pairs and the single characters of runs, each followed by a blank.

    Built by columns, since a string for each term would cost most of the time: each character,
    its neighbour, a blank, and, where it has a neighbour, itself again, a blank.
    """
    characters = "".join(runs)
    joined = array(_CHARACTER, " ") * (5 * len(characters))
    joined[0::5] = array(_CHARACTER, characters)
    joined[1::5] = array(_CHARACTER, " ".join([run[1:] for run in runs] + [""]))
    joined[3::5] = array(_CHARACTER, " ".join([run[:-1] for run in runs] + [""]))
    return joined.tounicode()


def is_unspaced(term: str) -> bool:
    """Tell whether a term comes from a script without blanks: a pair or a single character."""
    return _is_unspaced(term) is not None


def is_single(term: str) -> bool:
    """Tell whether a term is a single character of a script without blanks: it says little."""
    return len(term) == 1 and is_unspaced(term)


def held(text: str, wanted: AbstractSet[str]) -> set[str]:
    """Return which of some terms of other texts stand in a text."""
    normal = _normal(text)
    # A pair of such characters is a term wherever it stands: only words need to be read.
    found = {term for term in wanted if term in normal and is_unspaced(term)}
    words = {term for term in wanted if not is_unspaced(term)}
    if words:
        found |= words.intersection(_terms_of_words(normal))
    return found


def spans(text: str, wanted: AbstractSet[str]) -> list[tuple[int, int]]:
    """Return where wanted terms stand in the text as it was given.

    Pairs (start, end) in characters, ascending, neither touching nor overlapping.
    """
    normal, is_like = _likened(text)
    latin = frozenset(term for term in wanted if not is_unspaced(term))
    # A pair of such characters is a term wherever it stands: only words need their borders.
    found = _occurrences(normal, wanted - latin)
    for token in _TOKEN.finditer(normal) if latin else ():
        run, at = token[0], token.start()
        if not _is_unspaced(run) and not latin.isdisjoint(_word_terms(run)):
            parts = _word_parts(run)
            found += [(at + part.start, at + part.end) for part in parts if part.term in latin]
    if not found:
        return []
    found.sort()
    if is_like:
        return _merged(found)
    places = _places(text, normal)
    return _merged(sorted((places[start][0], places[end - 1][1]) for start, end in found))


def _occurrences(text: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Return where each of some strings stands in a text, overlapping ones too."""
    found = []
    for term in wanted:
        at = text.find(term)
        while at >= 0:
            found.append((at, at + len(term)))
            at = text.find(term, at + 1)
    return found


def _merged(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what touches or overlaps; the spans must ascend."""
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _normal(text: str) -> str:
    """Return the form in which terms are looked for (rule 1)."""
    if text.isascii():
        return text.lower()
    plain = _with_common_forms(text)
    if not _is_plain(plain):
        # The common forms first: NFKC of a text that it changes costs ten times more.
        plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain))
    return plain.lower()


def _likened(text: str) -> tuple[str, bool]:
    """Return the normal form; whether each of its characters is known to be one of the text."""
    plain = _with_common_forms(text)
    if _is_plain(plain) or (text.isprintable() and unicodedata.is_normalized("NFKC", plain)):
        normal = plain.lower()
        return normal, len(normal) == len(text)
    return _normal(text), False


def _with_common_forms(text: str) -> str:
    for one, other in _COMMON_FORMS:
        text = text.replace(one, other)
    return text


def _places(text: str, normal: str) -> list[tuple[int, int]]:
    """Return for each character of the normal form the span of the text that it comes from.

    The text is cut before each character that cannot melt into what stands before it; what a piece
    gives by itself, it gives in the whole.
    """
    if len(text) == len(normal) and all(map(_stands_alone, set(text))):
        return [(at, at + 1) for at in range(len(text))]
    places: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _melts(text[end]):
            places += [(start, end)] * len(_normal(text[start:end]))
            start = end
    return places


def _melts(character: str) -> bool:
    """Tell whether a character may melt into what stands before it (rule 1)."""
    if character.isascii():
        return False
    first = _normal(character)[:1]
    return not first or unicodedata.category(first)[0] == "M" or _JAMO.match(first) is not None


@lru_cache(maxsize=1 << 14)
def _stands_alone(character: str) -> bool:
    """Tell whether a character gives one character, whatever stands around it."""
    return not _melts(character) and len(_normal(character)) == 1


@lru_cache(maxsize=1 << 14)
def _word_terms(word: str) -> tuple[str, ...]:
    """Return the terms of one word or code: the whole, then its pieces (rules 3 to 6). Hot.

    Each listing has numbers of its own that no cache remembers.
    """
    pieces = _PIECE.findall(word)
    if len(pieces) == 1:
        parts = [word]
    else:
        parts = list(filter(_is_told, pieces))
        if len(parts) < len(pieces) or _has_digit(word):
            parts.insert(0, word)
    return tuple(filter(None, map(_stem, parts)))


def _word_parts(word: str) -> list[_Located]:
    """Return the terms of `_word_terms`, in any order, and where they stand."""
    places = [(0, len(word)), *(piece.span() for piece in _PIECE.finditer(word))]
    located = (_Located(_stem(word[start:end]), start, end) for start, end in places)
    wanted = _word_terms(word)
    return [part for part in located if part.term in wanted]


def _is_told(piece: str) -> bool:
    return len(piece) > 1 or piece.isdecimal()


def _stem(word: str) -> str:
    """Return the stem of a word without joints and accents, or "" for a stop word."""
    if not word.isalnum():
        word = _JOINT.sub("", word)
    elif word.isdecimal():
        return word
    if not word.isascii():
        bare = _ACCENT.sub("", unicodedata.normalize("NFD", word))
        if not bare.isascii():
            return word  # not Latin: there an accent may make another letter
        word = bare
    if word in STOP_WORDS:
        return ""
    # A stemmer has state; a new one costs 1 us a word that is not remembered, and suits any thread.
    return Stemmer.Stemmer("english", 0).stemWord(word) if word.isalpha() else word
