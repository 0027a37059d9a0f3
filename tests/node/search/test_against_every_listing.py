"""The index against a look at every listing: who matches, how many, facets, and every page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.matching.listing_text import searched_text
from federation.matching.terms import terms
from federation.records.codec import ListingPublic, ListingTerms
from node.search.facet_ranges import AMOUNTS_FEN, CLOSING_DAYS, VALID_DAYS, RangeCount
from node.search.facets import COLUMNS, Facets
from node.search.index import in_memory
from node.search.query import ListingFilter, Words, query_words
from node.search.ranking import Ranking, Sort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.search.index import Snapshot
    from node.search.ranking import Hit, Reached

TODAY: Final = "2026-11-18"
TODAY_NUMBER: Final = 739_938
SINCE: Final = {3: [(2, 5), (7, 7)], 4: [(4, 9), (11, 2**41)], 90: []}
ORIGINS: Final = {1: "ydx.example/shanghai", 2: "ydx.example/anhui"}


@dataclass(frozen=True)
class Made:
    """A listing as storage has it."""

    origin_id: int
    subject: bytes
    position: int
    state: int
    recorded_at_ms: int
    public: bytes
    members: bytes | None


_DAYS: Final = st.sampled_from(["", "2026-11-17", "2026-11-18", "2026-11-19", "2027-12-31"])
_WORDS: Final = ["铝合金", "低压铸造", "450 MPa", "AZ91D", "alloys", "alloy", "铝", "A61K 31/4174"]
_AMOUNTS: Final = st.sampled_from([0, 1, 50, 51, 9_999_999, 10_000_000, 600_000_000, 2**40])
_MOST: Final = st.one_of(_AMOUNTS, st.just(2**63 - 1))
_IPC: Final = ["A61K", "A61K 31/4174", "A61K 31/4175", "A61K31/4174", "B22D 18/04", "H01M"]
_INDUSTRIES: Final = ["C", "C33", "C3391", "C3392", "A01"]
_OWNERS: Final = ["安徽大学", "上海 (嘉定) 中心", "上海(嘉定)  中心", ""]
_NUMBERS: Final = st.integers(1, 3)


@st.composite
def listings(draw: st.DrawFn) -> list[Made]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        public: Any = ListingPublic()
        public.kind = draw(st.integers(1, 2))
        public.title = " ".join(draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4)))
        public.region = draw(st.sampled_from(["", "310000", "310115", "340100", "341502"]))
        public.tech_field = draw(_NUMBERS)
        public.trl = draw(st.integers(0, 9))
        public.valid_until = draw(_DAYS)
        public.open_for_enquiry = draw(st.booleans())
        public.industry[:] = draw(st.lists(st.sampled_from(_INDUSTRIES), max_size=3, unique=True))
        public.ipc[:] = draw(st.lists(st.sampled_from(_IPC), max_size=3, unique=True))
        public.labels[:] = draw(st.lists(st.sampled_from(["首台套", "POC"]), max_size=3))
        public.owner.name = draw(st.sampled_from(_OWNERS))
        if public.kind == 1:
            public.supply.transfer_modes[:] = draw(st.lists(st.integers(5, 9), max_size=3))
            public.supply.convert_by = draw(_DAYS)
            public.supply.open_licence_fee_fen = draw(_AMOUNTS)
            for status in draw(st.lists(_NUMBERS, max_size=2)):
                public.supply.ip.add().status = status
        else:
            public.demand.cooperation_modes[:] = draw(st.lists(_NUMBERS, max_size=3))
            public.demand.deadline_eoi = draw(_DAYS)
        told: Any = ListingTerms()
        if draw(st.booleans()):
            price = told.price if public.kind == 1 else told.budget
            least, most = draw(_AMOUNTS), draw(_MOST)
            price.amount_min_fen, price.amount_max_fen = least, most if most >= least else 0
            price.negotiable = draw(st.booleans())
        made.append(
            Made(
                draw(st.integers(1, 2)), number.to_bytes(16), number + 1, draw(_NUMBERS),
                draw(st.sampled_from([5, 6, 7])), public.SerializeToString(),
                told.SerializeToString(),
            )
        )  # fmt: skip
    return made


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.one_of(st.just([]), st.lists(st.sampled_from(values), max_size=2, unique=True))


@st.composite
def filters(draw: st.DrawFn) -> ListingFilter:
    def maybe(strategy: st.SearchStrategy[Any], nothing: Any) -> Any:
        return draw(strategy) if draw(st.integers(0, 4)) == 0 else nothing

    return ListingFilter(
        states=maybe(some([1, 2, 3]), []),
        kind=maybe(st.integers(1, 2), 0),
        origin_ids=maybe(some([1, 2, 3]), None),
        regions=maybe(some(["31", "3101", "310115", "34", "341502", "32"]), []),
        tech_fields=maybe(some([1, 2, 9]), []),
        industries=maybe(some(["C", "C33", "C339", "C3391", "A"]), []),
        ipc=maybe(some(["A", "A61", "a61k", "A61K 31", "A61K31/4174", "B22D 18/04"]), []),
        trl_min=maybe(st.integers(0, 9), 0),
        trl_max=maybe(st.integers(0, 9), 0),
        transfer_modes=maybe(some([5, 6, 8]), []),
        cooperation_modes=maybe(some([1, 2]), []),
        ip_statuses=maybe(some([1, 3]), []),
        labels=maybe(some(["首台套", "首台"]), []),
        amount_min_fen=maybe(_MOST, 0),
        amount_max_fen=maybe(_MOST, 0),
        open_licence=maybe(st.booleans(), False),  # noqa: FBT003 - as the others
        open_for_enquiry=maybe(st.booleans(), False),  # noqa: FBT003
        valid_on=maybe(_DAYS, ""),
        closes_from=maybe(_DAYS, ""),
        closes_until=maybe(_DAYS, ""),
        overdue_on=maybe(_DAYS, ""),
        organisation=maybe(st.sampled_from(["安徽大学", "上海（嘉定）中心", "大学"]), ""),
        since=maybe(st.just([(2, 5), (7, 7)]), None),
        but=maybe(st.just([(1, bytes(16)), (2, (1).to_bytes(16))]), []),
    )


def range_of(public: Any, told: Any) -> tuple[int, int] | None:
    """Return the amounts that a listing names, None where it names none."""
    price = told.price if public.kind == 1 else told.budget
    is_said = price.amount_min_fen or price.amount_max_fen
    if is_said and not price.negotiable:
        return price.amount_min_fen, price.amount_max_fen or 2**63
    if 8 in public.supply.transfer_modes:
        return public.supply.open_licence_fee_fen, public.supply.open_licence_fee_fen
    return None


def begins(codes: Any, wanted: Any) -> bool:
    """Tell whether a code is one of the wanted or lies below it; IPC groups are whole numbers."""
    for code in ("".join(code.split()) for code in codes):
        for one in ("".join(one.split()).upper() for one in wanted):
            if code == one or (code.startswith(one) and (len(one) < 5 or code[len(one)] == "/")):
                return True
    return False


def passes(one: Made, which: ListingFilter) -> bool:
    public: Any = ListingPublic.FromString(one.public)
    told = ListingTerms.FromString(one.members or b"")
    supply, demand = public.supply, public.demand
    closes = demand.deadline_eoi if public.kind == 2 else public.valid_until
    checks = [
        not which.states or one.state in which.states,
        which.kind in {0, public.kind},
        which.origin_ids is None or one.origin_id in which.origin_ids,
        not which.regions or public.region.startswith(tuple(which.regions)),
        not which.tech_fields or public.tech_field in which.tech_fields,
        not which.industries
        or any(code.startswith(tuple(which.industries)) for code in public.industry),
        not which.ipc or begins(public.ipc, which.ipc),
        not which.trl_min or public.trl >= which.trl_min,
        not which.trl_max or 0 < public.trl <= which.trl_max,
        not which.transfer_modes or bool(set(which.transfer_modes) & set(supply.transfer_modes)),
        not which.cooperation_modes
        or bool(set(which.cooperation_modes) & set(demand.cooperation_modes)),
        not which.ip_statuses or any(right.status in which.ip_statuses for right in supply.ip),
        not which.labels or bool(set(which.labels) & set(public.labels)),
        not which.open_licence or 8 in supply.transfer_modes,
        not which.open_for_enquiry or public.open_for_enquiry,
        not which.valid_on or (public.valid_until or "9") >= which.valid_on,
        not (which.closes_from or which.closes_until)
        or (bool(closes) and which.closes_from <= closes <= (which.closes_until or "9")),
        not which.overdue_on or (supply.convert_by or "9") < which.overdue_on,
        not which.organisation
        or which.organisation.replace("（", "(").replace("）", ")")
        == public.owner.name.replace(" ", ""),
        which.since is None or any(first <= one.position < end for first, end in which.since),
        (one.origin_id, one.subject) not in which.but,
    ]  # fmt: skip
    if which.amount_min_fen or which.amount_max_fen:
        amounts = range_of(public, told)
        most = which.amount_max_fen or 2**63
        checks.append(
            amounts is not None and amounts[0] <= most and amounts[1] >= which.amount_min_fen
        )
    return all(checks)


def holds(one: Made, text: str) -> bool:
    """Tell whether a listing holds all words of a query that has more than single characters."""
    have = set(terms(searched_text(ListingPublic.FromString(one.public))))
    asked = terms(text)
    main = [term for term in asked if len(term) > 1 or term.isascii()] or asked
    return have.issuperset(main)


def counted(found: list[Made]) -> dict[str, Counter[str]]:
    """Count the facets that are single values or codes."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*COLUMNS, "open_licence")}
    for one in found:
        public: Any = ListingPublic.FromString(one.public)
        ipc = {"".join(code.split()) for code in public.ipc}
        region = public.region.removesuffix("00").removesuffix("00")
        values: dict[str, Any] = {
            "kind": [public.kind],
            "origin_id": [one.origin_id],
            "regions": {region[:end] for end in (2, 4, 6) if region},
            "tech_field": [public.tech_field],
            "industries": {code[:n] for code in public.industry for n in range(1, 6) if code[:n]},
            "ipc": {c[:n] for c in ipc for n in (1, 3, 4)}
            | {c.partition("/")[0] for c in ipc}
            | ipc,
            "trl": [public.trl],
            "transfer_modes": set(public.supply.transfer_modes),
            "cooperation_modes": set(public.demand.cooperation_modes),
            "state": [one.state],
            "open_for_enquiry": [int(public.open_for_enquiry)],
            "ip_statuses": {right.status for right in public.supply.ip},
            "labels": set(public.labels),
            "owners": {" ".join(public.owner.name.split())} - {""},
            "open_licence": ["1"] if 8 in public.supply.transfer_modes else [],
        }
        for name, said in values.items():
            counts[name].update(map(str, said))
    spelt = [
        (name, counts["owners"].pop(name, 0)) for name in ("上海 (嘉定) 中心", "上海(嘉定) 中心")
    ]
    if together := sum(count for _, count in spelt):
        counts["owners"][max(spelt, key=itemgetter(1))[0]] = together
    return counts


