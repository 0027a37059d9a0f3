from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PartMark(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PART_MARK_UNSPECIFIED: _ClassVar[PartMark]
    PART_MARK_WITHHELD: _ClassVar[PartMark]
    PART_MARK_ERASED: _ClassVar[PartMark]
    PART_MARK_MISSING: _ClassVar[PartMark]
PART_MARK_UNSPECIFIED: PartMark
PART_MARK_WITHHELD: PartMark
PART_MARK_ERASED: PartMark
PART_MARK_MISSING: PartMark

class Head(_message.Message):
    __slots__ = ("origin", "newest_checkpoint", "confirmed_checkpoint", "verified_size", "confirmed_size", "evidence_digests")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    NEWEST_CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_SIZE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_SIZE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_DIGESTS_FIELD_NUMBER: _ClassVar[int]
    origin: str
    newest_checkpoint: bytes
    confirmed_checkpoint: bytes
    verified_size: int
    confirmed_size: int
    evidence_digests: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, origin: _Optional[str] = ..., newest_checkpoint: _Optional[bytes] = ..., confirmed_checkpoint: _Optional[bytes] = ..., verified_size: _Optional[int] = ..., confirmed_size: _Optional[int] = ..., evidence_digests: _Optional[_Iterable[bytes]] = ...) -> None: ...

class TrustVersion(_message.Message):
    __slots__ = ("role", "version")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    role: str
    version: int
    def __init__(self, role: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class Meeting(_message.Message):
    __slots__ = ("time_ms", "software_version", "formats", "trust_versions", "heads")
    TIME_MS_FIELD_NUMBER: _ClassVar[int]
    SOFTWARE_VERSION_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    TRUST_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    time_ms: int
    software_version: str
    formats: _containers.RepeatedScalarFieldContainer[int]
    trust_versions: _containers.RepeatedCompositeFieldContainer[TrustVersion]
    heads: _containers.RepeatedCompositeFieldContainer[Head]
    def __init__(self, time_ms: _Optional[int] = ..., software_version: _Optional[str] = ..., formats: _Optional[_Iterable[int]] = ..., trust_versions: _Optional[_Iterable[_Union[TrustVersion, _Mapping]]] = ..., heads: _Optional[_Iterable[_Union[Head, _Mapping]]] = ...) -> None: ...

class GetHeadsRequest(_message.Message):
    __slots__ = ("meeting", "start_id")
    MEETING_FIELD_NUMBER: _ClassVar[int]
    START_ID_FIELD_NUMBER: _ClassVar[int]
    meeting: Meeting
    start_id: bytes
    def __init__(self, meeting: _Optional[_Union[Meeting, _Mapping]] = ..., start_id: _Optional[bytes] = ...) -> None: ...

class GetHeadsResponse(_message.Message):
    __slots__ = ("meeting", "evidence")
    MEETING_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    meeting: Meeting
    evidence: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, meeting: _Optional[_Union[Meeting, _Mapping]] = ..., evidence: _Optional[_Iterable[bytes]] = ...) -> None: ...

class WatchHeadsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchHeadsResponse(_message.Message):
    __slots__ = ("heads",)
    HEADS_FIELD_NUMBER: _ClassVar[int]
    heads: _containers.RepeatedCompositeFieldContainer[Head]
    def __init__(self, heads: _Optional[_Iterable[_Union[Head, _Mapping]]] = ...) -> None: ...

class ReadLogRequest(_message.Message):
    __slots__ = ("origin", "from_size")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    FROM_SIZE_FIELD_NUMBER: _ClassVar[int]
    origin: str
    from_size: int
    def __init__(self, origin: _Optional[str] = ..., from_size: _Optional[int] = ...) -> None: ...

class ReadLogResponse(_message.Message):
    __slots__ = ("target", "batch")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    target: Target
    batch: Batch
    def __init__(self, target: _Optional[_Union[Target, _Mapping]] = ..., batch: _Optional[_Union[Batch, _Mapping]] = ...) -> None: ...

class Target(_message.Message):
    __slots__ = ("checkpoint",)
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    checkpoint: bytes
    def __init__(self, checkpoint: _Optional[bytes] = ...) -> None: ...

