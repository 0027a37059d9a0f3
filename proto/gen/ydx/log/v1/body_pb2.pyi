from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WithdrawReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WITHDRAW_REASON_UNSPECIFIED: _ClassVar[WithdrawReason]
    WITHDRAW_REASON_WITHDRAWN: _ClassVar[WithdrawReason]
    WITHDRAW_REASON_EXPIRED: _ClassVar[WithdrawReason]
    WITHDRAW_REASON_DUPLICATE: _ClassVar[WithdrawReason]
    WITHDRAW_REASON_MOVED: _ClassVar[WithdrawReason]
    WITHDRAW_REASON_COURT: _ClassVar[WithdrawReason]
WITHDRAW_REASON_UNSPECIFIED: WithdrawReason
WITHDRAW_REASON_WITHDRAWN: WithdrawReason
WITHDRAW_REASON_EXPIRED: WithdrawReason
WITHDRAW_REASON_DUPLICATE: WithdrawReason
WITHDRAW_REASON_MOVED: WithdrawReason
WITHDRAW_REASON_COURT: WithdrawReason

class GenesisBody(_message.Message):
    __slots__ = ("federation", "member", "registry_version", "predecessor")
    FEDERATION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REGISTRY_VERSION_FIELD_NUMBER: _ClassVar[int]
    PREDECESSOR_FIELD_NUMBER: _ClassVar[int]
    federation: str
    member: str
    registry_version: int
    predecessor: Predecessor
    def __init__(self, federation: _Optional[str] = ..., member: _Optional[str] = ..., registry_version: _Optional[int] = ..., predecessor: _Optional[_Union[Predecessor, _Mapping]] = ...) -> None: ...

class Predecessor(_message.Message):
    __slots__ = ("origin", "tree_size", "root")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    origin: str
    tree_size: int
    root: bytes
    def __init__(self, origin: _Optional[str] = ..., tree_size: _Optional[int] = ..., root: _Optional[bytes] = ...) -> None: ...

class RecordBody(_message.Message):
    __slots__ = ("reason", "successor", "predecessor", "replaces")
    REASON_FIELD_NUMBER: _ClassVar[int]
    SUCCESSOR_FIELD_NUMBER: _ClassVar[int]
    PREDECESSOR_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    reason: int
    successor: str
    predecessor: str
    replaces: str
    def __init__(self, reason: _Optional[int] = ..., successor: _Optional[str] = ..., predecessor: _Optional[str] = ..., replaces: _Optional[str] = ...) -> None: ...

class EraseBody(_message.Message):
    __slots__ = ("parts", "legal_ground")
    PARTS_FIELD_NUMBER: _ClassVar[int]
    LEGAL_GROUND_FIELD_NUMBER: _ClassVar[int]
    parts: _containers.RepeatedCompositeFieldContainer[ErasedPart]
    legal_ground: str
    def __init__(self, parts: _Optional[_Iterable[_Union[ErasedPart, _Mapping]]] = ..., legal_ground: _Optional[str] = ...) -> None: ...

class ErasedPart(_message.Message):
    __slots__ = ("origin", "leaf_index", "part_number")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    PART_NUMBER_FIELD_NUMBER: _ClassVar[int]
    origin: str
    leaf_index: int
    part_number: int
    def __init__(self, origin: _Optional[str] = ..., leaf_index: _Optional[int] = ..., part_number: _Optional[int] = ...) -> None: ...

class AckBody(_message.Message):
    __slots__ = ("origin", "tree_size")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    origin: str
    tree_size: int
    def __init__(self, origin: _Optional[str] = ..., tree_size: _Optional[int] = ...) -> None: ...

class CheckpointBody(_message.Message):
    __slots__ = ("checkpoint", "registry_version")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    REGISTRY_VERSION_FIELD_NUMBER: _ClassVar[int]
    checkpoint: bytes
    registry_version: int
    def __init__(self, checkpoint: _Optional[bytes] = ..., registry_version: _Optional[int] = ...) -> None: ...

class RegistryBody(_message.Message):
    __slots__ = ("role", "version", "length", "sha256", "key_id", "signature")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    role: str
    version: int
    length: int
    sha256: bytes
    key_id: str
    signature: bytes
    def __init__(self, role: _Optional[str] = ..., version: _Optional[int] = ..., length: _Optional[int] = ..., sha256: _Optional[bytes] = ..., key_id: _Optional[str] = ..., signature: _Optional[bytes] = ...) -> None: ...
