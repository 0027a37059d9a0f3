"""Which texts of a listing are searched and matched, and under which path each is shown.

- Only the PUBLIC part: what is searched by anyone must be for anyone.
- The order is that of a reader: names first. An indicator is one text.
- Names and codes of organisations, rights, classifications and labels are searched as typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.records.codec import Indicator, ListingPublic, OrganisationRef

NAME_PATHS: Final = frozenset({"public.title", "public.title_en"})
"""The paths of a listing's names."""


def listing_texts(public: ListingPublic) -> list[tuple[str, str]]:
    """Return (path, text) of all that is searched in a listing; no text is empty. Hot."""
    found = [
        ("public.title", public.title),
        ("public.title_en", public.title_en),
        *_each("public.keywords", public.keywords),
        ("public.summary", public.summary),
        ("public.summary_en", public.summary_en),
        ("public.description", public.description),
    ]
    if public.HasField("supply"):
        supply = public.supply
        found += (
            ("public.supply.advantages", supply.advantages),
            ("public.supply.cooperation_need", supply.cooperation_need),
        )
        _add_indicators(found, "public.supply.indicators", supply.indicators)
        for at, right in enumerate(supply.ip):
            found.append((f"public.supply.ip[{at}].number", right.number))
        for at, owner in enumerate(supply.owners):
            path = f"public.supply.owners[{at}].organisation"
            _add_organisation(found, path, owner.organisation)
    if public.HasField("demand"):
        demand = public.demand
        found += (
            ("public.demand.problem", demand.problem),
            ("public.demand.foundation", demand.foundation),
        )
        _add_indicators(found, "public.demand.indicators", demand.indicators)
    if public.HasField("owner"):
        _add_organisation(found, "public.owner", public.owner)
    found += _each("public.industry", public.industry)
    found += _each("public.ipc", public.ipc)
    found += _each("public.labels", public.labels)
    found.append(("public.source_id", public.source_id))
    return [pair for pair in found if pair[1]]


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


def _each(path: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(f"{path}[{at}]", value) for at, value in enumerate(values)]


def _add_organisation(
    found: list[tuple[str, str]], path: str, organisation: OrganisationRef
) -> None:
    found.append((f"{path}.name", organisation.name))
    found.append((f"{path}.uscc", organisation.uscc))


def _add_indicators(
    found: list[tuple[str, str]], path: str, indicators: Iterable[Indicator]
) -> None:
    for at, one in enumerate(indicators):
        found.append((f"{path}[{at}]", _indicator_text(one)))


def _indicator_text(one: Indicator) -> str:
    return " ".join(filter(None, (one.name, one.value, one.value_max, one.unit, one.text)))
