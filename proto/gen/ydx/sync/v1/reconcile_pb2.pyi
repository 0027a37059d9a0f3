from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReconcileQuestion(_message.Message):
    __slots__ = ("agreement_origin", "agreement_leaf_index", "agreement_leaf_hash", "center_origin", "center_size", "ranges")
    AGREEMENT_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_LEAF_HASH_FIELD_NUMBER: _ClassVar[int]
    CENTER_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    CENTER_SIZE_FIELD_NUMBER: _ClassVar[int]
    RANGES_FIELD_NUMBER: _ClassVar[int]
    agreement_origin: str
    agreement_leaf_index: int
    agreement_leaf_hash: bytes
    center_origin: str
    center_size: int
    ranges: _containers.RepeatedCompositeFieldContainer[ReconcileRange]
    def __init__(self, agreement_origin: _Optional[str] = ..., agreement_leaf_index: _Optional[int] = ..., agreement_leaf_hash: _Optional[bytes] = ..., center_origin: _Optional[str] = ..., center_size: _Optional[int] = ..., ranges: _Optional[_Iterable[_Union[ReconcileRange, _Mapping]]] = ...) -> None: ...

class ReconcileRange(_message.Message):
    __slots__ = ("first", "depth", "count", "digest")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    first: bytes
    depth: int
    count: int
    digest: bytes
    def __init__(self, first: _Optional[bytes] = ..., depth: _Optional[int] = ..., count: _Optional[int] = ..., digest: _Optional[bytes] = ...) -> None: ...

class ReconcileAnswer(_message.Message):
    __slots__ = ("summary", "parts")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    summary: ReconcileSummary
    parts: _containers.RepeatedCompositeFieldContainer[ReconcilePart]
    def __init__(self, summary: _Optional[_Union[ReconcileSummary, _Mapping]] = ..., parts: _Optional[_Iterable[_Union[ReconcilePart, _Mapping]]] = ...) -> None: ...

class ReconcileSummary(_message.Message):
    __slots__ = ("center_size", "center_root", "entries", "journal_digest", "state_digest", "balances_digest")
    CENTER_SIZE_FIELD_NUMBER: _ClassVar[int]
    CENTER_ROOT_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    STATE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    BALANCES_DIGEST_FIELD_NUMBER: _ClassVar[int]
    center_size: int
    center_root: bytes
    entries: int
    journal_digest: bytes
    state_digest: bytes
    balances_digest: bytes
    def __init__(self, center_size: _Optional[int] = ..., center_root: _Optional[bytes] = ..., entries: _Optional[int] = ..., journal_digest: _Optional[bytes] = ..., state_digest: _Optional[bytes] = ..., balances_digest: _Optional[bytes] = ...) -> None: ...

class ReconcilePart(_message.Message):
    __slots__ = ("ranges", "items")
    RANGES_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    ranges: _containers.RepeatedCompositeFieldContainer[ReconcileRange]
    items: _containers.RepeatedCompositeFieldContainer[ReconcileItem]
    def __init__(self, ranges: _Optional[_Iterable[_Union[ReconcileRange, _Mapping]]] = ..., items: _Optional[_Iterable[_Union[ReconcileItem, _Mapping]]] = ...) -> None: ...

class ReconcileItem(_message.Message):
    __slots__ = ("place", "entry", "state", "unsound")
    PLACE_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    UNSOUND_FIELD_NUMBER: _ClassVar[int]
    place: bytes
    entry: bytes
    state: str
    unsound: bool
    def __init__(self, place: _Optional[bytes] = ..., entry: _Optional[bytes] = ..., state: _Optional[str] = ..., unsound: _Optional[bool] = ...) -> None: ...
