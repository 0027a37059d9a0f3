"""Two members' logs of enquiries in their real bytes, stored in one database as they come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from federation.log.hashing import leaf_hash
from federation.partnership.codec import (
    Contract,
    EnquiryNote,
    EnquiryStep,
    PartnershipDocument,
    serialise,
    set_recorded_at_ms,
)
from federation.partnership.steps import NoteKind, StepKind
from federation.records.refs import Ref, said_ref
from tests.node.storage.made_logs import TIME_MS, MadeLog, listing, subject

E: Final = "jiangsu"
R: Final = "anhui"
DOMAIN: Final = "ydx.example"
USCC: Final = "91110000600037341L"


def origin(member: str) -> str:
    return f"{DOMAIN}/{member}"


def name_of(number: int, member: str = R) -> str:
    from federation.log.subject import subject_text  # noqa: PLC0415 - used once

    return f"nodes/{member}/listings/{subject_text(subject(number))}"


@dataclass
class MadeEnquiries:
    """The logs of E and R; R's entry 0 is the listing with number 1."""

    logs: dict[str, MadeLog] = field(
        default_factory=lambda: {E: MadeLog(origin(E)), R: MadeLog(origin(R))}
    )

    def __post_init__(self) -> None:
        public = listing(source_platform="anhui-tech")
        self.logs[R].put(1, public=public)

    def ref(self, member: str, leaf_index: int) -> Ref:
        """Return the reference of an entry."""
        entry = self.logs[member].entries[leaf_index]
        return Ref(origin(member), leaf_index, leaf_hash(entry))

    def submit(self, number: int = 7, member: str = E, listing_member: str = R) -> Ref:
        """Let E ask about the listing."""
        step = EnquiryStep(
            kind=StepKind.SUBMITTED.value,  # type: ignore[arg-type] # its number
            message="能否用于底盘？",
            answer_due="2026-12-01",
            decision_due="2026-12-22",
        )
        said = step.submission
        said.listing.name = name_of(1, listing_member)
        said.listing.version.CopyFrom(said_ref(self.ref(listing_member, 0)))
        said.listing.revision = 1
        said.from_organisation.name = "苏州某某公司"
        said.from_organisation.uscc = USCC
        said.from_region = "320500"
        return self.write(number, member, PartnershipDocument(step=step))

    def step(self, member: str, kind: StepKind, answers: Ref, number: int = 7, **more: Any) -> Ref:
        """Let a member answer a step."""
        step = EnquiryStep(
            kind=kind.value,  # type: ignore[arg-type] # its number
            answers=said_ref(answers),
            **more,
        )
        return self.write(number, member, PartnershipDocument(step=step))

    def note(
        self, member: str, kind: NoteKind, about: Ref, number: int = 7, personal: bytes = b""
    ) -> Ref:
        """Let a member note something."""
        note = EnquiryNote(kind=kind.value, about=said_ref(about))  # type: ignore[arg-type] # its number
        return self.write(number, member, PartnershipDocument(note=note), personal=personal)

    def contract(self, member: str, number: int) -> Ref:
        """Let a member write a contract that nobody can read."""
        return self.write(number, member, PartnershipDocument(contract=Contract()))

    def write(
        self,
        number: int,
        member: str,
        document: PartnershipDocument,
        named: Iterable[str] | None = None,
        personal: bytes = b"",
    ) -> Ref:
        """Append a document; return its reference."""
        log = self.logs[member]
        set_recorded_at_ms(document, TIME_MS + len(log.entries))
        others = sorted({E, R} - {member}) if named is None else sorted(named)
        leaf_index = log.document(number, others, serialise(document), personal or None)
        return self.ref(member, leaf_index)
