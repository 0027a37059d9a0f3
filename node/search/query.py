"""A search in the terms of the index: words and filters, made into a query of tantivy.

- A query text is text: nothing in it is an operator. Its terms are those of the index.
- Main terms are words, numbers, codes and Chinese pairs of characters; single Chinese characters
  only add to the score, with SINGLE_WEIGHT, unless a text has nothing else.
- A number that is typed at its unit (450MPa) is found as a number and a unit too; the whole only
  adds to the score. So 450 MPa is found, as indicators are written.
- A Chinese patent number is found however it is written (ZL 2023 1 0123456.1, 202310123456.1): by
  the key that duplicates are found by, or as typed.
- A term that is said c times weighs c·(K3+1)/(c+K3); only the TERMS_MAX rarest main terms count.
- The pairs of one word overlap and tell much the same: those of a Chinese word of n pairs, and its
  characters, count as n^-OVERLAP of a time, so that a word does not outweigh another by its length
  alone. What has more than WORD_PAIRS_MAX pairs is several words that were typed without blanks.
- Neighbouring words add to the score where they are neighbours in a text too: NEIGHBOURS_WEIGHT of
  what they add together. Stop words, numbers and codes between them are passed over. A text of more
  than NEIGHBOURS_MAX neighbours is not typed: there they tell nothing.
- First come the listings with all main terms; only where they do not fill the page, those with
  some (`Words.ALL`, `Words.SOME`).
- Filters give no score.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tantivy import FieldType, Occur, Query

from federation.matching.duplicate_keys import patent_key
from federation.matching.terms import is_single, is_unspaced, terms, unspaced_runs
from federation.records.codec import TransferMode
from federation.records.facets import RecordState
from node.search.documents import (
    AMOUNT_MAX,
    NO_DAY,
    day_number,
    document_id,
    listings_only,
    normal_ipc,
    normal_label,
    normal_name,
    normal_region,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from node.search.index import Snapshot

TERMS_MAX: Final = 60
SINGLE_WEIGHT: Final = 0.65
K3: Final = 4
OVERLAP: Final = 0.4
WORD_PAIRS_MAX: Final = 5
NEIGHBOURS_WEIGHT: Final = 0.35
NEIGHBOURS_MAX: Final = 16
_TRL_MAX: Final = 9
_PATENT: Final = re.compile(
    r"(?<![\w.])(?:(?:ZL|CN)\s?(?:19|20)\d{2}\s?\d\s?\d{7}(?:\s?\.?\s?[\dX])?"
    r"|(?:19|20)\d{2}\s?\d\s?\d{7}\.[\dX])(?![\w.])",
    re.IGNORECASE | re.ASCII,
)
_MEASURE: Final = re.compile(r"(\d+(?:\.\d+)*)((?:[^\W\d_]{2,}|[cdkm]?m[23]))")
_CLOSED_DEAL: Final = RecordState.CLOSED_DEAL.value
_OPEN_LICENCE: Final = int(TransferMode.TRANSFER_MODE_OPEN_LICENCE)


class Words(IntEnum):
    """How many of the main terms a listing holds."""

    ALL = 1
    SOME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFilter:
    """Which listings. What is empty, 0 or None does not filter; of several values one must hold.

    `since` are positions [first, end) of what has changed; None does not filter, an empty one lets
    nothing pass. Days are YYYY-MM-DD.
    """

    states: Sequence[int] = ()
    kind: int = 0
    origin_ids: Sequence[int] | None = None
    regions: Sequence[str] = ()
    tech_fields: Sequence[int] = ()
    industries: Sequence[str] = ()
    ipc: Sequence[str] = ()
    trl_min: int = 0
    trl_max: int = 0
    transfer_modes: Sequence[int] = ()
    cooperation_modes: Sequence[int] = ()
    ip_statuses: Sequence[int] = ()
    labels: Sequence[str] = ()
    amount_min_fen: int = 0
    amount_max_fen: int = 0
    open_licence: bool = False
    open_for_enquiry: bool = False
    valid_on: str = ""
    closes_from: str = ""
    closes_until: str = ""
    not_closed_on: str = ""
    """What closes then or later, or never: a demand at its deadline, a supply as it expires."""
    overdue_on: str = ""
    organisation: str = ""
    manager: str = ""
    since: Sequence[tuple[int, int]] | None = None
    but: Sequence[tuple[int, bytes]] = ()
    """(origin id, subject) of listings that are left out."""


@dataclass(frozen=True, slots=True)
class QueryWords:
    """The terms of a text: main and added, each with its weight."""

    main: Mapping[str, float]
    added: Mapping[str, float]
    is_text: bool
    """Whether anything was asked for, even if it has no terms."""
    patents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The keys of patent numbers, each with its terms as typed; these only mark, with `added`."""
    neighbours: Sequence[tuple[str, str]] = ()
    """Words that follow each other; they only add to the score."""

    @property
    def has_main(self) -> bool:
        """Tell whether there is anything that a listing must hold."""
        return bool(self.main or self.patents)


