from ydx.exchange.v1 import listing_pb2 as _listing_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DuplicateLikelihood(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DUPLICATE_LIKELIHOOD_UNSPECIFIED: _ClassVar[DuplicateLikelihood]
    DUPLICATE_LIKELIHOOD_LIKELY: _ClassVar[DuplicateLikelihood]
    DUPLICATE_LIKELIHOOD_POSSIBLE: _ClassVar[DuplicateLikelihood]
    DUPLICATE_LIKELIHOOD_UNLIKELY: _ClassVar[DuplicateLikelihood]
DUPLICATE_LIKELIHOOD_UNSPECIFIED: DuplicateLikelihood
DUPLICATE_LIKELIHOOD_LIKELY: DuplicateLikelihood
DUPLICATE_LIKELIHOOD_POSSIBLE: DuplicateLikelihood
DUPLICATE_LIKELIHOOD_UNLIKELY: DuplicateLikelihood

class ListDuplicatesRequest(_message.Message):
    __slots__ = ("name", "page_size")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    name: str
    page_size: int
    def __init__(self, name: _Optional[str] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListDuplicatesResponse(_message.Message):
    __slots__ = ("candidates", "shown", "group", "origins")
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    candidates: _containers.RepeatedCompositeFieldContainer[DuplicateCandidate]
    shown: str
    group: _containers.RepeatedScalarFieldContainer[str]
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    def __init__(self, candidates: _Optional[_Iterable[_Union[DuplicateCandidate, _Mapping]]] = ..., shown: _Optional[str] = ..., group: _Optional[_Iterable[str]] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ...) -> None: ...

class DuplicateCandidate(_message.Message):
    __slots__ = ("listing", "likelihood", "rule", "agreeing", "differing", "text_permille", "confirmed", "dismissed")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    LIKELIHOOD_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    AGREEING_FIELD_NUMBER: _ClassVar[int]
    DIFFERING_FIELD_NUMBER: _ClassVar[int]
    TEXT_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    DISMISSED_FIELD_NUMBER: _ClassVar[int]
    listing: _listing_pb2.Listing
    likelihood: DuplicateLikelihood
    rule: str
    agreeing: _containers.RepeatedCompositeFieldContainer[ComparedField]
    differing: _containers.RepeatedCompositeFieldContainer[ComparedField]
    text_permille: int
    confirmed: bool
    dismissed: bool
    def __init__(self, listing: _Optional[_Union[_listing_pb2.Listing, _Mapping]] = ..., likelihood: _Optional[_Union[DuplicateLikelihood, str]] = ..., rule: _Optional[str] = ..., agreeing: _Optional[_Iterable[_Union[ComparedField, _Mapping]]] = ..., differing: _Optional[_Iterable[_Union[ComparedField, _Mapping]]] = ..., text_permille: _Optional[int] = ..., confirmed: _Optional[bool] = ..., dismissed: _Optional[bool] = ...) -> None: ...

class ComparedField(_message.Message):
    __slots__ = ("field", "value", "other")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    field: str
    value: str
    other: str
    def __init__(self, field: _Optional[str] = ..., value: _Optional[str] = ..., other: _Optional[str] = ...) -> None: ...

class DismissDuplicateRequest(_message.Message):
    __slots__ = ("name", "other", "undo")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    UNDO_FIELD_NUMBER: _ClassVar[int]
    name: str
    other: str
    undo: bool
    def __init__(self, name: _Optional[str] = ..., other: _Optional[str] = ..., undo: _Optional[bool] = ...) -> None: ...

class DismissDuplicateResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListDuplicateKeysRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListDuplicateKeysResponse(_message.Message):
    __slots__ = ("keys", "next_page_token")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[DuplicateKey]
    next_page_token: str
    def __init__(self, keys: _Optional[_Iterable[_Union[DuplicateKey, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DuplicateKey(_message.Message):
    __slots__ = ("field", "key", "names")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    field: str
    key: str
    names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, field: _Optional[str] = ..., key: _Optional[str] = ..., names: _Optional[_Iterable[str]] = ...) -> None: ...
