"""What of a listing stands in the index: one document a listing, fields by what they answer.

- `text` is the one scored field: the terms of all texts, separated by spaces, with their counts.
- `id` names the listing (origin id and subject), so that a later revision replaces it.
- What filters by the beginning of a code (regions, industries, IPC) is stored as all beginnings.
- Days are counted from 0001-01-01; a listing without a day has NO_DAY, which is after all days.
- `amount_*` is the price of a supply or the budget of a demand in fen; an open end is AMOUNT_MAX.
  What is negotiable or not told has an empty range, which overlaps nothing.
- Everything that orders or counts is a fast field (a column).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

import tantivy
from google.protobuf.message import DecodeError

from federation.matching.duplicate_keys import patent_key, title_key
from federation.matching.listing_text import listing_texts
from federation.matching.terms import terms
from federation.records.codec import ListingKind, ListingPublic, ListingTerms, TransferMode
from federation.records.days import day
from node.search.suggesting import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT: Final = 2
"""Version of the fields below; an index of another one is built again."""

NO_DAY: Final = 4_000_000
AMOUNT_MAX: Final = 2**62
_DEMAND: Final = ListingKind.LISTING_KIND_DEMAND
_OPEN_LICENCE: Final = TransferMode.TRANSFER_MODE_OPEN_LICENCE

NUMBERS: Final = (
    "position", "subject_high", "subject_low", "length", "recorded_at_ms", "closes_on",
    "valid_until", "convert_by", "amount_min_fen", "amount_max_fen", "trl",
)  # fmt: skip
"""Columns of numbers, told by ranges or given with a hit."""

CHOICES: Final = ("origin_id", "kind", "state", "tech_field", "open_for_enquiry")
"""Columns of numbers that are also looked up."""

LABELS: Final = (
    "regions", "industries", "ipc", "transfer_modes", "cooperation_modes", "ip_statuses", "labels",
    "title_key", "patents",
)  # fmt: skip
"""Columns of texts with several values, looked up as they are."""


class Indexable(Protocol):
    """A live listing as storage has it; `members` is None where that part is not held."""

    @property
    def origin_id(self) -> int: ...  # noqa: D102 - as in node.storage
    @property
    def subject(self) -> bytes: ...  # noqa: D102
    @property
    def position(self) -> int: ...  # noqa: D102
    @property
    def state(self) -> int: ...  # noqa: D102
    @property
    def recorded_at_ms(self) -> int: ...  # noqa: D102
    @property
    def public(self) -> bytes: ...  # noqa: D102
    @property
    def members(self) -> bytes | None: ...  # noqa: D102


def build_schema() -> tantivy.Schema:
    """Return the fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("mark", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    for name in ("organisations", "manager", "same_as"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", stored=True, tokenizer_name="raw", index_option="basic")
    for name in LABELS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in NUMBERS:
        builder.add_unsigned_field(name, fast=True)
    for name in CHOICES:
        builder.add_unsigned_field(name, fast=True, indexed=True)
    return builder.build()


def listings_only(schema: tantivy.Schema) -> tantivy.Query:
    """Return the query of all listings: all documents but the mark."""
    kinds = [tantivy.Query.term_query(schema, "kind", kind, "basic") for kind in (1, 2)]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in kinds])


def document_id(origin_id: int, subject: bytes) -> str:
    """Return what the field `id` of a listing holds."""
    return f"{origin_id}.{subject.hex()}"


def listing_document(listing: Indexable) -> tantivy.Document:
    """Return the document of a listing. Hot; raises DecodeError where the PUBLIC part is void."""
    public = ListingPublic.FromString(listing.public)
    found = terms("\n".join(text for _, text in listing_texts(public)))
    document = tantivy.Document()
    document.add_text("id", document_id(listing.origin_id, listing.subject))
    document.add_text("text", " ".join(found))
    amount_min, amount_max = _amount(public, listing.members)
    closes = public.demand.deadline_eoi if public.kind == _DEMAND else public.valid_until
    numbers = {
        "position": listing.position,
        "subject_high": int.from_bytes(listing.subject[:8]),
        "subject_low": int.from_bytes(listing.subject[8:]),
        "length": len(found),
        "recorded_at_ms": listing.recorded_at_ms,
        "closes_on": day_number(closes),
        "valid_until": day_number(public.valid_until),
        "convert_by": day_number(public.supply.convert_by),
        "amount_min_fen": amount_min,
        "amount_max_fen": amount_max,
        "trl": public.trl,
        "origin_id": listing.origin_id,
        "kind": public.kind,
        "state": listing.state,
        "tech_field": public.tech_field,
        "open_for_enquiry": public.open_for_enquiry,
    }
    for name, number in numbers.items():
        document.add_unsigned(name, number)
    for name, value in _labels(public):
        document.add_text(name, value)
    return document


