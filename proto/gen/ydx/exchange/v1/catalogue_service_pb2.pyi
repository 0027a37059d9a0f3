from ydx.exchange.v1 import change_pb2 as _change_pb2
from ydx.exchange.v1 import listing_messages_pb2 as _listing_messages_pb2
from ydx.exchange.v1 import manager_messages_pb2 as _manager_messages_pb2
from ydx.exchange.v1 import organisation_messages_pb2 as _organisation_messages_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

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
