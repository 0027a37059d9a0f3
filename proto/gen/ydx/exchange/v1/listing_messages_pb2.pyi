from google.protobuf import field_mask_pb2 as _field_mask_pb2
from ydx.exchange.v1 import listing_pb2 as _listing_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BatchOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BATCH_OUTCOME_UNSPECIFIED: _ClassVar[BatchOutcome]
    BATCH_OUTCOME_CREATED: _ClassVar[BatchOutcome]
    BATCH_OUTCOME_REVISED: _ClassVar[BatchOutcome]
    BATCH_OUTCOME_UNCHANGED: _ClassVar[BatchOutcome]
    BATCH_OUTCOME_REFUSED: _ClassVar[BatchOutcome]
BATCH_OUTCOME_UNSPECIFIED: BatchOutcome
BATCH_OUTCOME_CREATED: BatchOutcome
BATCH_OUTCOME_REVISED: BatchOutcome
BATCH_OUTCOME_UNCHANGED: BatchOutcome
BATCH_OUTCOME_REFUSED: BatchOutcome

class PublishListingRequest(_message.Message):
    __slots__ = ("listing", "request_id", "validate_only", "replaces", "ack")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    request_id: str
    validate_only: bool
    replaces: str
    ack: _query_pb2.AckLevel
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., replaces: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class PublishListingResponse(_message.Message):
    __slots__ = ("listing", "warnings")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ...) -> None: ...

class ReviseListingRequest(_message.Message):
    __slots__ = ("listing", "update_mask", "etag", "request_id", "validate_only", "ack")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    update_mask: _field_mask_pb2.FieldMask
    etag: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class ReviseListingResponse(_message.Message):
    __slots__ = ("listing", "warnings", "changed")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    changed: bool
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ..., changed: _Optional[bool] = ...) -> None: ...

class WithdrawListingRequest(_message.Message):
    __slots__ = ("name", "reason", "successor", "etag", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SUCCESSOR_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    reason: int
    successor: str
    etag: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., reason: _Optional[int] = ..., successor: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class WithdrawListingResponse(_message.Message):
    __slots__ = ("listing",)
    LISTING_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ...) -> None: ...

class GetListingRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetListingResponse(_message.Message):
    __slots__ = ("listing",)
    LISTING_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ...) -> None: ...

class ListListingsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "filter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    filter: ListingFilter
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., filter: _Optional[_Union[ListingFilter, _Mapping]] = ...) -> None: ...

class ListListingsResponse(_message.Message):
    __slots__ = ("listings", "next_page_token", "origins")
    LISTINGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    listings: _containers.RepeatedCompositeFieldContainer[_listing_pb2.Listing]
    next_page_token: str
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    def __init__(self, listings: _Optional[_Iterable[_Union[_listing_pb2.Listing, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ...) -> None: ...

class ListingFilter(_message.Message):
    __slots__ = ("members", "kind", "region", "tech_field", "states", "changed_after_position", "source_platform", "source_id")
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    TECH_FIELD_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AFTER_POSITION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PLATFORM_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedScalarFieldContainer[str]
    kind: _listing_pb2.ListingKind
    region: str
    tech_field: _record_pb2.TechField
    states: _containers.RepeatedScalarFieldContainer[_record_pb2.RecordState]
    changed_after_position: int
    source_platform: str
    source_id: str
    def __init__(self, members: _Optional[_Iterable[str]] = ..., kind: _Optional[_Union[_listing_pb2.ListingKind, str]] = ..., region: _Optional[str] = ..., tech_field: _Optional[_Union[_record_pb2.TechField, str]] = ..., states: _Optional[_Iterable[_Union[_record_pb2.RecordState, str]]] = ..., changed_after_position: _Optional[int] = ..., source_platform: _Optional[str] = ..., source_id: _Optional[str] = ...) -> None: ...

class BatchPublishListingsRequest(_message.Message):
    __slots__ = ("listings", "request_id", "validate_only", "ack")
    LISTINGS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    listings: _containers.RepeatedCompositeFieldContainer[_listing_pb2.Listing]
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, listings: _Optional[_Iterable[_Union[_listing_pb2.Listing, _Mapping]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class BatchPublishListingsResponse(_message.Message):
    __slots__ = ("rows",)
    ROWS_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[BatchRow]
    def __init__(self, rows: _Optional[_Iterable[_Union[BatchRow, _Mapping]]] = ...) -> None: ...

class BatchRow(_message.Message):
    __slots__ = ("outcome", "name", "etag", "leaf_index", "violations", "warnings")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    outcome: BatchOutcome
    name: str
    etag: str
    leaf_index: int
    violations: _containers.RepeatedCompositeFieldContainer[_query_pb2.FieldViolation]
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    def __init__(self, outcome: _Optional[_Union[BatchOutcome, str]] = ..., name: _Optional[str] = ..., etag: _Optional[str] = ..., leaf_index: _Optional[int] = ..., violations: _Optional[_Iterable[_Union[_query_pb2.FieldViolation, _Mapping]]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ...) -> None: ...

class GetListingHistoryRequest(_message.Message):
    __slots__ = ("name", "page_size", "page_token")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    name: str
    page_size: int
    page_token: str
    def __init__(self, name: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class GetListingHistoryResponse(_message.Message):
    __slots__ = ("revisions", "next_page_token")
    REVISIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revisions: _containers.RepeatedCompositeFieldContainer[_listing_pb2.Listing]
    next_page_token: str
    def __init__(self, revisions: _Optional[_Iterable[_Union[_listing_pb2.Listing, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
