from ydx.exchange.v1 import demand_pb2 as _demand_pb2
from ydx.exchange.v1 import listing_pb2 as _listing_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from ydx.exchange.v1 import supply_pb2 as _supply_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SearchSort(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEARCH_SORT_UNSPECIFIED: _ClassVar[SearchSort]
    SEARCH_SORT_RELEVANCE: _ClassVar[SearchSort]
    SEARCH_SORT_NEWEST: _ClassVar[SearchSort]
    SEARCH_SORT_CLOSING_SOON: _ClassVar[SearchSort]
SEARCH_SORT_UNSPECIFIED: SearchSort
SEARCH_SORT_RELEVANCE: SearchSort
SEARCH_SORT_NEWEST: SearchSort
SEARCH_SORT_CLOSING_SOON: SearchSort

class SearchListingsRequest(_message.Message):
    __slots__ = ("query", "filter", "sort", "page_size", "page_token", "with_facets", "ask_origin")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    WITH_FACETS_FIELD_NUMBER: _ClassVar[int]
    ASK_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    query: str
    filter: SearchFilter
    sort: SearchSort
    page_size: int
    page_token: str
    with_facets: bool
    ask_origin: bool
    def __init__(self, query: _Optional[str] = ..., filter: _Optional[_Union[SearchFilter, _Mapping]] = ..., sort: _Optional[_Union[SearchSort, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., with_facets: _Optional[bool] = ..., ask_origin: _Optional[bool] = ...) -> None: ...

class SearchFilter(_message.Message):
    __slots__ = ("kind", "members", "regions", "tech_fields", "industries", "ipc", "trl_min", "trl_max", "transfer_modes", "cooperation_modes", "amount_min_fen", "amount_max_fen", "states", "open_licence", "open_for_enquiry", "valid_on", "organisation", "changed_after_position", "closes_from", "closes_until", "overdue_on", "manager", "labels", "ip_statuses", "without_enquiry")
    KIND_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    REGIONS_FIELD_NUMBER: _ClassVar[int]
    TECH_FIELDS_FIELD_NUMBER: _ClassVar[int]
    INDUSTRIES_FIELD_NUMBER: _ClassVar[int]
    IPC_FIELD_NUMBER: _ClassVar[int]
    TRL_MIN_FIELD_NUMBER: _ClassVar[int]
    TRL_MAX_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_MODES_FIELD_NUMBER: _ClassVar[int]
    COOPERATION_MODES_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MIN_FEN_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MAX_FEN_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    OPEN_LICENCE_FIELD_NUMBER: _ClassVar[int]
    OPEN_FOR_ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    VALID_ON_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AFTER_POSITION_FIELD_NUMBER: _ClassVar[int]
    CLOSES_FROM_FIELD_NUMBER: _ClassVar[int]
    CLOSES_UNTIL_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_ON_FIELD_NUMBER: _ClassVar[int]
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    IP_STATUSES_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    kind: _listing_pb2.ListingKind
    members: _containers.RepeatedScalarFieldContainer[str]
    regions: _containers.RepeatedScalarFieldContainer[str]
    tech_fields: _containers.RepeatedScalarFieldContainer[_record_pb2.TechField]
    industries: _containers.RepeatedScalarFieldContainer[str]
    ipc: _containers.RepeatedScalarFieldContainer[str]
    trl_min: int
    trl_max: int
    transfer_modes: _containers.RepeatedScalarFieldContainer[_supply_pb2.TransferMode]
    cooperation_modes: _containers.RepeatedScalarFieldContainer[_demand_pb2.CooperationMode]
    amount_min_fen: int
    amount_max_fen: int
    states: _containers.RepeatedScalarFieldContainer[_record_pb2.RecordState]
    open_licence: bool
    open_for_enquiry: bool
    valid_on: str
    organisation: str
    changed_after_position: int
    closes_from: str
    closes_until: str
    overdue_on: str
    manager: str
    labels: _containers.RepeatedScalarFieldContainer[str]
    ip_statuses: _containers.RepeatedScalarFieldContainer[_supply_pb2.IpStatus]
    without_enquiry: bool
    def __init__(self, kind: _Optional[_Union[_listing_pb2.ListingKind, str]] = ..., members: _Optional[_Iterable[str]] = ..., regions: _Optional[_Iterable[str]] = ..., tech_fields: _Optional[_Iterable[_Union[_record_pb2.TechField, str]]] = ..., industries: _Optional[_Iterable[str]] = ..., ipc: _Optional[_Iterable[str]] = ..., trl_min: _Optional[int] = ..., trl_max: _Optional[int] = ..., transfer_modes: _Optional[_Iterable[_Union[_supply_pb2.TransferMode, str]]] = ..., cooperation_modes: _Optional[_Iterable[_Union[_demand_pb2.CooperationMode, str]]] = ..., amount_min_fen: _Optional[int] = ..., amount_max_fen: _Optional[int] = ..., states: _Optional[_Iterable[_Union[_record_pb2.RecordState, str]]] = ..., open_licence: _Optional[bool] = ..., open_for_enquiry: _Optional[bool] = ..., valid_on: _Optional[str] = ..., organisation: _Optional[str] = ..., changed_after_position: _Optional[int] = ..., closes_from: _Optional[str] = ..., closes_until: _Optional[str] = ..., overdue_on: _Optional[str] = ..., manager: _Optional[str] = ..., labels: _Optional[_Iterable[str]] = ..., ip_statuses: _Optional[_Iterable[_Union[_supply_pb2.IpStatus, str]]] = ..., without_enquiry: _Optional[bool] = ...) -> None: ...

class SearchListingsResponse(_message.Message):
    __slots__ = ("hits", "next_page_token", "total", "partial_words", "facets", "suggestions", "origins", "index_position", "asked_origins")
    HITS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_WORDS_FIELD_NUMBER: _ClassVar[int]
    FACETS_FIELD_NUMBER: _ClassVar[int]
    SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    INDEX_POSITION_FIELD_NUMBER: _ClassVar[int]
    ASKED_ORIGINS_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[SearchHit]
    next_page_token: str
    total: int
    partial_words: bool
    facets: _containers.RepeatedCompositeFieldContainer[Facet]
    suggestions: _containers.RepeatedScalarFieldContainer[str]
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    index_position: int
    asked_origins: _containers.RepeatedCompositeFieldContainer[AskedOrigin]
    def __init__(self, hits: _Optional[_Iterable[_Union[SearchHit, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total: _Optional[int] = ..., partial_words: _Optional[bool] = ..., facets: _Optional[_Iterable[_Union[Facet, _Mapping]]] = ..., suggestions: _Optional[_Iterable[str]] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ..., index_position: _Optional[int] = ..., asked_origins: _Optional[_Iterable[_Union[AskedOrigin, _Mapping]]] = ...) -> None: ...

class SearchHit(_message.Message):
    __slots__ = ("listing", "score", "partial_words", "highlights", "same_listings")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_WORDS_FIELD_NUMBER: _ClassVar[int]
    HIGHLIGHTS_FIELD_NUMBER: _ClassVar[int]
    SAME_LISTINGS_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    score: float
    partial_words: bool
    highlights: _containers.RepeatedCompositeFieldContainer[Highlight]
    same_listings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., score: _Optional[float] = ..., partial_words: _Optional[bool] = ..., highlights: _Optional[_Iterable[_Union[Highlight, _Mapping]]] = ..., same_listings: _Optional[_Iterable[str]] = ...) -> None: ...

class Highlight(_message.Message):
    __slots__ = ("field", "text", "spans")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    field: str
    text: str
    spans: _containers.RepeatedCompositeFieldContainer[Span]
    def __init__(self, field: _Optional[str] = ..., text: _Optional[str] = ..., spans: _Optional[_Iterable[_Union[Span, _Mapping]]] = ...) -> None: ...

class Span(_message.Message):
    __slots__ = ("start", "end")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    start: int
    end: int
    def __init__(self, start: _Optional[int] = ..., end: _Optional[int] = ...) -> None: ...

class Facet(_message.Message):
    __slots__ = ("field", "values")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    field: str
    values: _containers.RepeatedCompositeFieldContainer[FacetValue]
    def __init__(self, field: _Optional[str] = ..., values: _Optional[_Iterable[_Union[FacetValue, _Mapping]]] = ...) -> None: ...

class FacetValue(_message.Message):
    __slots__ = ("value", "count", "last")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    value: str
    count: int
    last: str
    def __init__(self, value: _Optional[str] = ..., count: _Optional[int] = ..., last: _Optional[str] = ...) -> None: ...

class AskedOrigin(_message.Message):
    __slots__ = ("member", "answered", "tree_size", "why")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    member: str
    answered: bool
    tree_size: int
    why: str
    def __init__(self, member: _Optional[str] = ..., answered: _Optional[bool] = ..., tree_size: _Optional[int] = ..., why: _Optional[str] = ...) -> None: ...

class RebuildIndexRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RebuildIndexResponse(_message.Message):
    __slots__ = ("done", "total", "finished")
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    done: int
    total: int
    finished: bool
    def __init__(self, done: _Optional[int] = ..., total: _Optional[int] = ..., finished: _Optional[bool] = ...) -> None: ...