def day_number(text: str) -> int:
    """Return a day as a number; NO_DAY where the text is none."""
    when = day(text)
    return NO_DAY if when is None else when.toordinal()


def normal_name(name: str) -> str:
    """Return a name of an organisation as the index holds it."""
    return "".join(name.split()).casefold()


def normal_ipc(symbol: str) -> str:
    """Return an IPC symbol as the index holds it: upper case, no spaces."""
    return "".join(symbol.split()).upper()


@lru_cache(maxsize=8192)
def industry_beginnings(code: str) -> tuple[str, ...]:
    """Return the beginnings of a GB/T 4754 code, itself included: C, C3, C34, C342, C3421."""
    return tuple(code[:end] for end in range(1, len(code) + 1))


@lru_cache(maxsize=8192)
def ipc_beginnings(symbol: str) -> tuple[str, ...]:
    """Return section, class, subclass, group and subgroup of an IPC symbol, as far as it goes."""
    whole = normal_ipc(symbol)
    group = whole.partition("/")[0]
    return tuple(dict.fromkeys((whole[:1], whole[:3], whole[:4], group, whole)))


def _amount(public: ListingPublic, members: bytes | None) -> tuple[int, int]:
    """Return the range of the price or budget in fen, (AMOUNT_MAX, 0) where there is none."""
    told = _terms(members)
    field = "budget" if public.kind == _DEMAND else "price"
    price = getattr(told, field)
    if told.HasField(field) and not price.negotiable:
        return max(0, price.amount_min_fen), price.amount_max_fen or AMOUNT_MAX
    if _OPEN_LICENCE in public.supply.transfer_modes:
        fee = max(0, public.supply.open_licence_fee_fen)
        return fee, fee
    return AMOUNT_MAX, 0


def _terms(members: bytes | None) -> ListingTerms:
    """Return the MEMBERS part; one that is not held or void says nothing."""
    try:
        return ListingTerms.FromString(members or b"")
    except DecodeError:
        return ListingTerms()


def _labels(public: ListingPublic) -> Iterator[tuple[str, str]]:
    """Yield (field, value) of everything that is looked up as it is."""
    region = public.region
    for value in dict.fromkeys((region[:2], region[:4], region)):
        yield "regions", value
    yield from _each("industries", map(industry_beginnings, public.industry))
    yield from _each("ipc", map(ipc_beginnings, public.ipc))
    supply, demand = public.supply, public.demand
    yield from _each("transfer_modes", [tuple(map(str, supply.transfer_modes))])
    yield from _each("cooperation_modes", [tuple(map(str, demand.cooperation_modes))])
    yield from _each("ip_statuses", [tuple(str(right.status) for right in supply.ip)])
    yield from _each("labels", [tuple(public.labels)])
    yield from _each("title_key", [(title_key(public.title),)])
    yield from _each("patents", [tuple(patent_key(right.number) for right in supply.ip)])
    if public.manager:
        yield "manager", public.manager
    if public.same_as:
        yield "same_as", public.same_as
    named = [public.owner, *(owner.organisation for owner in supply.owners)]
    yield from _each(
        "organisations", ((normal_name(one.uscc), normal_name(one.name)) for one in named)
    )
    for word in vocabulary(list(public.keywords), [public.title, public.title_en]):
        yield "words", word


def _each(field: str, groups: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    values = dict.fromkeys(value for group in groups for value in group if value)
    return ((field, value) for value in values)