def query_words(snapshot: Snapshot, text: str) -> QueryWords:
    """Return the terms of a query text and their weights; the rarest where there are too many."""
    every = every_word(text)
    main = _rarest(snapshot, every.main)
    typed = {term for terms_of in every.patents.values() for term in terms_of}
    kept = {term: weight for term, weight in every.added.items() if term in typed}
    rest = {term: weight for term, weight in every.added.items() if term not in typed}
    return replace(every, main=main, added={**_rarest(snapshot, rest), **kept})


def every_word(text: str) -> QueryWords:
    """Return all terms of a query text and their weights, whatever the index holds."""
    patents: dict[str, list[str]] = {}

    def take(found: re.Match[str]) -> str:
        patents[patent_key(found[0])] = terms(found[0])
        return " "

    rest = _PATENT.sub(take, unicodedata.normalize("NFKC", text))
    typed = terms(rest)
    counts = Counter(typed)
    told = _told(rest)
    weights = {
        term: told.get(term, count) * (K3 + 1) / (count + K3) for term, count in counts.items()
    }
    added = {term: SINGLE_WEIGHT * weight for term, weight in weights.items() if is_single(term)}
    main = {term: weight for term, weight in weights.items() if term not in added}
    if not main:
        main, added = added, {}
    added |= {term: main.pop(term) for term in list(main) if _is_measure(term, main)}
    added |= {term: 1.0 for of_one in patents.values() for term in of_one if term not in main}
    return QueryWords(main, added, bool(text.strip()), patents, _neighbours(typed))


def _told(text: str) -> Mapping[str, float]:
    """Return how often terms of Chinese words are said, each time as much as it tells there."""
    told: defaultdict[str, float] = defaultdict(float)
    for run in unspaced_runs(text):
        tells = min(max(1, len(run) - 1), WORD_PAIRS_MAX) ** -OVERLAP
        for term in terms(run):
            told[term] += tells
    return told


