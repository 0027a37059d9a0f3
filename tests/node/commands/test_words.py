"""Every code that a table may show has a name in both languages."""

from __future__ import annotations

import pytest

from federation.partnership.steps import NoteKind, StepKind
from node.commands import words
from node.services.partnership.report_folds import MEASURES
from ydx.exchange.v1 import (
    contract_pb2,
    demand_pb2,
    listing_pb2,
    manager_pb2,
    record_pb2,
    supply_pb2,
)

_ENUMS = (
    contract_pb2.ContractType,
    contract_pb2.PaymentMode,
    contract_pb2.RegistrationState,
    demand_pb2.CooperationMode,
    listing_pb2.ListingKind,
    manager_pb2.IntegrityStatus,
    manager_pb2.ManagerLevel,
    record_pb2.RecordState,
    record_pb2.TechField,
    supply_pb2.IpStatus,
    supply_pb2.TransferMode,
)


@pytest.mark.parametrize("enum", _ENUMS, ids=lambda enum: str(enum.DESCRIPTOR.name))
def test_every_choice_is_called_something(enum: type) -> None:
    unset, *names = enum.keys()  # type: ignore[attr-defined] # of the generated class
    assert unset.removesuffix("UNSPECIFIED") in words.CHOICES
    assert [name for name in names if words.spoken(name) == name] == []


def test_every_step_note_and_measure_is_called_something() -> None:
    assert [step.name for step in StepKind if step.name not in words.STEPS] == []
    assert [note.name for note in NoteKind if note.name not in words.NOTES] == []
    assert set(MEASURES) == set(words.MEASURES)
