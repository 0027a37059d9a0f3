from ydx.exchange.v1 import change_pb2 as _change_pb2
from ydx.exchange.v1 import listing_messages_pb2 as _listing_messages_pb2
from ydx.exchange.v1 import manager_messages_pb2 as _manager_messages_pb2
from ydx.exchange.v1 import organisation_messages_pb2 as _organisation_messages_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetReceiptRequest(_message.Message):
    __slots__ = ("name", "revision", "part")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    name: str
    revision: int
    part: str
    def __init__(self, name: _Optional[str] = ..., revision: _Optional[int] = ..., part: _Optional[str] = ...) -> None: ...

class GetReceiptResponse(_message.Message):
    __slots__ = ("receipt", "entry", "confirmed")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    receipt: bytes
    entry: bytes
    confirmed: bool
    def __init__(self, receipt: _Optional[bytes] = ..., entry: _Optional[bytes] = ..., confirmed: _Optional[bool] = ...) -> None: ...

class EraseRecordRequest(_message.Message):
    __slots__ = ("name", "parts", "legal_ground", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    LEGAL_GROUND_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    parts: _containers.RepeatedScalarFieldContainer[str]
    legal_ground: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., parts: _Optional[_Iterable[str]] = ..., legal_ground: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class EraseRecordResponse(_message.Message):
    __slots__ = ("erased_parts", "erased_before", "leaf_index")
    ERASED_PARTS_FIELD_NUMBER: _ClassVar[int]
    ERASED_BEFORE_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    erased_parts: int
    erased_before: int
    leaf_index: int
    def __init__(self, erased_parts: _Optional[int] = ..., erased_before: _Optional[int] = ..., leaf_index: _Optional[int] = ...) -> None: ...
