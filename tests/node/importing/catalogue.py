"""A catalogue in memory that judges batches by the real rules of publication."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from federation.records.listing import check_listing
from ydx.exchange.v1 import listing_messages_pb2 as messages
from ydx.exchange.v1 import query_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.records.codec import Listing
    from federation.records.findings import Finding

TODAY = date(2026, 11, 24)


class Catalogue:
    """Takes batches as BatchPublishListings does; `listings` holds what was accepted."""

    def __init__(self) -> None:
        self.listings: dict[tuple[str, str], Listing] = {}
        self.batch_sizes: list[int] = []

    def publish(self, listings: Sequence[Listing]) -> list[messages.BatchRow]:
        self.batch_sizes.append(len(listings))
        return [self._publish_one(listing) for listing in listings]

    def plan(self, listings: Sequence[Listing]) -> list[messages.BatchRow]:
        before = dict(self.listings)
        rows = self.publish(listings)
        self.listings = before
        return rows

    def _publish_one(self, listing: Listing) -> messages.BatchRow:
        checked = check_listing(listing, today=TODAY)
        if not checked.ok:
            return messages.BatchRow(
                outcome=messages.BATCH_OUTCOME_REFUSED,
                violations=[_violation(finding) for finding in checked.violations],
            )
        source = (listing.public.source_platform, listing.public.source_id)
        before = self.listings.get(source)
        self.listings[source] = checked.record
        outcome = messages.BATCH_OUTCOME_CREATED
        if before is not None:
            same = before == checked.record
            outcome = messages.BATCH_OUTCOME_UNCHANGED if same else messages.BATCH_OUTCOME_REVISED
        warnings = [
            query_pb2.Warning(
                rule=finding.rule,
                field=finding.field,
                text_zh=finding.text_zh,
                text_en=finding.text_en,
            )
            for finding in checked.warnings
        ]
        return messages.BatchRow(outcome=outcome, name="/".join(source), warnings=warnings)


def _violation(finding: Finding) -> query_pb2.FieldViolation:
    return query_pb2.FieldViolation(
        field=finding.field,
        rule=finding.rule,
        value=finding.value,
        text_zh=finding.text_zh,
        text_en=finding.text_en,
    )
