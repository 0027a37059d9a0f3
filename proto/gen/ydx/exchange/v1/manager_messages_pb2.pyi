from google.protobuf import field_mask_pb2 as _field_mask_pb2
from ydx.exchange.v1 import manager_pb2 as _manager_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PublishManagerRequest(_message.Message):
    __slots__ = ("manager", "request_id", "validate_only", "ack")
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    manager: _manager_pb2.Manager
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, manager: _Optional[_Union[_manager_pb2.Manager, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class PublishManagerResponse(_message.Message):
    __slots__ = ("manager", "warnings")
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    manager: _manager_pb2.Manager
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    def __init__(self, manager: _Optional[_Union[_manager_pb2.Manager, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ...) -> None: ...

class ReviseManagerRequest(_message.Message):
    __slots__ = ("manager", "update_mask", "etag", "request_id", "validate_only", "ack")
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    manager: _manager_pb2.Manager
    update_mask: _field_mask_pb2.FieldMask
    etag: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, manager: _Optional[_Union[_manager_pb2.Manager, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class ReviseManagerResponse(_message.Message):
    __slots__ = ("manager", "warnings", "changed")
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    manager: _manager_pb2.Manager
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    changed: bool
    def __init__(self, manager: _Optional[_Union[_manager_pb2.Manager, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ..., changed: _Optional[bool] = ...) -> None: ...

class WithdrawManagerRequest(_message.Message):
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

class WithdrawManagerResponse(_message.Message):
    __slots__ = ("manager",)
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    manager: _manager_pb2.Manager
    def __init__(self, manager: _Optional[_Union[_manager_pb2.Manager, _Mapping]] = ...) -> None: ...

class GetManagerRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetManagerResponse(_message.Message):
    __slots__ = ("manager",)
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    manager: _manager_pb2.Manager
    def __init__(self, manager: _Optional[_Union[_manager_pb2.Manager, _Mapping]] = ...) -> None: ...

class ListManagersRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "filter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    filter: _query_pb2.RecordFilter
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., filter: _Optional[_Union[_query_pb2.RecordFilter, _Mapping]] = ...) -> None: ...

class ListManagersResponse(_message.Message):
    __slots__ = ("managers", "next_page_token", "origins")
    MANAGERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    managers: _containers.RepeatedCompositeFieldContainer[_manager_pb2.Manager]
    next_page_token: str
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    def __init__(self, managers: _Optional[_Iterable[_Union[_manager_pb2.Manager, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ...) -> None: ...
