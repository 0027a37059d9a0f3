"""CatalogueService: records of all members, and writes to the own log. Values in, values out.

- What is wrong with an argument is INVALID_FIELD, with all violations where a record is checked.
- Request ids are bound to the caller, the method and the whole request.
- Page tokens are bound to the method and the filter; the page size may change between pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from node.rpc.catalogue_arguments import (
    NUMBER_MAX,
    etag,
    listing_query,
    page_size,
    record_query,
    request_body,
    waits_for_peer,
)
from node.rpc.catalogue_messages import batch_response, change, completeness, warnings
from node.rpc.field_masks import masked
from node.rpc.node_service import BATCH_ROWS_MAX
from node.services.arguments import invalid
from node.services.catalogue.records import LISTING, MANAGER, ORGANISATION, PART_NAMES
from node.services.log.write_options import WriteOptions
from ydx.exchange.v1 import catalogue_service_pb2 as pb
from ydx.exchange.v1 import change_pb2
from ydx.exchange.v1 import listing_messages_pb2 as listings
from ydx.exchange.v1 import manager_messages_pb2 as managers
from ydx.exchange.v1 import organisation_messages_pb2 as organisations

if TYPE_CHECKING:
    from collections.abc import Generator

    from node.rpc.page_tokens import PageTokens
    from node.rpc.stream_life import StreamLife
    from node.services.access import Caller
    from node.services.catalogue.batch import BatchPublishing
    from node.services.catalogue.changes import ChangeFeed
    from node.services.catalogue.erasing import Erasing
    from node.services.catalogue.publishing import Publishing, Written
    from node.services.catalogue.reading import Catalogue, RecordPage, RecordQuery
    from node.services.catalogue.receipts import Receipts
    from node.services.catalogue.records import RecordKind
    from node.services.log.sequencer import Sequencer

SERVICE: Final = pb.DESCRIPTOR.services_by_name["CatalogueService"]
_PARTS: Final = tuple(PART_NAMES.values())
_CURSOR_BYTES: Final = 8
_CHANGES: Final = 200
_CHANGES_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class CatalogueServicer:
    """The servicer; one a node."""

    sequencer: Sequencer
    publishing: Publishing
    batches: BatchPublishing
    catalogue: Catalogue
    feed: ChangeFeed
    receipts: Receipts
    tokens: PageTokens
    erasing: Erasing

    def PublishListing(
        self, request: listings.PublishListingRequest, caller: Caller
    ) -> listings.PublishListingResponse:
        """Publish a listing."""
        options = self._options("PublishListing", request, caller)
        done = self.publishing.publish(
            caller, LISTING, request.listing, options, replaces=request.replaces
        )
        return listings.PublishListingResponse(**_written("listing", done))

    def ReviseListing(
        self, request: listings.ReviseListingRequest, caller: Caller
    ) -> listings.ReviseListingResponse:
        """Revise a listing."""
        done = self._revise("ReviseListing", request, caller, LISTING, request.listing)
        return listings.ReviseListingResponse(**_written("listing", done), changed=done.changed)

    def WithdrawListing(
        self, request: listings.WithdrawListingRequest, caller: Caller
    ) -> listings.WithdrawListingResponse:
        """Withdraw a listing."""
        done = self._withdraw("WithdrawListing", request, caller, LISTING)
        return listings.WithdrawListingResponse(listing=done.record)

    def GetListing(
        self, request: listings.GetListingRequest, caller: Caller
    ) -> listings.GetListingResponse:
        """Give one listing."""
        return listings.GetListingResponse(
            listing=self.catalogue.get(caller, LISTING, request.name)
        )

    def ListListings(
        self, request: listings.ListListingsRequest, caller: Caller
    ) -> listings.ListListingsResponse:
        """Give the listings that match."""
        page, token = self._page("ListListings", request, caller, listing_query(request.filter))
        return listings.ListListingsResponse(
            listings=page.records,
            next_page_token=token,
            origins=map(completeness, page.origins),
        )

    def PublishOrganisation(
        self, request: organisations.PublishOrganisationRequest, caller: Caller
    ) -> organisations.PublishOrganisationResponse:
        """Publish an organisation."""
        options = self._options("PublishOrganisation", request, caller)
        done = self.publishing.publish(caller, ORGANISATION, request.organisation, options)
        return organisations.PublishOrganisationResponse(**_written("organisation", done))

    def ReviseOrganisation(
        self, request: organisations.ReviseOrganisationRequest, caller: Caller
    ) -> organisations.ReviseOrganisationResponse:
        """Revise an organisation."""
        update = request.organisation
        done = self._revise("ReviseOrganisation", request, caller, ORGANISATION, update)
        return organisations.ReviseOrganisationResponse(
            **_written("organisation", done), changed=done.changed
        )

    def WithdrawOrganisation(
        self, request: organisations.WithdrawOrganisationRequest, caller: Caller
    ) -> organisations.WithdrawOrganisationResponse:
        """Withdraw an organisation."""
        done = self._withdraw("WithdrawOrganisation", request, caller, ORGANISATION)
        return organisations.WithdrawOrganisationResponse(organisation=done.record)

    def GetOrganisation(
        self, request: organisations.GetOrganisationRequest, caller: Caller
    ) -> organisations.GetOrganisationResponse:
        """Give one organisation."""
        return organisations.GetOrganisationResponse(
            organisation=self.catalogue.get(caller, ORGANISATION, request.name)
        )

    def ListOrganisations(
        self, request: organisations.ListOrganisationsRequest, caller: Caller
    ) -> organisations.ListOrganisationsResponse:
        """Give the organisations that match."""
        query = record_query(request.filter, ORGANISATION)
        page, token = self._page("ListOrganisations", request, caller, query)
        return organisations.ListOrganisationsResponse(
            organisations=page.records,
            next_page_token=token,
            origins=map(completeness, page.origins),
        )

    def PublishManager(
        self, request: managers.PublishManagerRequest, caller: Caller
    ) -> managers.PublishManagerResponse:
        """Publish a manager."""
        options = self._options("PublishManager", request, caller)
        done = self.publishing.publish(caller, MANAGER, request.manager, options)
        return managers.PublishManagerResponse(**_written("manager", done))

    def ReviseManager(
        self, request: managers.ReviseManagerRequest, caller: Caller
    ) -> managers.ReviseManagerResponse:
        """Revise a manager."""
        done = self._revise("ReviseManager", request, caller, MANAGER, request.manager)
        return managers.ReviseManagerResponse(**_written("manager", done), changed=done.changed)

    def WithdrawManager(
        self, request: managers.WithdrawManagerRequest, caller: Caller
    ) -> managers.WithdrawManagerResponse:
        """Withdraw a manager."""
        done = self._withdraw("WithdrawManager", request, caller, MANAGER)
        return managers.WithdrawManagerResponse(manager=done.record)

    def GetManager(
        self, request: managers.GetManagerRequest, caller: Caller
    ) -> managers.GetManagerResponse:
        """Give one manager."""
        return managers.GetManagerResponse(
            manager=self.catalogue.get(caller, MANAGER, request.name)
        )

    def ListManagers(
        self, request: managers.ListManagersRequest, caller: Caller
    ) -> managers.ListManagersResponse:
        """Give the managers that match."""
        query = record_query(request.filter, MANAGER)
        page, token = self._page("ListManagers", request, caller, query)
        return managers.ListManagersResponse(
            managers=page.records,
            next_page_token=token,
            origins=map(completeness, page.origins),
        )

    def BatchPublishListings(
        self, request: listings.BatchPublishListingsRequest, caller: Caller
    ) -> listings.BatchPublishListingsResponse:
        """Publish or revise many listings."""
        count = len(request.listings)
        if not 1 <= count <= BATCH_ROWS_MAX:
            raise invalid("listings", "ROWS", count=count, most=BATCH_ROWS_MAX)
        answer = self.batches.publish(
            caller,
            request.listings,
            self._options("BatchPublishListings", request, caller),
            batch_response,
        )
        return listings.BatchPublishListingsResponse.FromString(answer)

    def WatchChanges(
        self, request: change_pb2.WatchChangesRequest, caller: Caller, life: StreamLife
    ) -> Generator[change_pb2.WatchChangesResponse, None, None]:
        """Stream changes as they come."""
        for page in self.feed.watch(
            caller, request.after_position, _CHANGES, life, with_records=request.with_records
        ):
            yield change_pb2.WatchChangesResponse(
                changes=map(change, page.changes), position=page.position, end_of_life=page.is_end
            )

    def ListChanges(
        self, request: change_pb2.ListChangesRequest, caller: Caller
    ) -> change_pb2.ListChangesResponse:
        """Give the changes after a position."""
        limit = page_size(request.page_size, _CHANGES, _CHANGES_MAX)
        page = self.feed.list(
            caller, request.after_position, limit, with_records=request.with_records
        )
        return change_pb2.ListChangesResponse(
            changes=map(change, page.changes), position=page.position, more=page.more
        )

    def GetReceipt(self, request: pb.GetReceiptRequest, caller: Caller) -> pb.GetReceiptResponse:
        """Give the proof that an entry stands in its log."""
        revision = min(request.revision, NUMBER_MAX)
        given = self.receipts.get(caller, request.name, revision, request.part)
        return pb.GetReceiptResponse(
            receipt=given.receipt, entry=given.entry, confirmed=given.is_confirmed
        )

    def GetListingHistory(
        self, request: listings.GetListingHistoryRequest, caller: Caller
    ) -> listings.GetListingHistoryResponse:
        """Give all revisions of a listing."""
        method, bound = "GetListingHistory", request.name.encode()
        after = self._cursor(method, bound, request.page_token)
        limit = page_size(request.page_size)
        page = self.catalogue.history(caller, LISTING, request.name, after, limit)
        return listings.GetListingHistoryResponse(
            revisions=page.records, next_page_token=self._token(method, bound, page)
        )

    def EraseRecord(self, request: pb.EraseRecordRequest, caller: Caller) -> pb.EraseRecordResponse:
        """Erase parts of an own record."""
        options = self._options("EraseRecord", request, caller)
        done = self.erasing.erase(
            caller, request.name, request.parts, request.legal_ground, options
        )
        return pb.EraseRecordResponse(
            erased_parts=done.parts, erased_before=done.before, leaf_index=done.leaf_index
        )

    def _options(self, method: str, request: Any, caller: Caller) -> WriteOptions:
        body = request_body(method, request)
        return WriteOptions(
            request=self.sequencer.request(caller.identity, request.request_id, body),
            validate_only=request.validate_only,
            ack_peer=waits_for_peer(request.ack),
        )

    def _revise(
        self, method: str, request: Any, caller: Caller, kind: RecordKind, update: Any
    ) -> Written:
        paths = tuple(request.update_mask.paths)
        return self.publishing.revise(
            caller,
            kind,
            update.name,
            lambda stored: masked(stored, update, paths, _PARTS),
            self._options(method, request, caller),
            etag(request.etag),
        )

    def _withdraw(self, method: str, request: Any, caller: Caller, kind: RecordKind) -> Written:
        return self.publishing.withdraw(
            caller,
            kind,
            request.name,
            self._options(method, request, caller),
            etag(request.etag),
            request.reason,
            request.successor,
        )

    def _page(
        self, method: str, request: Any, caller: Caller, query: RecordQuery
    ) -> tuple[RecordPage, str]:
        """Return a page of records and the token of the next one."""
        bound = request.filter.SerializeToString(deterministic=True)
        after = self._cursor(method, bound, request.page_token)
        page = self.catalogue.page(caller, query, after, page_size(request.page_size))
        return page, self._token(method, bound, page)

    def _cursor(self, method: str, bound: bytes, token: str) -> int:
        return int.from_bytes(self.tokens.open(method, bound, token)) if token else 0

    def _token(self, method: str, bound: bytes, page: RecordPage) -> str:
        if page.next_after is None:
            return ""
        return self.tokens.seal(method, bound, page.next_after.to_bytes(_CURSOR_BYTES))


def _written(field: str, done: Written) -> dict[str, Any]:
    return {field: done.record, "warnings": warnings(done.warnings)}
