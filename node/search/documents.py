"""What of a listing stands in the index: one document a listing, fields by what they answer.

- `text` is the one scored field: the terms of all texts, separated by spaces, with their counts.
  Those of scripts without blanks, where a repeat says less, stand there UNSPACED_TIMES: tantivy's
  k1 is 1.2 and cannot be set, and twice the count in twice the length is what k1 = 0.6 gives.
- `phrases` holds words once more, with their places but without numbers and codes: neighbours are
  looked for there, as those of scripts without blanks are by their pairs.
- `id` names the listing (origin id and subject), so that a later revision replaces it.
- What filters by the beginning of a code (regions, industries, IPC) is stored as all beginnings.
- Days are counted from 0001-01-01; a listing without a day has NO_DAY, which is after all days.
- `amount_*` is the price of a supply or the budget of a demand in fen; an open end is AMOUNT_MAX.
  What is negotiable, not told or no range has the empty range (AMOUNT_MAX, 0), which overlaps
  nothing.
- `owners` are the names of owner and co-owners as people read them, to be counted; they are looked
  up, by name or code, in `organisations`.
- Everything that orders or counts is a fast field (a column).
- Other members' numbers may be any: choices below 0 and no TRL of GB/T 22900 are none (0), amounts
  below 0 are 0, those above AMOUNT_MAX have no end. The index takes no negative number, and one
  listing must not stop all others.
- Their texts may be any too: codes that no filter takes, and names and labels that are longer than
  one takes, are left out, so that they are not counted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

import tantivy
from google.protobuf.message import DecodeError

from federation.matching.duplicate_keys import patent_key, title_key
from federation.matching.listing_text import searched_text
from federation.matching.terms import joined_terms
from federation.records.codec import ListingKind, ListingPublic, ListingTerms, TransferMode
from federation.records.days import day
from node.search.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FORMAT: Final = 8
"""Version of the fields below; an index of another one is built again."""

UNSPACED_TIMES: Final = 2
NO_DAY: Final = 4_000_000
AMOUNT_MAX: Final = 2**62
VALUE_MAX: Final = 200
"""Characters of what a filter takes."""
TRL_MAX: Final = 9
_REGION: Final = re.compile(r"\d{2}(?:\d{2}){0,2}", re.ASCII)
_INDUSTRY: Final = re.compile(r"[A-T]\d{0,4}", re.ASCII)
_IPC: Final = re.compile(r"[A-H](?:\d{2}(?:[A-Z](?:\d{1,4}(?:/\d{2,6})?)?)?)?", re.ASCII)
_DEMAND: Final = ListingKind.LISTING_KIND_DEMAND
_OPEN_LICENCE: Final = TransferMode.TRANSFER_MODE_OPEN_LICENCE

NUMBERS: Final = (
    "position", "subject_high", "subject_low", "length", "recorded_at_ms", "closes_on",
    "valid_until", "convert_by", "amount_min_fen", "amount_max_fen", "trl",
)  # fmt: skip
"""Columns of numbers, told by ranges or given with a hit."""

CHOICES: Final = ("origin_id", "kind", "state", "tech_field", "open_for_enquiry")
"""Columns of numbers that are also looked up."""

SETS: Final = ("transfer_modes", "cooperation_modes", "ip_statuses")
"""Columns of numbers with several values, looked up as they are."""

LABELS: Final = (
    "regions", "industries", "ipc", "labels", "owners", "title_key", "patents",
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
    builder.add_text_field("phrases", tokenizer_name="whitespace", index_option="position")
    for name in ("organisations", "manager", "same_as"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", stored=True, tokenizer_name="raw", index_option="basic")
    for name in LABELS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in NUMBERS:
        builder.add_unsigned_field(name, fast=True)
    for name in CHOICES + SETS:
        builder.add_unsigned_field(name, fast=True, indexed=True)
    return builder.build()


def listings_only(schema: tantivy.Schema) -> tantivy.Query:
    """Return the query of all listings: all documents but the mark."""
    kinds = [tantivy.Query.term_query(schema, "kind", kind, "basic") for kind in (1, 2)]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in kinds])


def document_id(origin_id: int, subject: bytes) -> str:
    """Return what the field `id` of a listing holds."""
    return f"{origin_id}.{subject.hex()}"


def listing_document(listing: Indexable, schema: tantivy.Schema) -> tantivy.Document:
    """Return the document of a listing. Hot; raises DecodeError where the PUBLIC part is void."""
    public = ListingPublic.FromString(listing.public)
    joined = joined_terms(searched_text(public))
    amount_min, amount_max = _amount(public, listing.members)
    kind, valid_until = public.kind, day_number(public.valid_until)
    supply, demand = public.supply, public.demand
    rights = [(right.status, right.number) for right in supply.ip]
    return tantivy.Document.from_dict(
        {
            "id": document_id(listing.origin_id, listing.subject),
            "text": joined.unspaced * UNSPACED_TIMES + " ".join(joined.words),
            "phrases": " ".join(filter(str.isalpha, joined.words)),
            "position": listing.position,
            "subject_high": int.from_bytes(listing.subject[:8]),
            "subject_low": int.from_bytes(listing.subject[8:]),
            "length": joined.length,
            "recorded_at_ms": listing.recorded_at_ms,
            "closes_on": day_number(demand.deadline_eoi) if kind == _DEMAND else valid_until,
            "valid_until": valid_until,
            "convert_by": day_number(supply.convert_by),
            "amount_min_fen": amount_min,
            "amount_max_fen": amount_max,
            "trl": public.trl if public.trl <= TRL_MAX else 0,
            "origin_id": listing.origin_id,
            "kind": max(0, kind),
            "state": listing.state,
            "tech_field": max(0, public.tech_field),
            "open_for_enquiry": int(public.open_for_enquiry),
            "regions": _all_beginnings([public.region], _region_beginnings),
            "industries": _all_beginnings(public.industry, industry_beginnings),
            "ipc": _all_beginnings(public.ipc, ipc_beginnings),
            "transfer_modes": _choices(supply.transfer_modes),
            "cooperation_modes": _choices(demand.cooperation_modes),
            "ip_statuses": _choices({int(status) for status, _ in rights}),
            "labels": _distinct(map(normal_label, _short(public.labels))),
            "title_key": title_key(public.title),
            "patents": _distinct([patent_key(number) for _, number in rights if number]),
            "manager": [public.manager] if public.manager else [],
            "same_as": [public.same_as] if public.same_as else [],
            "organisations": _distinct(map(normal_name, _short(_organisations(public)))),
            "owners": _owners(public),
            "words": vocabulary(public.keywords, public.title_en),
        },
        schema,  # without it numbers are taken for signed ones, and the writer panics
    )


def day_number(text: str) -> int:
    """Return a day as a number; NO_DAY where the text is none."""
    when = day(text)
    return NO_DAY if when is None else when.toordinal()


def normal_name(name: str) -> str:
    """Return a name of an organisation as the index holds it: of one width, without blanks."""
    return _normal_name(name) if len(name) <= VALUE_MAX else _normal_name.__wrapped__(name)


@lru_cache(maxsize=8192)
def _normal_name(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


@lru_cache(maxsize=8192)
def normal_label(label: str) -> str:
    """Return a label as the index holds it: of one width, with single blanks."""
    return " ".join(unicodedata.normalize("NFKC", label).split())


def normal_ipc(symbol: str) -> str:
    """Return an IPC symbol as the index holds it: upper case, no spaces."""
    return "".join(symbol.split()).upper()


def normal_region(code: str) -> str:
    """Return a code of GB/T 2260 as the index holds it: 340000 is 34."""
    return code.removesuffix("00").removesuffix("00")


@lru_cache(maxsize=8192)
def industry_beginnings(code: str) -> tuple[str, ...]:
    """Return the beginnings of a GB/T 4754 code, itself included: C, C3, C34, C342, C3421."""
    if not _INDUSTRY.fullmatch(code):
        return ()
    return tuple(code[:end] for end in range(1, len(code) + 1))


@lru_cache(maxsize=8192)
def ipc_beginnings(symbol: str) -> tuple[str, ...]:
    """Return section, class, subclass, group and subgroup of an IPC symbol, as far as it goes."""
    whole = normal_ipc(symbol)
    if not _IPC.fullmatch(whole):
        return ()
    group = whole.partition("/")[0]
    return tuple(dict.fromkeys((whole[:1], whole[:3], whole[:4], group, whole)))


def _amount(public: ListingPublic, members: bytes | None) -> tuple[int, int]:
    """Return the range of the price or budget in fen, (AMOUNT_MAX, 0) where there is none."""
    told = _terms(members)
    field = "budget" if public.kind == _DEMAND else "price"
    price = getattr(told, field)
    least, most = max(0, price.amount_min_fen), max(0, price.amount_max_fen)
    if not price.negotiable and (least or most):  # an empty price, which we refuse, says nothing
        most = min(most, AMOUNT_MAX) or AMOUNT_MAX
    elif _OPEN_LICENCE in public.supply.transfer_modes:
        least = most = max(0, public.supply.open_licence_fee_fen)
    else:
        return AMOUNT_MAX, 0
    return (least, most) if least <= most and least < AMOUNT_MAX else (AMOUNT_MAX, 0)


def _terms(members: bytes | None) -> ListingTerms:
    """Return the MEMBERS part; one that is not held or void says nothing."""
    try:
        return ListingTerms.FromString(members or b"")
    except DecodeError:
        return ListingTerms()


@lru_cache(maxsize=8192)
def _region_beginnings(region: str) -> tuple[str, ...]:
    """Return the province, the city and the county of a code, as far as it goes: 34, 3401."""
    if not _REGION.fullmatch(region):
        return ()
    code = normal_region(region)
    return code[:2], code[:4], code


def _organisations(public: ListingPublic) -> list[str]:
    """Return the codes and names of owner and co-owners."""
    owner = public.owner
    named = [owner.uscc, owner.name]
    for other in public.supply.owners:
        named += (other.organisation.uscc, other.organisation.name)
    return named


def _owners(public: ListingPublic) -> list[str]:
    """Return the names of owner and co-owners, each once."""
    named = [public.owner.name, *(other.organisation.name for other in public.supply.owners)]
    return _distinct({normal_name(name): normal_label(name) for name in _short(named)}.values())


def _all_beginnings(
    codes: Iterable[str], beginnings: Callable[[str], tuple[str, ...]]
) -> list[str]:
    return _distinct(value for code in _short(codes) for value in beginnings(code))


def _short(values: Iterable[str]) -> list[str]:
    """Return those that a filter can take; the others are kept nowhere, also in no cache."""
    return [value for value in values if len(value) <= VALUE_MAX]


def _choices(numbers: Iterable[int]) -> list[int]:
    return [number for number in numbers if number >= 0]


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, values)))