class Batch(_message.Message):
    __slots__ = ("first_leaf_index", "entries", "parts", "marks", "proof")
    FIRST_LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    MARKS_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    first_leaf_index: int
    entries: _containers.RepeatedScalarFieldContainer[bytes]
    parts: _containers.RepeatedScalarFieldContainer[bytes]
    marks: _containers.RepeatedScalarFieldContainer[PartMark]
    proof: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, first_leaf_index: _Optional[int] = ..., entries: _Optional[_Iterable[bytes]] = ..., parts: _Optional[_Iterable[bytes]] = ..., marks: _Optional[_Iterable[_Union[PartMark, str]]] = ..., proof: _Optional[_Iterable[bytes]] = ...) -> None: ...

class PartPlace(_message.Message):
    __slots__ = ("origin", "leaf_index", "part_number")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    PART_NUMBER_FIELD_NUMBER: _ClassVar[int]
    origin: str
    leaf_index: int
    part_number: int
    def __init__(self, origin: _Optional[str] = ..., leaf_index: _Optional[int] = ..., part_number: _Optional[int] = ...) -> None: ...

class FetchPartsRequest(_message.Message):
    __slots__ = ("places",)
    PLACES_FIELD_NUMBER: _ClassVar[int]
    places: _containers.RepeatedCompositeFieldContainer[PartPlace]
    def __init__(self, places: _Optional[_Iterable[_Union[PartPlace, _Mapping]]] = ...) -> None: ...

class FetchPartsResponse(_message.Message):
    __slots__ = ("parts",)
    PARTS_FIELD_NUMBER: _ClassVar[int]
    parts: _containers.RepeatedCompositeFieldContainer[FetchedPart]
    def __init__(self, parts: _Optional[_Iterable[_Union[FetchedPart, _Mapping]]] = ...) -> None: ...

class FetchedPart(_message.Message):
    __slots__ = ("content", "mark")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    MARK_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    mark: PartMark
    def __init__(self, content: _Optional[bytes] = ..., mark: _Optional[_Union[PartMark, str]] = ...) -> None: ...

class CosignRequest(_message.Message):
    __slots__ = ("checkpoint", "old_size", "proof", "start_id")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    OLD_SIZE_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    START_ID_FIELD_NUMBER: _ClassVar[int]
    checkpoint: bytes
    old_size: int
    proof: _containers.RepeatedScalarFieldContainer[bytes]
    start_id: bytes
    def __init__(self, checkpoint: _Optional[bytes] = ..., old_size: _Optional[int] = ..., proof: _Optional[_Iterable[bytes]] = ..., start_id: _Optional[bytes] = ...) -> None: ...

class CosignResponse(_message.Message):
    __slots__ = ("cosignature", "standing")
    COSIGNATURE_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    cosignature: bytes
    standing: WitnessStanding
    def __init__(self, cosignature: _Optional[bytes] = ..., standing: _Optional[_Union[WitnessStanding, _Mapping]] = ...) -> None: ...

class WitnessStanding(_message.Message):
    __slots__ = ("cosigned_size", "verified_size")
    COSIGNED_SIZE_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_SIZE_FIELD_NUMBER: _ClassVar[int]
    cosigned_size: int
    verified_size: int
    def __init__(self, cosigned_size: _Optional[int] = ..., verified_size: _Optional[int] = ...) -> None: ...

class GetTrustFileRequest(_message.Message):
    __slots__ = ("role", "version")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    role: str
    version: int
    def __init__(self, role: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class GetTrustFileResponse(_message.Message):
    __slots__ = ("content",)
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    def __init__(self, content: _Optional[bytes] = ...) -> None: ...

class ReconcileBooksRequest(_message.Message):
    __slots__ = ("question", "proof")
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    question: bytes
    proof: bytes
    def __init__(self, question: _Optional[bytes] = ..., proof: _Optional[bytes] = ...) -> None: ...

class ReconcileBooksResponse(_message.Message):
    __slots__ = ("answer", "signature", "disputed")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_FIELD_NUMBER: _ClassVar[int]
    answer: bytes
    signature: bytes
    disputed: str
    def __init__(self, answer: _Optional[bytes] = ..., signature: _Optional[bytes] = ..., disputed: _Optional[str] = ...) -> None: ...
