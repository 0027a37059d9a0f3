"""Duplicates across regions: what speaks for two listings being one, and which of a group is shown.

- `compare` names the fields that agree and that differ, and gives a verdict by the rule table
  `RULES`: the first rule that fits counts. A field that one side does not have is not named.
- A verdict is a hint for people. Confirmed is only what an origin says itself, in the newest
  revision of its own listing: `same_as`.
- `groups` unites listings along `same_as`, whichever way it points. Shown is the one that the
  others point to and that points to nobody; in a circle the smallest (member, subject). So a
  claim can hide only the listing of who makes it, never another's.
- What is gone (withdrawn, hidden) still joins those that point to it, but is no member of a group;
  where the one to be shown is gone, the smallest that is left is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from federation.log.errors import Refused
from federation.log.subject import RecordName, parse_record_name
from federation.matching.duplicate_keys import (
    is_same_organisation,
    organisation_key,
    patent_key,
    title_key,
)
from federation.matching.shingles import similarity_permille, sketch
from federation.records.codec import ListingPublic

SAME_TEXT_PERMILLE: Final = 800
NEAR_TEXT_PERMILLE: Final = 500
TITLE_CHARACTERS_MIN: Final = 6
"""Shorter titles (镜头模组) are shared by strangers."""

_LISTINGS: Final = "listings"


class Likelihood(StrEnum):
    """How likely two listings are one."""

    LIKELY = "LIKELY"
    POSSIBLE = "POSSIBLE"
    UNLIKELY = "UNLIKELY"


@dataclass(frozen=True, slots=True)
class Compared:
    """A field that both listings have, as it was compared."""

    path: str
    one: str
    other: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class DuplicateEvidence:
    """What speaks for and against two listings being one."""

    likelihood: Likelihood
    rule: str
    agreeing: tuple[Compared, ...]
    differing: tuple[Compared, ...]
    text_permille: int


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rules may ask; None is not known."""

    kind: bool
    source: bool
    patent: bool | None
    title: bool
    owner: bool | None
    text_permille: int


RULES: Final[tuple[tuple[str, Likelihood, Callable[[_Facts], bool]], ...]] = (
    ("ANOTHER_KIND", Likelihood.UNLIKELY, lambda facts: not facts.kind),
    ("SAME_SOURCE", Likelihood.LIKELY, lambda facts: facts.source),
    (
        "SAME_PATENT_AND_TITLE",
        Likelihood.LIKELY,
        lambda facts: facts.patent is True and facts.title,
    ),
    (
        "SAME_PATENT_AND_TEXT",
        Likelihood.LIKELY,
        lambda facts: facts.patent is True and facts.text_permille >= NEAR_TEXT_PERMILLE,
    ),
    ("SAME_PATENT", Likelihood.POSSIBLE, lambda facts: facts.patent is True),
    (
        "SAME_OWNER_AND_TITLE",
        Likelihood.LIKELY,
        lambda facts: facts.owner is True and facts.title and facts.patent is not False,
    ),
    (
        "SAME_OWNER_AND_TEXT",
        Likelihood.LIKELY,
        lambda facts: (
            facts.owner is True
            and facts.text_permille >= SAME_TEXT_PERMILLE
            and facts.patent is not False
        ),
    ),
    (
        "SAME_TITLE",
        Likelihood.POSSIBLE,
        lambda facts: facts.title and facts.owner is not False,
    ),
    ("SAME_TEXT", Likelihood.POSSIBLE, lambda facts: facts.text_permille >= SAME_TEXT_PERMILLE),
    (
        "SAME_OWNER_NEAR_TEXT",
        Likelihood.POSSIBLE,
        lambda facts: facts.owner is True and facts.text_permille >= NEAR_TEXT_PERMILLE,
    ),
    ("NOTHING_IN_COMMON", Likelihood.UNLIKELY, lambda _: True),
)
"""The rules, strongest first; see `_Facts` for what they ask."""


