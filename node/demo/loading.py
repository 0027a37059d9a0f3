"""Loading the demo's records through the members' own APIs, as a provincial platform would.

- Each platform of a member has its own token; batches of 500 go to BatchPublishListings.
- Loading again changes nothing: a row that is there and unchanged is left alone.
- Files of other shapes come with a mapping (`deploy/example/mappings`); each row goes to the member
  that the mapping names.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.records.codec import Listing
from node.demo.founding import DemoMember
from node.demo.listings import (
    load_listings,
    load_managers,
    load_organisations,
    multiply,
    shares,
)
from node.importing.mapper import FileMapper
from node.importing.mapping import MappingFile, find_mapping, load_mapping
from node.importing.report import Report, run_import
from node.importing.running import RowResult
from node.importing.tables import open_table
from node.rpc.exchange_client import CallFailedError, ExchangeClient

if TYPE_CHECKING:
    from ydx.exchange.v1.listing_messages_pb2 import BatchRow

BATCH_ROWS: Final = 500
CALL_S: Final = 30.0
SEED: Final = 14
_OUTCOMES: Final = {1: "created", 2: "revised", 3: "unchanged", 4: "refused"}

Progress = Callable[[int], None]


class Loader:
    """Publishes at all members; `counts` says what became of the rows."""

    def __init__(self, members: Sequence[DemoMember]) -> None:
        self._members = {one.name: one for one in members}
        self._clients: dict[tuple[str, str], ExchangeClient] = {}
        self.counts: Counter[str] = Counter()

    def publish(self, member: str, listings: Sequence[Listing]) -> list[BatchRow]:
        """Publish listings of one platform at one member; return a result a row."""
        client = self._client(member, listings[0].public.source_platform)
        answer = client.call("BatchPublishListings", listings=listings, timeout_s=CALL_S)
        self.counts.update(_OUTCOMES.get(row.outcome, "refused") for row in answer.rows)
        return list(answer.rows)

    def publish_organisations_and_managers(self, folder: Path) -> None:
        """Publish the demo's organisations and managers; those that are there stay."""
        for member, organisations in load_organisations(folder).items():
            for organisation in organisations:
                client = self._client(member, organisation.public.source_platform)
                _once(client, "PublishOrganisation", organisation=organisation)
        for member, managers in load_managers(folder).items():
            for manager in managers:
                client = self._client(member, manager.public.source_platform)
                _once(client, "PublishManager", manager=manager)

    def _client(self, member: str, platform: str) -> ExchangeClient:
        held = self._clients.get((member, platform))
        if held is None:
            one = self._members[member]
            held = ExchangeClient(one.api, one.tokens[f"platform:{platform}"])
            self._clients[member, platform] = held
        return held


def _once(client: ExchangeClient, method: str, **fields: Any) -> None:
    """Publish what is not there yet: a record with its number may stand from an earlier run."""
    try:
        client.call(method, timeout_s=CALL_S, **fields)
    except CallFailedError as failure:
        if failure.reason != "DUPLICATE_SOURCE":
            raise


def own_platforms(folder: Path) -> dict[str, set[str]]:
    """Return the platforms of the demo's own records, by member."""
    platforms: dict[str, set[str]] = defaultdict(set)
    for records in (load_listings(folder), load_organisations(folder), load_managers(folder)):
        for member, rows in records.items():
            platforms[member] |= {row.public.source_platform for row in rows}
    return platforms


def load_own(loader: Loader, folder: Path, count: int, progress: Progress) -> int:
    """Publish organisations, managers and `count` listings; 0 means those written by hand."""
    loader.publish_organisations_and_managers(folder)
    listings = load_listings(folder)
    shared = shares(count) if count else {name: len(rows) for name, rows in listings.items()}
    for member, rows in listings.items():
        varied = multiply(rows, shared[member], SEED)
        for batch in _batches(varied):
            loader.publish(member, batch)
            progress(len(batch))
    return sum(shared.values())


def files_with_mappings(data: Path, mappings: Path) -> list[tuple[Path, MappingFile]]:
    """Return the files below a path that a mapping is for; refuses BAD_FILE where there is none."""
    files = sorted(data.rglob("*")) if data.is_dir() else [data]
    found = []
    for file in files:
        mapping = find_mapping(file, mappings) if file.is_file() else None
        if mapping is not None:
            found.append((file, load_mapping(mapping)))
    if not found:
        there = "; ".join(
            f"{path.name} is for {', '.join(load_mapping(path).match)}"
            for path in sorted(mappings.glob("*.toml"))
        )
        what = (
            f"no mapping is for {data}; write one in {mappings} that names the file in match "
            f"({there})"
        )
        raise Refused("BAD_FILE", what, file=str(data))
    return found


def file_platforms(files: Iterable[tuple[Path, MappingFile]]) -> dict[str, set[str]]:
    """Return the platforms that files publish for, by member."""
    platforms: dict[str, set[str]] = defaultdict(set)
    for _, mapping in files:
        rule = mapping.fields["public.source_platform"]
        for member in mapping.spread or (mapping.member,):
            platforms[member].add(rule.value or rule.default or "")
    return platforms


def load_file(loader: Loader, file: Path, mapping: MappingFile, progress: Progress) -> Report:
    """Publish the rows of a file; return what came of them, and what is wrong with which."""

    def publish_batch(listings: Sequence[Listing]) -> list[BatchRow]:
        rows: list[BatchRow | None] = [None] * len(listings)
        by_member: dict[str, list[int]] = defaultdict(list)
        for place, listing in enumerate(listings):
            by_member[mapping.member_of(listing.public.source_id)].append(place)
        for member, places in by_member.items():
            answers = loader.publish(member, [listings[place] for place in places])
            for place, answer in zip(places, answers, strict=True):
                rows[place] = answer
        return [row for row in rows if row is not None]

    def advance(_result: RowResult, _part_read: float) -> None:
        progress(1)

    table = open_table(file, mapping.read)
    return run_import(file.name, table, FileMapper(mapping), publish_batch, progress=advance)


def _batches(listings: Iterator[Listing]) -> Iterator[list[Listing]]:
    """Yield runs of at most 500 listings of one platform."""
    for _, run in itertools.groupby(listings, lambda listing: listing.public.source_platform):
        while batch := list(itertools.islice(run, BATCH_ROWS)):
            yield batch
