import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from ydx.exchange.v1 import enquiry_messages_pb2 as _enquiry_messages_pb2
from ydx.exchange.v1 import listing_pb2 as _listing_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from ydx.exchange.v1 import search_pb2 as _search_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebhookState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEBHOOK_STATE_UNSPECIFIED: _ClassVar[WebhookState]
    WEBHOOK_STATE_ACTIVE: _ClassVar[WebhookState]
    WEBHOOK_STATE_RETRYING: _ClassVar[WebhookState]
    WEBHOOK_STATE_PAUSED: _ClassVar[WebhookState]

class AlertChange(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALERT_CHANGE_UNSPECIFIED: _ClassVar[AlertChange]
    ALERT_CHANGE_NEW: _ClassVar[AlertChange]
    ALERT_CHANGE_REVISED: _ClassVar[AlertChange]
    ALERT_CHANGE_RESTATED: _ClassVar[AlertChange]
    ALERT_CHANGE_GONE: _ClassVar[AlertChange]

class ReminderMoment(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REMINDER_MOMENT_UNSPECIFIED: _ClassVar[ReminderMoment]
    REMINDER_MOMENT_DUE_SOON: _ClassVar[ReminderMoment]
    REMINDER_MOMENT_OVERDUE: _ClassVar[ReminderMoment]
WEBHOOK_STATE_UNSPECIFIED: WebhookState
WEBHOOK_STATE_ACTIVE: WebhookState
WEBHOOK_STATE_RETRYING: WebhookState
WEBHOOK_STATE_PAUSED: WebhookState
ALERT_CHANGE_UNSPECIFIED: AlertChange
ALERT_CHANGE_NEW: AlertChange
ALERT_CHANGE_REVISED: AlertChange
ALERT_CHANGE_RESTATED: AlertChange
ALERT_CHANGE_GONE: AlertChange
REMINDER_MOMENT_UNSPECIFIED: ReminderMoment
REMINDER_MOMENT_DUE_SOON: ReminderMoment
REMINDER_MOMENT_OVERDUE: ReminderMoment

class SavedQuery(_message.Message):
    __slots__ = ("id", "label", "query", "filter", "position", "created_at", "webhook", "reminders")
    ID_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    id: str
    label: str
    query: str
    filter: _search_pb2.SearchFilter
    position: int
    created_at: _timestamp_pb2.Timestamp
    webhook: Webhook
    reminders: bool
    def __init__(self, id: _Optional[str] = ..., label: _Optional[str] = ..., query: _Optional[str] = ..., filter: _Optional[_Union[_search_pb2.SearchFilter, _Mapping]] = ..., position: _Optional[int] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., webhook: _Optional[_Union[Webhook, _Mapping]] = ..., reminders: _Optional[bool] = ...) -> None: ...

class Webhook(_message.Message):
    __slots__ = ("url", "state", "next_try_at", "failures", "last_error", "paused_reason")
    URL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NEXT_TRY_AT_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    PAUSED_REASON_FIELD_NUMBER: _ClassVar[int]
    url: str
    state: WebhookState
    next_try_at: _timestamp_pb2.Timestamp
    failures: int
    last_error: str
    paused_reason: str
    def __init__(self, url: _Optional[str] = ..., state: _Optional[_Union[WebhookState, str]] = ..., next_try_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., failures: _Optional[int] = ..., last_error: _Optional[str] = ..., paused_reason: _Optional[str] = ...) -> None: ...

class AlertHit(_message.Message):
    __slots__ = ("position", "change", "name", "revision", "member", "title", "region", "kind", "provisional", "state")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    position: int
    change: AlertChange
    name: str
    revision: int
    member: str
    title: str
    region: str
    kind: _listing_pb2.ListingKind
    provisional: bool
    state: _record_pb2.RecordState
    def __init__(self, position: _Optional[int] = ..., change: _Optional[_Union[AlertChange, str]] = ..., name: _Optional[str] = ..., revision: _Optional[int] = ..., member: _Optional[str] = ..., title: _Optional[str] = ..., region: _Optional[str] = ..., kind: _Optional[_Union[_listing_pb2.ListingKind, str]] = ..., provisional: _Optional[bool] = ..., state: _Optional[_Union[_record_pb2.RecordState, str]] = ...) -> None: ...

class Reminder(_message.Message):
    __slots__ = ("position", "name", "state", "awaits", "due_on", "owed_by", "moment")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AWAITS_FIELD_NUMBER: _ClassVar[int]
    DUE_ON_FIELD_NUMBER: _ClassVar[int]
    OWED_BY_FIELD_NUMBER: _ClassVar[int]
    MOMENT_FIELD_NUMBER: _ClassVar[int]
    position: int
    name: str
    state: _enquiry_pb2.EnquiryStepKind
    awaits: _enquiry_messages_pb2.DeadlineKind
    due_on: str
    owed_by: str
    moment: ReminderMoment
    def __init__(self, position: _Optional[int] = ..., name: _Optional[str] = ..., state: _Optional[_Union[_enquiry_pb2.EnquiryStepKind, str]] = ..., awaits: _Optional[_Union[_enquiry_messages_pb2.DeadlineKind, str]] = ..., due_on: _Optional[str] = ..., owed_by: _Optional[str] = ..., moment: _Optional[_Union[ReminderMoment, str]] = ...) -> None: ...

class SaveQueryRequest(_message.Message):
    __slots__ = ("label", "search", "webhook_url", "from_position", "reminders")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_URL_FIELD_NUMBER: _ClassVar[int]
    FROM_POSITION_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    label: str
    search: _search_pb2.SearchListingsRequest
    webhook_url: str
    from_position: int
    reminders: bool
    def __init__(self, label: _Optional[str] = ..., search: _Optional[_Union[_search_pb2.SearchListingsRequest, _Mapping]] = ..., webhook_url: _Optional[str] = ..., from_position: _Optional[int] = ..., reminders: _Optional[bool] = ...) -> None: ...

class SaveQueryResponse(_message.Message):
    __slots__ = ("saved_query", "webhook_secret")
    SAVED_QUERY_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_SECRET_FIELD_NUMBER: _ClassVar[int]
    saved_query: SavedQuery
    webhook_secret: str
    def __init__(self, saved_query: _Optional[_Union[SavedQuery, _Mapping]] = ..., webhook_secret: _Optional[str] = ...) -> None: ...

class ListSavedQueriesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListSavedQueriesResponse(_message.Message):
    __slots__ = ("saved_queries",)
    SAVED_QUERIES_FIELD_NUMBER: _ClassVar[int]
    saved_queries: _containers.RepeatedCompositeFieldContainer[SavedQuery]
    def __init__(self, saved_queries: _Optional[_Iterable[_Union[SavedQuery, _Mapping]]] = ...) -> None: ...

class DeleteSavedQueryRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DeleteSavedQueryResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListAlertsRequest(_message.Message):
    __slots__ = ("id", "after_position", "page_size")
    ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_POSITION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    id: str
    after_position: int
    page_size: int
    def __init__(self, id: _Optional[str] = ..., after_position: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListAlertsResponse(_message.Message):
    __slots__ = ("hits", "position", "more", "reminders")
    HITS_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[AlertHit]
    position: int
    more: bool
    reminders: _containers.RepeatedCompositeFieldContainer[Reminder]
    def __init__(self, hits: _Optional[_Iterable[_Union[AlertHit, _Mapping]]] = ..., position: _Optional[int] = ..., more: _Optional[bool] = ..., reminders: _Optional[_Iterable[_Union[Reminder, _Mapping]]] = ...) -> None: ...

class WatchAlertsRequest(_message.Message):
    __slots__ = ("id", "after_position")
    ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_POSITION_FIELD_NUMBER: _ClassVar[int]
    id: str
    after_position: int
    def __init__(self, id: _Optional[str] = ..., after_position: _Optional[int] = ...) -> None: ...

class WatchAlertsResponse(_message.Message):
    __slots__ = ("hits", "position", "end_of_life", "reminders")
    HITS_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    END_OF_LIFE_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[AlertHit]
    position: int
    end_of_life: bool
    reminders: _containers.RepeatedCompositeFieldContainer[Reminder]
    def __init__(self, hits: _Optional[_Iterable[_Union[AlertHit, _Mapping]]] = ..., position: _Optional[int] = ..., end_of_life: _Optional[bool] = ..., reminders: _Optional[_Iterable[_Union[Reminder, _Mapping]]] = ...) -> None: ...

class AcknowledgeAlertsRequest(_message.Message):
    __slots__ = ("id", "position")
    ID_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    id: str
    position: int
    def __init__(self, id: _Optional[str] = ..., position: _Optional[int] = ...) -> None: ...

class AcknowledgeAlertsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RotateWebhookSecretRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class RotateWebhookSecretResponse(_message.Message):
    __slots__ = ("webhook_secret",)
    WEBHOOK_SECRET_FIELD_NUMBER: _ClassVar[int]
    webhook_secret: str
    def __init__(self, webhook_secret: _Optional[str] = ...) -> None: ...
