from ydx.exchange.v1 import contract_messages_pb2 as _contract_messages_pb2
from ydx.exchange.v1 import listing_pb2 as _listing_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetOrganisationViewRequest(_message.Message):
    __slots__ = ("organisation", "limit")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    organisation: str
    limit: int
    def __init__(self, organisation: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class GetOrganisationViewResponse(_message.Message):
    __slots__ = ("supply", "demand", "enquiries", "contracts", "supply_total", "demand_total", "more", "origins")
    SUPPLY_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    ENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    CONTRACTS_FIELD_NUMBER: _ClassVar[int]
    SUPPLY_TOTAL_FIELD_NUMBER: _ClassVar[int]
    DEMAND_TOTAL_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    supply: _containers.RepeatedCompositeFieldContainer[_listing_pb2.Listing]
    demand: _containers.RepeatedCompositeFieldContainer[_listing_pb2.Listing]
    enquiries: _containers.RepeatedCompositeFieldContainer[OrganisationEnquiry]
    contracts: _containers.RepeatedCompositeFieldContainer[_contract_messages_pb2.ContractRecord]
    supply_total: int
    demand_total: int
    more: bool
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    def __init__(self, supply: _Optional[_Iterable[_Union[_listing_pb2.Listing, _Mapping]]] = ..., demand: _Optional[_Iterable[_Union[_listing_pb2.Listing, _Mapping]]] = ..., enquiries: _Optional[_Iterable[_Union[OrganisationEnquiry, _Mapping]]] = ..., contracts: _Optional[_Iterable[_Union[_contract_messages_pb2.ContractRecord, _Mapping]]] = ..., supply_total: _Optional[int] = ..., demand_total: _Optional[int] = ..., more: _Optional[bool] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ...) -> None: ...

class OrganisationEnquiry(_message.Message):
    __slots__ = ("name", "listing", "state", "asked")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LISTING_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    name: str
    listing: str
    state: str
    asked: bool
    def __init__(self, name: _Optional[str] = ..., listing: _Optional[str] = ..., state: _Optional[str] = ..., asked: _Optional[bool] = ...) -> None: ...
