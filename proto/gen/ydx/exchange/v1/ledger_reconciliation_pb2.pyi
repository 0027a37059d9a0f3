from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReconcileBooksRequest(_message.Message):
    __slots__ = ("agreement", "peer")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PEER_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    peer: str
    def __init__(self, agreement: _Optional[str] = ..., peer: _Optional[str] = ...) -> None: ...

class BooksDifference(_message.Message):
    __slots__ = ("kind", "leaf_index", "number", "detail", "generation")
    KIND_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    kind: str
    leaf_index: int
    number: int
    detail: str
    generation: int
    def __init__(self, kind: _Optional[str] = ..., leaf_index: _Optional[int] = ..., number: _Optional[int] = ..., detail: _Optional[str] = ..., generation: _Optional[int] = ...) -> None: ...

class ReconcileBooksResponse(_message.Message):
    __slots__ = ("equal", "center_size", "proof", "differences", "messages", "complete", "disputed", "peer_disputed", "own_size")
    EQUAL_FIELD_NUMBER: _ClassVar[int]
    CENTER_SIZE_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_FIELD_NUMBER: _ClassVar[int]
    PEER_DISPUTED_FIELD_NUMBER: _ClassVar[int]
    OWN_SIZE_FIELD_NUMBER: _ClassVar[int]
    equal: bool
    center_size: int
    proof: bytes
    differences: _containers.RepeatedCompositeFieldContainer[BooksDifference]
    messages: int
    complete: bool
    disputed: str
    peer_disputed: str
    own_size: int
    def __init__(self, equal: _Optional[bool] = ..., center_size: _Optional[int] = ..., proof: _Optional[bytes] = ..., differences: _Optional[_Iterable[_Union[BooksDifference, _Mapping]]] = ..., messages: _Optional[int] = ..., complete: _Optional[bool] = ..., disputed: _Optional[str] = ..., peer_disputed: _Optional[str] = ..., own_size: _Optional[int] = ...) -> None: ...