def compare(one: ListingPublic, other: ListingPublic) -> DuplicateEvidence:
    """Return what speaks for two listings of different records being one; symmetric."""
    permille = similarity_permille(sketch(_text(one)), sketch(_text(other)))
    owner = is_same_organisation(one.owner, other.owner)
    mine, theirs = _patents(one), _patents(other)
    patent = bool(mine & theirs) if mine and theirs else None
    title = title_key(one.title)
    same_title = title == title_key(other.title) and len(title) >= TITLE_CHARACTERS_MIN
    facts = _Facts(
        kind=one.kind == other.kind,
        source=bool(one.source_id) and _source(one) == _source(other),
        patent=patent,
        title=same_title,
        owner=owner,
        text_permille=permille,
    )
    rule, likelihood, _ = next(row for row in RULES if row[2](facts))
    fields = [
        Compared("public.kind", f"{one.kind}", f"{other.kind}", facts.kind),
        Compared("public.source_id", _source(one), _source(other), facts.source),
        Compared("public.title", one.title, other.title, title == title_key(other.title)),
        Compared("public.region", one.region, other.region, one.region == other.region),
        Compared("public.trl", _number(one.trl), _number(other.trl), one.trl == other.trl),
    ]
    if owner is not None:
        # Names that are equal although one side has a code are shown as names.
        by_code = bool(one.owner.uscc and other.owner.uscc)
        mine_key, their_key = (
            organisation_key(owner_of) if by_code else owner_of.name
            for owner_of in (one.owner, other.owner)
        )
        fields.append(Compared("public.owner", mine_key, their_key, owner))
    if patent is not None:
        numbers = (" ".join(sorted(mine & theirs or all_of)) for all_of in (mine, theirs))
        fields.append(Compared("public.supply.ip", next(numbers), next(numbers), patent))
    said = [field for field in fields if field.one and field.other]
    return DuplicateEvidence(
        likelihood,
        rule,
        tuple(field for field in said if field.agrees),
        tuple(field for field in said if not field.agrees),
        permille,
    )


def _text(public: ListingPublic) -> str:
    """Return what a listing says in running text; the title is compared by itself."""
    supply, demand = public.supply, public.demand
    return f"{public.summary}\n{public.description}\n{supply.advantages}\n{demand.problem}"


def _patents(public: ListingPublic) -> frozenset[str]:
    return frozenset(key for right in public.supply.ip if (key := patent_key(right.number)))


def _source(public: ListingPublic) -> str:
    return f"{public.source_platform} {public.source_id}" if public.source_id else ""


def _number(value: int) -> str:
    return f"{value}" if value else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Listings that are one by their origins' own words: who stands for all, and all of them."""

    shown: str
    members: tuple[str, ...]


def groups(same_as: Mapping[str, str], gone: AbstractSet[str] = frozenset()) -> tuple[Group, ...]:
    """Return the confirmed groups, ordered by who is shown; none has fewer than two members.

    `same_as` gives, by the name of each live listing that says so, the name that it says; `gone`
    are names that must not be shown: withdrawn, hidden, or held by nobody. What is no listing's
    name, or one's own, says nothing.
    """
    says = {
        name: target
        for name, target in same_as.items()
        if name != target and _key(name) is not None and _key(target) is not None
    }
    found = []
    for names in _components(says):
        left = sorted(names - gone, key=_sort_key)
        if len(left) > 1:
            found.append(Group(_shown(names, left, says), tuple(left)))
    return tuple(sorted(found, key=lambda group: _sort_key(group.shown)))


def _shown(names: AbstractSet[str], left: list[str], says: Mapping[str, str]) -> str:
    """Return the end of all pointers of a group, of a circle its smallest; else what is left.

    Each listing says one name at most, so a group has exactly one end or exactly one circle.
    """
    at = min(names, key=_sort_key)
    for _ in names:
        at = says.get(at, at)
    circle = {at}
    while (at := says.get(at, at)) not in circle:
        circle.add(at)
    ends = sorted(circle.intersection(left), key=_sort_key)
    return (ends or left)[0]


def _components(says: Mapping[str, str]) -> Iterable[AbstractSet[str]]:
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for name, target in says.items():
        parent[root(name)] = root(target)
    united: dict[str, set[str]] = {}
    for name in list(parent):
        united.setdefault(root(name), set()).add(name)
    return united.values()


def _key(name: str) -> RecordName | None:
    """Return the pieces of a listing's name, None where it is none."""
    try:
        parsed = parse_record_name(name)
    except Refused:
        return None
    return parsed if parsed.collection == _LISTINGS else None


def _sort_key(name: str) -> tuple[str, bytes]:
    parsed = parse_record_name(name)
    return parsed.member, parsed.subject
