"""Which texts of a listing are searched and matched, and under which path each is shown.

- Only the PUBLIC part: what is searched by anyone must be for anyone.
- The order is that of a reader: names first. An indicator is one text.
- Names and codes of organisations, rights, classifications and labels are searched as typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.records.codec import Indicator, ListingPublic, OrganisationRef

NAME_PATHS: Final = frozenset({"public.title", "public.title_en"})
"""The paths of a listing's names."""


def listing_texts(public: ListingPublic) -> list[tuple[str, str]]:
    """Return (path, text) of all that is searched in a listing; no text is empty."""
    return [(path, text) for path, text in _texts(public) if text]


def _texts(public: ListingPublic) -> Iterator[tuple[str, str]]:
    yield "public.title", public.title
    yield "public.title_en", public.title_en
    for at, keyword in enumerate(public.keywords):
        yield f"public.keywords[{at}]", keyword
    yield "public.summary", public.summary
    yield "public.summary_en", public.summary_en
    yield "public.description", public.description
    if public.HasField("supply"):
        yield from _supply_texts(public)
    if public.HasField("demand"):
        yield from _demand_texts(public)
    yield from _codes(public)


def _supply_texts(public: ListingPublic) -> Iterator[tuple[str, str]]:
    supply = public.supply
    yield "public.supply.advantages", supply.advantages
    yield "public.supply.cooperation_need", supply.cooperation_need
    yield from _indicator_texts("public.supply.indicators", supply.indicators)
    for at, right in enumerate(supply.ip):
        yield f"public.supply.ip[{at}].number", right.number
    for at, owner in enumerate(supply.owners):
        yield from _organisation(f"public.supply.owners[{at}].organisation", owner.organisation)


def _demand_texts(public: ListingPublic) -> Iterator[tuple[str, str]]:
    demand = public.demand
    yield "public.demand.problem", demand.problem
    yield "public.demand.foundation", demand.foundation
    yield from _indicator_texts("public.demand.indicators", demand.indicators)


def _codes(public: ListingPublic) -> Iterator[tuple[str, str]]:
    if public.HasField("owner"):
        yield from _organisation("public.owner", public.owner)
    for name in ("industry", "ipc", "labels"):
        for at, code in enumerate(getattr(public, name)):
            yield f"public.{name}[{at}]", code
    yield "public.source_id", public.source_id


def _organisation(path: str, organisation: OrganisationRef) -> Iterator[tuple[str, str]]:
    yield f"{path}.name", organisation.name
    yield f"{path}.uscc", organisation.uscc


def _indicator_texts(path: str, indicators: object) -> Iterator[tuple[str, str]]:
    each: list[Indicator] = list(indicators)  # type: ignore[call-overload] # a repeated field
    for at, one in enumerate(each):
        pieces = (one.name, one.value, one.value_max, one.unit, one.text)
        yield f"{path}[{at}]", " ".join(piece for piece in pieces if piece)
