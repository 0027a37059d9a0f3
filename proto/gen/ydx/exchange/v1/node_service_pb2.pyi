import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WriteState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WRITE_STATE_UNSPECIFIED: _ClassVar[WriteState]
    WRITE_STATE_OPEN: _ClassVar[WriteState]
    WRITE_STATE_STARTING: _ClassVar[WriteState]
    WRITE_STATE_RESTORED_BEHIND: _ClassVar[WriteState]
    WRITE_STATE_STOPPED: _ClassVar[WriteState]
    WRITE_STATE_DISK_FULL: _ClassVar[WriteState]
    WRITE_STATE_DATABASE_ERROR: _ClassVar[WriteState]
WRITE_STATE_UNSPECIFIED: WriteState
WRITE_STATE_OPEN: WriteState
WRITE_STATE_STARTING: WriteState
WRITE_STATE_RESTORED_BEHIND: WriteState
WRITE_STATE_STOPPED: WriteState
WRITE_STATE_DISK_FULL: WriteState
WRITE_STATE_DATABASE_ERROR: WriteState

class GetNodeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetNodeResponse(_message.Message):
    __slots__ = ("member", "origin", "vkey", "version", "formats", "limits", "roles", "write_state", "write_state_why")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    VKEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    WRITE_STATE_FIELD_NUMBER: _ClassVar[int]
    WRITE_STATE_WHY_FIELD_NUMBER: _ClassVar[int]
    member: str
    origin: str
    vkey: str
    version: str
    formats: _containers.RepeatedScalarFieldContainer[int]
    limits: Limits
    roles: _containers.RepeatedScalarFieldContainer[str]
    write_state: WriteState
    write_state_why: str
    def __init__(self, member: _Optional[str] = ..., origin: _Optional[str] = ..., vkey: _Optional[str] = ..., version: _Optional[str] = ..., formats: _Optional[_Iterable[int]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., roles: _Optional[_Iterable[str]] = ..., write_state: _Optional[_Union[WriteState, str]] = ..., write_state_why: _Optional[str] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("message_size_bytes_max", "page_size_max", "batch_rows_max", "unary_deadline_s", "stream_life_s", "request_id_days")
    MESSAGE_SIZE_BYTES_MAX_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_MAX_FIELD_NUMBER: _ClassVar[int]
    BATCH_ROWS_MAX_FIELD_NUMBER: _ClassVar[int]
    UNARY_DEADLINE_S_FIELD_NUMBER: _ClassVar[int]
    STREAM_LIFE_S_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_DAYS_FIELD_NUMBER: _ClassVar[int]
    message_size_bytes_max: int
    page_size_max: int
    batch_rows_max: int
    unary_deadline_s: float
    stream_life_s: float
    request_id_days: int
    def __init__(self, message_size_bytes_max: _Optional[int] = ..., page_size_max: _Optional[int] = ..., batch_rows_max: _Optional[int] = ..., unary_deadline_s: _Optional[float] = ..., stream_life_s: _Optional[float] = ..., request_id_days: _Optional[int] = ...) -> None: ...

class GetTrustFilesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetTrustFilesResponse(_message.Message):
    __slots__ = ("files",)
    FILES_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedCompositeFieldContainer[TrustFile]
    def __init__(self, files: _Optional[_Iterable[_Union[TrustFile, _Mapping]]] = ...) -> None: ...

class TrustFile(_message.Message):
    __slots__ = ("role", "version", "content")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    role: str
    version: int
    content: bytes
    def __init__(self, role: _Optional[str] = ..., version: _Optional[int] = ..., content: _Optional[bytes] = ...) -> None: ...

class GetSyncStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSyncStatusResponse(_message.Message):
    __slots__ = ("origins", "peers", "trust", "index")
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    PEERS_FIELD_NUMBER: _ClassVar[int]
    TRUST_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    origins: _containers.RepeatedCompositeFieldContainer[OriginStatus]
    peers: _containers.RepeatedCompositeFieldContainer[PeerStatus]
    trust: TrustStatus
    index: IndexStatus
    def __init__(self, origins: _Optional[_Iterable[_Union[OriginStatus, _Mapping]]] = ..., peers: _Optional[_Iterable[_Union[PeerStatus, _Mapping]]] = ..., trust: _Optional[_Union[TrustStatus, _Mapping]] = ..., index: _Optional[_Union[IndexStatus, _Mapping]] = ...) -> None: ...

class OriginStatus(_message.Message):
    __slots__ = ("member", "origin", "tree_size", "verified_size", "confirmed_size", "lag_s", "state", "why", "last_error", "wanted_parts", "frozen", "stored_size")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_SIZE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_SIZE_FIELD_NUMBER: _ClassVar[int]
    LAG_S_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    WANTED_PARTS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    STORED_SIZE_FIELD_NUMBER: _ClassVar[int]
    member: str
    origin: str
    tree_size: int
    verified_size: int
    confirmed_size: int
    lag_s: float
    state: _query_pb2.Completeness
    why: str
    last_error: str
    wanted_parts: int
    frozen: bool
    stored_size: int
    def __init__(self, member: _Optional[str] = ..., origin: _Optional[str] = ..., tree_size: _Optional[int] = ..., verified_size: _Optional[int] = ..., confirmed_size: _Optional[int] = ..., lag_s: _Optional[float] = ..., state: _Optional[_Union[_query_pb2.Completeness, str]] = ..., why: _Optional[str] = ..., last_error: _Optional[str] = ..., wanted_parts: _Optional[int] = ..., frozen: _Optional[bool] = ..., stored_size: _Optional[int] = ...) -> None: ...

class PeerStatus(_message.Message):
    __slots__ = ("member", "up", "consecutive_failures", "last_error", "next_try", "clock_skew_s", "software_version", "rests")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    CONSECUTIVE_FAILURES_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    NEXT_TRY_FIELD_NUMBER: _ClassVar[int]
    CLOCK_SKEW_S_FIELD_NUMBER: _ClassVar[int]
    SOFTWARE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RESTS_FIELD_NUMBER: _ClassVar[int]
    member: str
    up: bool
    consecutive_failures: int
    last_error: str
    next_try: _timestamp_pb2.Timestamp
    clock_skew_s: float
    software_version: str
    rests: _containers.RepeatedCompositeFieldContainer[PeerRest]
    def __init__(self, member: _Optional[str] = ..., up: _Optional[bool] = ..., consecutive_failures: _Optional[int] = ..., last_error: _Optional[str] = ..., next_try: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., clock_skew_s: _Optional[float] = ..., software_version: _Optional[str] = ..., rests: _Optional[_Iterable[_Union[PeerRest, _Mapping]]] = ...) -> None: ...

class PeerRest(_message.Message):
    __slots__ = ("origin", "until", "refusals", "reason")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    origin: str
    until: _timestamp_pb2.Timestamp
    refusals: int
    reason: str
    def __init__(self, origin: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., refusals: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class TrustStatus(_message.Message):
    __slots__ = ("registry_version", "stale", "expires")
    REGISTRY_VERSION_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_FIELD_NUMBER: _ClassVar[int]
    registry_version: int
    stale: bool
    expires: _timestamp_pb2.Timestamp
    def __init__(self, registry_version: _Optional[int] = ..., stale: _Optional[bool] = ..., expires: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class IndexStatus(_message.Message):
    __slots__ = ("running", "restarts", "behind_entries", "behind_s")
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    RESTARTS_FIELD_NUMBER: _ClassVar[int]
    BEHIND_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    BEHIND_S_FIELD_NUMBER: _ClassVar[int]
    running: bool
    restarts: int
    behind_entries: int
    behind_s: float
    def __init__(self, running: _Optional[bool] = ..., restarts: _Optional[int] = ..., behind_entries: _Optional[int] = ..., behind_s: _Optional[float] = ...) -> None: ...

class GetStateDigestRequest(_message.Message):
    __slots__ = ("sizes",)
    SIZES_FIELD_NUMBER: _ClassVar[int]
    sizes: _containers.RepeatedCompositeFieldContainer[OriginSize]
    def __init__(self, sizes: _Optional[_Iterable[_Union[OriginSize, _Mapping]]] = ...) -> None: ...

class OriginSize(_message.Message):
    __slots__ = ("origin", "tree_size")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    origin: str
    tree_size: int
    def __init__(self, origin: _Optional[str] = ..., tree_size: _Optional[int] = ...) -> None: ...

class GetStateDigestResponse(_message.Message):
    __slots__ = ("public_digest", "members_digest", "sizes", "why")
    PUBLIC_DIGEST_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    public_digest: str
    members_digest: str
    sizes: _containers.RepeatedCompositeFieldContainer[OriginSize]
    why: str
    def __init__(self, public_digest: _Optional[str] = ..., members_digest: _Optional[str] = ..., sizes: _Optional[_Iterable[_Union[OriginSize, _Mapping]]] = ..., why: _Optional[str] = ...) -> None: ...

class RetryPeerRequest(_message.Message):
    __slots__ = ("member", "origin")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    member: str
    origin: str
    def __init__(self, member: _Optional[str] = ..., origin: _Optional[str] = ...) -> None: ...

class RetryPeerResponse(_message.Message):
    __slots__ = ("ended",)
    ENDED_FIELD_NUMBER: _ClassVar[int]
    ended: _containers.RepeatedCompositeFieldContainer[PeerRest]
    def __init__(self, ended: _Optional[_Iterable[_Union[PeerRest, _Mapping]]] = ...) -> None: ...
