"""What a receipt proves against a registry, and the reason why each spoilt one is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.trust.proven_receipt import prove_receipt, prove_receipts
from federation.trust.registry import LogKey, Registry, TreeHead, WitnessKey
from tests.federation.log.refusals import refusal_reason
from tests.federation.trust.made_receipt import (
    COSIGNED_S,
    MEMBER,
    ORIGIN,
    MadeReceipt,
    content,
    signer_named,
)
from tests.federation.trust.repository import Repository

REGISTRY = Repository().state.registry


def with_member(registry: Registry, name: str, **changes: object) -> Registry:
    """Return the registry with fields of one member changed."""
    members = tuple(
        replace(one, **changes) if one.name == name else one  # type: ignore[arg-type]
        for one in registry.members
    )
    return replace(registry, members=members)


def test_a_receipt_with_a_quorum_proves_the_entry_and_is_confirmed() -> None:
    proven = prove_receipt(REGISTRY, MadeReceipt().text())
    assert proven.is_confirmed
    assert proven.required == 3
    assert proven.member == MEMBER
    assert proven.record == f"nodes/{MEMBER}/listings/00041061050r3gg28a1c60t3gf"
    assert (proven.leaf_index, proven.checkpoint.tree_size) == (4, 7)
    assert {number: one.content for number, one in proven.opened.items()} == {0: content()}
    assert proven.cosigned_at_s == {
        "center": COSIGNED_S,
        "jiangsu": COSIGNED_S + 1,
        "shanghai": COSIGNED_S + 2,
    }


@pytest.mark.parametrize(
    "witnesses",
    [
        pytest.param((), id="nobody has cosigned"),
        pytest.param(("center", "jiangsu"), id="one witness too few"),
        pytest.param(("center", "jiangsu", MEMBER), id="a member does not witness its own log"),
        pytest.param(("center", "jiangsu", "stranger"), id="a stranger does not count"),
        pytest.param(("center", "jiangsu", "jiangsu"), id="one witness twice counts once"),
    ],
)
def test_without_a_quorum_the_entry_is_proven_and_provisional(witnesses: tuple[str, ...]) -> None:
    proven = prove_receipt(REGISTRY, MadeReceipt(witnesses=witnesses).text())
    assert not proven.is_confirmed
    assert proven.cosigned_at_s.keys() == {"center", "jiangsu"}.intersection(witnesses)


def test_a_part_that_the_receipt_does_not_open_stays_closed() -> None:
    assert prove_receipt(REGISTRY, MadeReceipt(opened=()).text()).opened == {}


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        pytest.param(
            MadeReceipt(carries_entry=False), "MALFORMED_RECEIPT", id="it carries no entry"
        ),
        pytest.param(
            MadeReceipt(opened=(2,)), "MALFORMED_RECEIPT", id="it opens a part that is not there"
        ),
        pytest.param(
            MadeReceipt(log_signer=signer_named("delta.example/nobody")),
            "UNKNOWN_ORIGIN",
            id="the registry names no such log",
        ),
        pytest.param(
            MadeReceipt(log_signer=signer_named("delta.example/center")),
            "PART_MISPLACED",
            id="another member's log with our part",
        ),
        pytest.param(MadeReceipt(proven_index=3), "BAD_PROOF", id="it names another index"),
        pytest.param(
            MadeReceipt(wire_suffix=b"!"), "PART_DOES_NOT_OPEN", id="the content was changed"
        ),
        pytest.param(
            MadeReceipt(header_revision=2), "PART_MISPLACED", id="content of another revision"
        ),
        pytest.param(
            MadeReceipt(note_suffix=b"x"), "MALFORMED_NOTE", id="the note has a broken end"
        ),
    ],
)
def test_a_spoilt_receipt_is_refused_for_its_own_reason(made: MadeReceipt, reason: str) -> None:
    assert refusal_reason(prove_receipt, REGISTRY, made.text()) == reason


def test_a_signature_of_another_key_under_the_log_s_name_does_not_count() -> None:
    forged = MadeReceipt()
    forged.log_signer = signer_named("other")
    forged.log_signer.name = ORIGIN
    assert refusal_reason(prove_receipt, REGISTRY, forged.text()) == "NO_TRUSTED_SIGNATURE"


def test_a_changed_checkpoint_is_a_bad_signature() -> None:
    text = MadeReceipt().text().replace(f"\n{ORIGIN}\n7\n".encode(), f"\n{ORIGIN}\n8\n".encode())
    assert refusal_reason(prove_receipt, REGISTRY, text) == "BAD_SIGNATURE"


def test_a_log_key_counts_only_for_the_sizes_that_the_registry_gives_it() -> None:
    log = REGISTRY.log(ORIGIN)
    ended = replace(log, keys=(LogKey(log.keys[0].key, 0, TreeHead(6, bytes(32))),))
    registry = with_member(REGISTRY, MEMBER, logs=(ended,))
    assert refusal_reason(prove_receipt, registry, MadeReceipt().text()) == "NO_TRUSTED_SIGNATURE"
    smaller = MadeReceipt(tree_size=6).text()
    assert prove_receipt(registry, smaller).is_confirmed


def test_an_ended_witness_key_counts_up_to_where_it_ended() -> None:
    key = REGISTRY.member("center").witness_keys[0].key
    for end, is_confirmed in ((7, True), (6, False)):
        ended = WitnessKey(key, 1, 2, {ORIGIN: TreeHead(end, bytes(32))})
        registry = with_member(REGISTRY, "center", witness_keys=(ended,))
        assert prove_receipt(registry, MadeReceipt().text()).is_confirmed is is_confirmed


@given(st.data())
def test_any_change_of_one_byte_is_refused_or_changes_no_proven_fact(data: st.DataObject) -> None:
    honest = MadeReceipt().text()
    at = data.draw(st.integers(0, len(honest) - 1))
    changed = bytearray(honest)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        proven = prove_receipt(REGISTRY, bytes(changed))
    except Refused:
        return
    # A cosignature under an unknown name or key id is only ignored, as C2SP has it.
    whole = prove_receipt(REGISTRY, honest)
    assert (proven.entry, proven.checkpoint) == (whole.entry, whole.checkpoint)
    assert proven.opened == whole.opened
    assert proven.cosigned_at_s.items() <= whole.cosigned_at_s.items()


@given(st.binary(max_size=400))
def test_it_takes_any_bytes(raw: bytes) -> None:
    assert refusal_reason(prove_receipt, REGISTRY, raw) is not None


def test_a_sealed_entry_tells_its_document_and_who_may_read_it() -> None:
    proven = prove_receipt(REGISTRY, MadeReceipt(is_sealed=True, opened=(0, 1)).text())
    assert (proven.is_confirmed, proven.record) == (True, "")
    assert [one.content for one in proven.opened.values()] == [b"step", b"who"]
    assert {one.header.named for one in proven.opened.values()} == {("center",)}


def test_each_receipt_of_a_file_is_proven_by_itself() -> None:
    made = [MadeReceipt(), MadeReceipt(is_sealed=True), MadeReceipt(witnesses=("center",))]
    proven = prove_receipts(REGISTRY, b"".join(one.text() for one in made))
    assert proven == [prove_receipt(REGISTRY, one.text()) for one in made]
    assert [one.is_confirmed for one in proven] == [True, True, False]
    assert prove_receipts(REGISTRY, made[0].text()) == proven[:1]


@pytest.mark.parametrize(
    ("raw", "reason", "receipt"),
    [
        (MadeReceipt().text() + MadeReceipt(proven_index=3).text(), "BAD_PROOF", "2"),
        (MadeReceipt(wire_suffix=b"!").text() * 2, "PART_DOES_NOT_OPEN", "1"),
        (MadeReceipt().text() + b"\n" + MadeReceipt().text(), "MALFORMED_NOTE", "1"),
        (MadeReceipt().text()[:-1] + MadeReceipt().text(), "MALFORMED_CHECKPOINT", None),
        (b"\n" + MadeReceipt().text() * 2, "MALFORMED_RECEIPT", None),
        (b"", "MALFORMED_RECEIPT", None),
    ],
    ids=[
        "one of them is of another place",
        "a part of one does not open",
        "a line between them",
        "no line ends the first",
        "something before the first",
        "nothing",
    ],
)
def test_a_file_with_one_bad_receipt_is_refused(
    raw: bytes, reason: str, receipt: str | None
) -> None:
    with pytest.raises(Refused) as caught:
        prove_receipts(REGISTRY, raw)
    assert (caught.value.reason, caught.value.metadata.get("receipt")) == (reason, receipt)