def _neighbours(typed: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Return the words that follow each other, numbers and codes left out."""
    words = [term for term in typed if term.isalpha()]
    pairs = (pair for pair in pairwise(words) if not any(map(is_unspaced, pair)))
    found = dict.fromkeys(pairs)
    return list(found) if len(found) <= NEIGHBOURS_MAX else []


def _is_measure(term: str, asked: Mapping[str, float]) -> bool:
    """Tell whether a term is a number at its unit, which are asked for by themselves too."""
    found = _MEASURE.fullmatch(term)
    if found is None or found[1] not in asked:
        return False
    return any(unit in asked for unit in (found[2], *terms(found[2])))


def listing_query(
    snapshot: Snapshot, words: QueryWords, which: ListingFilter, held: Words
) -> Query:
    """Return the query of what holds all, or of what holds some but not all words."""
    parts = [(Occur.Must, one) for one in filter_queries(snapshot, which)]
    if not words.is_text:
        if not which.kind:  # else the mark would pass where nothing positive is asked
            parts.append((Occur.Must, listings_only(snapshot.schema)))
        return Query.boolean_query(parts)
    if not words.has_main:
        return Query.empty_query()
    main = [_term(snapshot, "text", term, weight) for term, weight in words.main.items()]
    main += [_patent(snapshot, key, typed) for key, typed in words.patents.items()]
    added = [_term(snapshot, "text", term, weight) for term, weight in words.added.items()]
    added += [_phrase(snapshot, pair) for pair in words.neighbours]
    if held is Words.ALL:
        query = Query.boolean_query([*parts, *((Occur.Must, one) for one in main)])
        # Few hold all words: what adds to their score is looked up one by one. As a union, all
        # listings with one of these common characters would be passed.
        for one in added:
            query = Query.boolean_query([(Occur.Must, query), (Occur.Should, one)])
        return query
    parts.append((Occur.Must, Query.boolean_query([(Occur.Should, one) for one in main])))
    every = Query.boolean_query([(Occur.Must, one) for one in main])
    parts.append((Occur.MustNot, every))
    return Query.boolean_query([*parts, *((Occur.Should, one) for one in added)])


def _rarest(snapshot: Snapshot, weights: Mapping[str, float]) -> Mapping[str, float]:
    if len(weights) <= TERMS_MAX:
        return weights
    rare = sorted(weights, key=lambda term: (snapshot.searcher.doc_freq("text", term), term))
    return {term: weights[term] for term in rare[:TERMS_MAX]}


def _patent(snapshot: Snapshot, key: str, typed: Sequence[str]) -> Query:
    """Return the query of what has a patent, or names it as typed."""
    as_typed = [(Occur.Must, _term(snapshot, "text", term, 1.0)) for term in typed]
    by_key = Query.term_query(snapshot.schema, "patents", key, "basic")
    return Query.boolean_query(
        [(Occur.Should, by_key), (Occur.Should, Query.boolean_query(as_typed))]
    )


def _phrase(snapshot: Snapshot, words: Sequence[str]) -> Query:
    in_order = Query.phrase_query(snapshot.schema, "phrases", list(words))
    return Query.boost_query(in_order, NEIGHBOURS_WEIGHT)


def _term(snapshot: Snapshot, field: str, term: str, weight: float) -> Query:
    return Query.boost_query(Query.term_query(snapshot.schema, field, term, "freq"), weight)


def filter_queries(snapshot: Snapshot, which: ListingFilter) -> list[Query]:
    """Return what must hold; none of it scores."""
    within = _Within(snapshot)
    within.among("state", which.states)
    if which.kind:
        within.any_of("kind", [which.kind])
    if which.origin_ids is not None:
        within.any_of("origin_id", which.origin_ids)
    if which.tech_fields:
        within.any_of("tech_field", which.tech_fields)
    if which.open_for_enquiry:
        within.any_of("open_for_enquiry", [1])
    within.labelled("regions", [normal_region(code) for code in which.regions])
    within.labelled("industries", which.industries)
    within.labelled("ipc", [normal_ipc(symbol) for symbol in which.ipc])
    within.among("transfer_modes", which.transfer_modes)
    if which.open_licence:
        within.among("transfer_modes", [_OPEN_LICENCE])
    within.among("cooperation_modes", which.cooperation_modes)
    within.among("ip_statuses", which.ip_statuses)
    within.labelled("labels", [normal_label(label) for label in which.labels])
    within.labelled("manager", [which.manager] if which.manager else [])
    within.labelled(
        "organisations", [normal_name(which.organisation)] if which.organisation else []
    )
    if which.trl_min or which.trl_max:
        within.range("trl", max(1, which.trl_min), which.trl_max or _TRL_MAX)
    _filter_days(within, which)
    if which.amount_min_fen or which.amount_max_fen:
        within.range("amount_min_fen", 0, which.amount_max_fen or AMOUNT_MAX - 1)
        within.range("amount_max_fen", min(max(which.amount_min_fen, 0), AMOUNT_MAX), AMOUNT_MAX)
        within.range("amount_min_fen", 0, AMOUNT_MAX - 1)
    if which.since is not None:
        within.positions(which.since)
    if which.but:
        within.none_of("id", [document_id(*one) for one in which.but])
    return within.queries


def _filter_days(within: _Within, which: ListingFilter) -> None:
    if which.valid_on:
        within.range("valid_until", day_number(which.valid_on), NO_DAY)
    if which.closes_from or which.closes_until:
        first = day_number(which.closes_from) if which.closes_from else 0
        last = day_number(which.closes_until) if which.closes_until else NO_DAY - 1
        within.range("closes_on", first, last)
    if which.not_closed_on:
        within.range("closes_on", day_number(which.not_closed_on), NO_DAY)
    if which.overdue_on:
        within.range("convert_by", 0, day_number(which.overdue_on) - 1)
        within.none_of("state", [_CLOSED_DEAL])


class _Within:
    """Collects filters."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._schema = snapshot.schema
        self.queries: list[Query] = []

    def any_of(self, field: str, numbers: Sequence[int]) -> None:
        self._add([Query.term_query(self._schema, field, one, "basic") for one in numbers])

    def none_of(self, field: str, values: Sequence[int | str]) -> None:
        out = Query.term_set_query(self._schema, field, values)
        self._add([Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, out)])])

    def among(self, field: str, numbers: Sequence[int]) -> None:
        if numbers:
            self.any_of(field, numbers)

    def labelled(self, field: str, values: Sequence[str]) -> None:
        if values:
            self._add([Query.term_query(self._schema, field, one, "basic") for one in values])

    def range(self, field: str, first: int, last: int) -> None:
        self._add([self._range(field, first, last)])

    def positions(self, ranges: Sequence[tuple[int, int]]) -> None:
        self._add([self._range("position", first, end - 1) for first, end in ranges if end > first])

    def _range(self, field: str, first: int, last: int) -> Query:
        if first > last:
            return Query.empty_query()
        return Query.range_query(self._schema, field, FieldType.Unsigned, first, last)

    def _add(self, any_of: list[Query]) -> None:
        """One of these must hold; of none, nothing passes."""
        if not any_of:
            self.queries.append(Query.empty_query())
            return
        one = any_of[0]
        if len(any_of) > 1:
            one = Query.boolean_query([(Occur.Should, query) for query in any_of])
        self.queries.append(Query.const_score_query(one, 0.0))