def overlapped(found: list[Made], name: str) -> list[RangeCount]:
    """Count the listings that pass the filter that each range of a facet stands for."""

    def passing(**which: Any) -> int:
        return sum(passes(one, ListingFilter(**which)) for one in found)

    def day(number: int) -> str:
        return date.fromordinal(number).isoformat()

    told: list[RangeCount] = []
    if name == "amount_min_fen":
        for least, following in zip_longest(AMOUNTS_FEN, AMOUNTS_FEN[1:]):
            last = following - 1 if following else None
            count = passing(amount_min_fen=least, amount_max_fen=last or 0)
            told.append(RangeCount(least, last, count))
    elif name == "closes_from":
        for days in CLOSING_DAYS:
            last = TODAY_NUMBER + days
            count = passing(closes_from=TODAY, closes_until=day(last))
            told.append(RangeCount(TODAY_NUMBER, last, count))
    elif name == "valid_on":
        days_from_now = [TODAY_NUMBER + days for days in VALID_DAYS]
        told = [RangeCount(one, None, passing(valid_on=day(one))) for one in days_from_now]
    else:
        told = [RangeCount(one, None, passing(since=ranges)) for one, ranges in SINCE.items()]
    return [one for one in told if one.listings]


def paged(
    snapshot: Snapshot, text: str, which: ListingFilter, sort: Sort, sizes: Iterator[int]
) -> list[Hit]:
    """Return all hits, by pages of changing sizes."""
    found: list[Hit] = []
    after: Reached | None = None
    while True:
        ranking = Ranking(snapshot, query_words(snapshot, text), which, sort, ORIGINS, TODAY_NUMBER)
        size = next(sizes)
        page: list[Hit] = []
        for hit in ranking.hits(after):
            if len(page) == size:
                after = ranking.reached(page, after, hit)
                break
            page.append(hit)
        else:
            return found + page
        found += page


