from ydx.exchange.v1 import listing_pb2 as _listing_pb2
from ydx.exchange.v1 import manager_pb2 as _manager_pb2
from ydx.exchange.v1 import organisation_pb2 as _organisation_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANGE_KIND_UNSPECIFIED: _ClassVar[ChangeKind]
    CHANGE_KIND_PUT: _ClassVar[ChangeKind]
    CHANGE_KIND_WITHDRAWN: _ClassVar[ChangeKind]
    CHANGE_KIND_ERASED: _ClassVar[ChangeKind]
    CHANGE_KIND_RETRACTED: _ClassVar[ChangeKind]
    CHANGE_KIND_ARRIVED: _ClassVar[ChangeKind]
CHANGE_KIND_UNSPECIFIED: ChangeKind
CHANGE_KIND_PUT: ChangeKind
CHANGE_KIND_WITHDRAWN: ChangeKind
CHANGE_KIND_ERASED: ChangeKind
CHANGE_KIND_RETRACTED: ChangeKind
CHANGE_KIND_ARRIVED: ChangeKind

class WatchChangesRequest(_message.Message):
    __slots__ = ("after_position", "with_records")
    AFTER_POSITION_FIELD_NUMBER: _ClassVar[int]
    WITH_RECORDS_FIELD_NUMBER: _ClassVar[int]
    after_position: int
    with_records: bool
    def __init__(self, after_position: _Optional[int] = ..., with_records: _Optional[bool] = ...) -> None: ...

class WatchChangesResponse(_message.Message):
    __slots__ = ("changes", "position", "end_of_life")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    END_OF_LIFE_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[Change]
    position: int
    end_of_life: bool
    def __init__(self, changes: _Optional[_Iterable[_Union[Change, _Mapping]]] = ..., position: _Optional[int] = ..., end_of_life: _Optional[bool] = ...) -> None: ...

class ListChangesRequest(_message.Message):
    __slots__ = ("after_position", "page_size", "with_records")
    AFTER_POSITION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    WITH_RECORDS_FIELD_NUMBER: _ClassVar[int]
    after_position: int
    page_size: int
    with_records: bool
    def __init__(self, after_position: _Optional[int] = ..., page_size: _Optional[int] = ..., with_records: _Optional[bool] = ...) -> None: ...

class ListChangesResponse(_message.Message):
    __slots__ = ("changes", "position", "more")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[Change]
    position: int
    more: bool
    def __init__(self, changes: _Optional[_Iterable[_Union[Change, _Mapping]]] = ..., position: _Optional[int] = ..., more: _Optional[bool] = ...) -> None: ...

class Change(_message.Message):
    __slots__ = ("position", "kind", "name", "revision", "leaf_index", "provisional", "listing", "organisation", "manager")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    LISTING_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    position: int
    kind: ChangeKind
    name: str
    revision: int
    leaf_index: int
    provisional: bool
    listing: _listing_pb2.Listing
    organisation: _organisation_pb2.Organisation
    manager: _manager_pb2.Manager
    def __init__(self, position: _Optional[int] = ..., kind: _Optional[_Union[ChangeKind, str]] = ..., name: _Optional[str] = ..., revision: _Optional[int] = ..., leaf_index: _Optional[int] = ..., provisional: _Optional[bool] = ..., listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., organisation: _Optional[_Union[_organisation_pb2.Organisation, _Mapping]] = ..., manager: _Optional[_Union[_manager_pb2.Manager, _Mapping]] = ...) -> None: ...
