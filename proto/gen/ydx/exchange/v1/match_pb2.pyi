from ydx.exchange.v1 import listing_pb2 as _listing_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from ydx.exchange.v1 import search_pb2 as _search_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MatchSignal(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MATCH_SIGNAL_UNSPECIFIED: _ClassVar[MatchSignal]
    MATCH_SIGNAL_TEXT: _ClassVar[MatchSignal]
    MATCH_SIGNAL_FIELD: _ClassVar[MatchSignal]
    MATCH_SIGNAL_INDICATOR: _ClassVar[MatchSignal]
    MATCH_SIGNAL_TRL: _ClassVar[MatchSignal]
    MATCH_SIGNAL_TRANSFER_MODE: _ClassVar[MatchSignal]
    MATCH_SIGNAL_BUDGET: _ClassVar[MatchSignal]
    MATCH_SIGNAL_REGION: _ClassVar[MatchSignal]
    MATCH_SIGNAL_FRESHNESS: _ClassVar[MatchSignal]

class MatchVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MATCH_VERDICT_UNSPECIFIED: _ClassVar[MatchVerdict]
    MATCH_VERDICT_USEFUL: _ClassVar[MatchVerdict]
    MATCH_VERDICT_NOT_USEFUL: _ClassVar[MatchVerdict]
MATCH_SIGNAL_UNSPECIFIED: MatchSignal
MATCH_SIGNAL_TEXT: MatchSignal
MATCH_SIGNAL_FIELD: MatchSignal
MATCH_SIGNAL_INDICATOR: MatchSignal
MATCH_SIGNAL_TRL: MatchSignal
MATCH_SIGNAL_TRANSFER_MODE: MatchSignal
MATCH_SIGNAL_BUDGET: MatchSignal
MATCH_SIGNAL_REGION: MatchSignal
MATCH_SIGNAL_FRESHNESS: MatchSignal
MATCH_VERDICT_UNSPECIFIED: MatchVerdict
MATCH_VERDICT_USEFUL: MatchVerdict
MATCH_VERDICT_NOT_USEFUL: MatchVerdict

class MatchListingsRequest(_message.Message):
    __slots__ = ("name", "page_size", "preferred_region")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PREFERRED_REGION_FIELD_NUMBER: _ClassVar[int]
    name: str
    page_size: int
    preferred_region: str
    def __init__(self, name: _Optional[str] = ..., page_size: _Optional[int] = ..., preferred_region: _Optional[str] = ...) -> None: ...

class MatchListingsResponse(_message.Message):
    __slots__ = ("matches", "sizes", "origins", "index_position")
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    INDEX_POSITION_FIELD_NUMBER: _ClassVar[int]
    matches: _containers.RepeatedCompositeFieldContainer[Match]
    sizes: _containers.RepeatedCompositeFieldContainer[LogSize]
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    index_position: int
    def __init__(self, matches: _Optional[_Iterable[_Union[Match, _Mapping]]] = ..., sizes: _Optional[_Iterable[_Union[LogSize, _Mapping]]] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ..., index_position: _Optional[int] = ...) -> None: ...

class LogSize(_message.Message):
    __slots__ = ("origin", "tree_size")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    origin: str
    tree_size: int
    def __init__(self, origin: _Optional[str] = ..., tree_size: _Optional[int] = ...) -> None: ...

class Match(_message.Message):
    __slots__ = ("listing", "score", "reasons", "feedback")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    FEEDBACK_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    score: int
    reasons: _containers.RepeatedCompositeFieldContainer[MatchReason]
    feedback: MatchFeedback
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., score: _Optional[int] = ..., reasons: _Optional[_Iterable[_Union[MatchReason, _Mapping]]] = ..., feedback: _Optional[_Union[MatchFeedback, _Mapping]] = ...) -> None: ...

class MatchReason(_message.Message):
    __slots__ = ("signal", "points", "demand", "supply", "note", "terms")
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    SUPPLY_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    signal: MatchSignal
    points: int
    demand: MatchGround
    supply: MatchGround
    note: str
    terms: _containers.RepeatedCompositeFieldContainer[MatchTerm]
    def __init__(self, signal: _Optional[_Union[MatchSignal, str]] = ..., points: _Optional[int] = ..., demand: _Optional[_Union[MatchGround, _Mapping]] = ..., supply: _Optional[_Union[MatchGround, _Mapping]] = ..., note: _Optional[str] = ..., terms: _Optional[_Iterable[_Union[MatchTerm, _Mapping]]] = ...) -> None: ...

class MatchGround(_message.Message):
    __slots__ = ("fields", "value")
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.RepeatedScalarFieldContainer[str]
    value: str
    def __init__(self, fields: _Optional[_Iterable[str]] = ..., value: _Optional[str] = ...) -> None: ...

class MatchTerm(_message.Message):
    __slots__ = ("term", "share_permille", "demand", "supply")
    TERM_FIELD_NUMBER: _ClassVar[int]
    SHARE_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    SUPPLY_FIELD_NUMBER: _ClassVar[int]
    term: str
    share_permille: int
    demand: _search_pb2.Highlight
    supply: _search_pb2.Highlight
    def __init__(self, term: _Optional[str] = ..., share_permille: _Optional[int] = ..., demand: _Optional[_Union[_search_pb2.Highlight, _Mapping]] = ..., supply: _Optional[_Union[_search_pb2.Highlight, _Mapping]] = ...) -> None: ...

class MatchFeedback(_message.Message):
    __slots__ = ("useful", "not_useful", "own")
    USEFUL_FIELD_NUMBER: _ClassVar[int]
    NOT_USEFUL_FIELD_NUMBER: _ClassVar[int]
    OWN_FIELD_NUMBER: _ClassVar[int]
    useful: int
    not_useful: int
    own: MatchVerdict
    def __init__(self, useful: _Optional[int] = ..., not_useful: _Optional[int] = ..., own: _Optional[_Union[MatchVerdict, str]] = ...) -> None: ...

class GiveMatchFeedbackRequest(_message.Message):
    __slots__ = ("name", "candidate", "verdict")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    name: str
    candidate: str
    verdict: MatchVerdict
    def __init__(self, name: _Optional[str] = ..., candidate: _Optional[str] = ..., verdict: _Optional[_Union[MatchVerdict, str]] = ...) -> None: ...

class GiveMatchFeedbackResponse(_message.Message):
    __slots__ = ("feedback",)
    FEEDBACK_FIELD_NUMBER: _ClassVar[int]
    feedback: MatchFeedback
    def __init__(self, feedback: _Optional[_Union[MatchFeedback, _Mapping]] = ...) -> None: ...