@settings(max_examples=80, deadline=None)
@given(
    listings(),
    filters(),
    st.one_of(st.just(""), st.lists(st.sampled_from(_WORDS), max_size=3).map(" ".join)),
    st.sampled_from(list(Sort)),
    st.lists(st.integers(1, 4), min_size=13, max_size=13),
)
def test_who_matches_how_many_and_every_page(
    made: list[Made], which: ListingFilter, text: str, sort: Sort, sizes: list[int]
) -> None:
    if sort is Sort.RELEVANCE and not text:
        sort = Sort.NEWEST
    snapshot = in_memory(made)
    expected = [one for one in made if passes(one, which) and (not text or holds(one, text))]
    if sort is Sort.CLOSING_SOON:
        expected = [one for one in expected if passes(one, ListingFilter(closes_from=TODAY))]
    hits = paged(snapshot, text, which, sort, iter(sizes))
    whole = [hit for hit in hits if hit.place.held is Words.ALL]
    by_position = {one.position: one for one in made}
    assert sorted(hit.position for hit in whole) == [one.position for one in expected]
    assert len({hit.position for hit in hits}) == len(hits)
    assert all(passes(by_position[hit.position], which) for hit in hits)
    places = [hit.place for hit in hits]
    assert places == sorted(places)
    ranking = Ranking(snapshot, query_words(snapshot, text), which, sort, ORIGINS, TODAY_NUMBER)
    total, held = ranking.total()
    if expected:
        assert (total, held) == (len(expected), Words.ALL)
        facets = Facets().count(snapshot, ranking.query(held), TODAY_NUMBER, SINCE)
        assert {name: dict(values) for name, values in facets.values.items()} == counted(expected)
        for name, ranges in facets.ranges.items():
            assert ranges == overlapped(expected, name), name
