"""An index and a search over one member's services, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from federation.log.subject import parse_origin
from node.search.folder import IndexFolder
from node.search.query import ListingFilter
from node.services.finding.asking import Asked
from node.services.finding.duplicates import Duplicates
from node.services.finding.index_standing import IndexStanding
from node.services.finding.indexing import Indexer, IndexerPorts
from node.services.finding.matching import Matching
from node.services.finding.searching import Search, SearchPage, SearchQuery
from node.services.finding.served_index import ServedIndex
from node.services.sync.node_status import OriginFacts
from node.storage import mirrors
from tests.node.services.own_node import CLERK, OwnNode, supply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from federation.records.codec import Listing
    from node.search.ranking import Reached, Sort
    from node.services.access import Caller

TODAY: Final = date(2026, 11, 18)


def demand(number: int = 0, **public: Any) -> Listing:
    """Return a demand listing that may be published; `public` changes its PUBLIC part."""
    made = supply(number, **public)
    said: Any = made.public
    said.kind = 2
    said.ClearField("supply")
    said.demand.problem = "现有铸件在低温下易开裂，需要提高韧性并保持强度，且成本不得明显上升。"
    indicator = said.demand.indicators.add()
    indicator.name, indicator.relation, indicator.value, indicator.unit = (
        "抗拉强度",
        1,
        "450",
        "MPa",
    )
    said.demand.demand_type = 1
    said.demand.cooperation_modes.append(1)
    said.demand.deadline_eoi = "2026-12-01"
    made.members.ClearField("price")
    made.members.budget.amount_min_fen = 10_000_000
    made.members.budget.amount_max_fen = 80_000_000
    return made


def _asked(members: Sequence[str]) -> list[Asked]:
    return [Asked(one, has_answered=True, tree_size=1) for one in members]


@dataclass
class Finding:
    """What finds listings in the database of a node; `now_s` moves by hand."""

    node: OwnNode
    folder: Path
    now_s: float = 0.0
    index: ServedIndex = field(init=False)
    indexer: Indexer = field(init=False)
    finder: Search = field(init=False)
    matching: Matching = field(init=False)
    duplicates: Duplicates = field(init=False)
    wanted: str = ""
    """The listing that a test is about."""

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything in memory, as a killed process does."""
        database, reader = self.node.database, self.node.catalogue
        self.index = ServedIndex(database, self.folder)
        self.index.open_committed()
        ports = IndexerPorts(database.sync, self.index.show)
        self.indexer = Indexer(
            database, IndexFolder(self.folder), ports, lambda: self.now_s, lambda: self.now_s
        )
        standing = IndexStanding(database, self.completeness)
        self.duplicates = Duplicates(database, reader, self.index, standing)
        self.finder = Search(
            database, reader, self.index, self.duplicates, standing, lambda: TODAY, _asked
        )
        self.matching = Matching(database, reader, self.index, standing, lambda: TODAY)

    def completeness(self) -> list[OriginFacts]:
        """Say that every copy is complete."""
        with self.node.database.read() as tx:
            return [
                OriginFacts(
                    member=parse_origin(row.origin).member,
                    origin=row.origin,
                    stored_size=row.verified_size,
                    tree_size=row.verified_size,
                    verified_size=row.verified_size,
                    confirmed_size=row.confirmed_size,
                    lag_s=0.0,
                    state="COMPLETE",
                )
                for row in mirrors.every(tx)
            ]

    def catch_up(self) -> None:
        """Take in everything and commit it."""
        self.now_s += 60.0
        while self.indexer.step():
            self.now_s += 60.0
        self.indexer.step()

    def find(
        self,
        text: str = "",
        *,
        caller: Caller = CLERK,
        sort: Sort | None = None,
        members: tuple[str, ...] = (),
        changed_after_position: int = 0,
        after: Reached | None = None,
        limit: int = 50,
        with_facets: bool = False,
        **which: Any,
    ) -> SearchPage:
        """Search with a filter; states are those advertised unless told."""
        query = SearchQuery(
            text=text,
            which=ListingFilter(**which),
            members=members,
            changed_after_position=changed_after_position,
            sort=sort,
            with_facets=with_facets,
        )
        return self.finder.search(caller, query, after, limit)

    def titles(self, text: str = "", **asked: Any) -> list[str]:
        """Return the titles of the hits."""
        return [hit.listing.public.title for hit in self.find(text, **asked).hits]
