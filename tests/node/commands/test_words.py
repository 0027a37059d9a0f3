"""Every code that a table may show has a name in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger.reconcile import Class
from federation.matching.score import Note
from federation.partnership.documents import Void
from federation.partnership.steps import NoteKind, StepKind
from federation.sync.confirmation import Confirmations
from node.choice_words import CHOICES, code_of
from node.commands import words
from node.commands.ledger_reconcile import KINDS
from node.commands.output import Language, choose_language
from node.config.settings import PLAN_TARGETS
from node.services.finding import asking
from node.services.partnership import enquiry_reading
from node.services.partnership.report_folds import MEASURES
from node.services.sync.origin_heads import OriginHeads
from node.services.sync.standing import judge
from ydx.exchange.v1 import contract_pb2, listing_pb2, manager_pb2
from ydx.exchange.v1.enquiry_messages_pb2 import AwaitedReason

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENUMS = {
    one.name: one
    for one in (
        contract_pb2.ContractType.DESCRIPTOR,
        contract_pb2.PaymentMode.DESCRIPTOR,
        contract_pb2.RegistrationState.DESCRIPTOR,
        manager_pb2.IntegrityStatus.DESCRIPTOR,
        manager_pb2.ManagerLevel.DESCRIPTOR,
    )
}


def _enums_within(message: Any, seen: set[str]) -> Iterator[Any]:
    """Yield each enumeration that a message, or one in it, has a field of."""
    if message.full_name in seen:
        return
    seen.add(message.full_name)
    for field in message.fields:
        if field.enum_type is not None:
            yield field.enum_type
        if field.message_type is not None:
            yield from _enums_within(field.message_type, seen)


_ENUMS |= {one.name: one for one in _enums_within(listing_pb2.Listing.DESCRIPTOR, set())}


@pytest.mark.parametrize("name", sorted(_ENUMS))
def test_every_choice_is_called_something(name: str) -> None:
    unset, *names = (value.name for value in _ENUMS[name].values)
    assert unset.removesuffix("UNSPECIFIED") in CHOICES
    assert [name for name in names if words.spoken(name) == name] == []


@pytest.mark.parametrize("prefix", CHOICES)
def test_what_a_choice_is_called_can_be_typed(prefix: str) -> None:
    for code, names in CHOICES[prefix].items():
        if code not in {"", "UNSPECIFIED"}:  # not set, which nobody types
            assert {code_of(prefix, name) for name in names} == {code}
            assert words.typed_choice(prefix.removesuffix("_"), names[0]) == f"{prefix}{code}"


@pytest.mark.parametrize(
    ("prefix", "typed", "code"),
    [
        ("TECH_FIELD_", "新材料", "NEW_MATERIALS"),
        ("TECH_FIELD_", "环境保护", "ENVIRONMENT"),
        ("TECH_FIELD_", "新", None),
        ("RESULT_FORM_", "论文", "PAPER"),
        ("RESULT_FORM_", "新材料", "NEW_MATERIAL"),
        ("RESULT_FORM_", "论文／报告", "PAPER"),
        ("TRANSFER_MODE_", "许可", None),  # of four kinds
        ("COOPERATION_MODE_", "许可", "LICENCE"),
        ("TRANSFER_MODE_", " Exclusive  licence ", "EXCLUSIVE_LICENCE"),
        ("NO_SUCH_TYPE_", "供给", None),
        ("TECH_FIELD_", "新" * 9_999, None),
    ],
)
def test_the_first_of_joined_names_will_do_and_nothing_less(
    prefix: str, typed: str, code: str | None
) -> None:
    assert code_of(prefix, typed) == code


def _short(name: str) -> str:
    return name.removeprefix("AWAITED_REASON_")


def test_every_note_of_a_match_is_called_something() -> None:
    assert {note.value for note in Note} == {"", *words.MATCH_NOTES}


def test_every_step_note_reason_and_measure_is_called_something() -> None:
    assert [step.name for step in StepKind if step.name not in words.STEPS] == []
    assert [note.name for note in NoteKind if note.name not in words.NOTES] == []
    assert {void.value for void in Void} == set(words.VOIDS)
    assert [name for name in AwaitedReason.keys()[1:] if _short(name) not in words.AWAITED] == []
    assert {kind.value for kind in Class} == set(KINDS)
    assert set(MEASURES) == set(words.MEASURES)


@pytest.mark.parametrize(
    ("facts", "wanted", "error", "told"),
    [
        ({"is_damaged": True}, 0, "", "本节点的副本损坏"),
        ({"frozen_size": 7}, 0, "", "因分叉冻结于 7"),
        ({}, 0, "", "从未同步"),
        ({"verified_size": 7}, 0, "QUOTA_EXCEEDED: much", "超出配额，已暂停"),
        ({"verified_size": 7}, 2, "", "尚缺 2 份内容"),
        ({"verified_size": 7}, 0, "", "30 分钟未得到该来源的消息"),
    ],
)
def test_why_a_copy_is_not_complete_is_told_in_words(
    facts: dict[str, Any], wanted: int, error: str, told: str
) -> None:
    choose_language(Language.ZH)
    heads = OriginHeads(Confirmations("d.example/a", lambda _: (), lambda _: ()), **facts)
    _, why = judge(heads, wanted, error, 1e9, own=False)
    assert words.why_words(why) == told


def test_why_the_index_or_an_origin_does_not_answer_is_told_in_words() -> None:
    choose_language(Language.ZH)
    assert words.why_words("3 entries behind") == "落后 3 条"
    assert words.why_words("the index is 3 entries behind") == "检索索引落后 3 条"
    assert words.why_words(asking._LATE) == "未在时限内答复"
    assert words.why_words(enquiry_reading.HAS_LEFT) == "已退出联邦，不会再有其步骤"
    assert words.why_words("something else") == "something else"


def test_targets_of_the_plan_are_called_something() -> None:
    assert words.TARGETS.keys() == PLAN_TARGETS.keys()
