"""Which texts of a listing are searched and matched, and under which path each is shown.

- Only the PUBLIC part: what is searched by anyone must be for anyone.
- The order is that of a reader: names first. An indicator is one text.
- Names and codes of organisations, rights, classifications and labels are searched as typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from federation.records.codec import Indicator, ListingPublic, OrganisationRef

NAME_PATHS: Final = frozenset({"public.title", "public.title_en"})
"""The paths of a listing's names."""


def listing_texts(public: ListingPublic) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of all that is searched in a listing; no text is empty. Hot."""
    return (pair for pair in _texts(public) if pair[1])


def _texts(public: ListingPublic) -> Iterator[tuple[str, str]]:
    yield "public.title", public.title
    yield "public.title_en", public.title_en
    yield from _each("public.keywords", public.keywords)
    yield "public.summary", public.summary
    yield "public.summary_en", public.summary_en
    yield "public.description", public.description
    if public.HasField("supply"):
        supply = public.supply
        yield "public.supply.advantages", supply.advantages
        yield "public.supply.cooperation_need", supply.cooperation_need
        yield from _each("public.supply.indicators", map(_indicator_text, supply.indicators))
        for at, right in enumerate(supply.ip):
            yield f"public.supply.ip[{at}].number", right.number
        for at, owner in enumerate(supply.owners):
            path = f"public.supply.owners[{at}].organisation"
            yield from _of_organisation(path, owner.organisation)
    if public.HasField("demand"):
        demand = public.demand
        yield "public.demand.problem", demand.problem
        yield "public.demand.foundation", demand.foundation
        yield from _each("public.demand.indicators", map(_indicator_text, demand.indicators))
    if public.HasField("owner"):
        yield from _of_organisation("public.owner", public.owner)
    yield from _each("public.industry", public.industry)
    yield from _each("public.ipc", public.ipc)
    yield from _each("public.labels", public.labels)
    yield "public.source_id", public.source_id


def searched_text(public: ListingPublic) -> str:
    """Return the texts of `listing_texts`, a line each: what is indexed. Hot."""
    found = [public.title, public.title_en, *public.keywords]
    found += (public.summary, public.summary_en, public.description)
    if public.HasField("supply"):
        supply = public.supply
        found += (supply.advantages, supply.cooperation_need)
        found += map(_indicator_text, supply.indicators)
        found += [right.number for right in supply.ip]
        for owner in supply.owners:
            found += (owner.organisation.name, owner.organisation.uscc)
    if public.HasField("demand"):
        demand = public.demand
        found += (demand.problem, demand.foundation)
        found += map(_indicator_text, demand.indicators)
    if public.HasField("owner"):
        found += (public.owner.name, public.owner.uscc)
    found += public.industry
    found += public.ipc
    found += public.labels
    found.append(public.source_id)
    return "\n".join(filter(None, found))


def _each(path: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    for at, value in enumerate(values):
        yield f"{path}[{at}]", value


def _of_organisation(path: str, organisation: OrganisationRef) -> Iterator[tuple[str, str]]:
    yield f"{path}.name", organisation.name
    yield f"{path}.uscc", organisation.uscc


def _indicator_text(one: Indicator) -> str:
    return " ".join(filter(None, (one.name, one.value, one.value_max, one.unit, one.text)))
