"""Trust files that come along with a receipt: as good as a trust folder, and as little trusted."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.receipt import (
    MAX_FILES_BYTES,
    Opening,
    encode_opening,
    encode_receipt,
    parse_opening,
    parse_receipt,
)
from federation.trust import ceremony, tuf_state
from federation.trust.carrying import carried, carry
from federation.trust.proven_receipt import prove_receipts
from federation.trust.registry import Registry
from federation.trust.tuf_file import REGISTRY, TARGETS, TrustFile
from federation.trust.tuf_state import TrustState
from tests.federation.log.refusals import refusal_reason
from tests.federation.trust.made_receipt import MadeReceipt
from tests.federation.trust.repository import NOW, Repository, signer, version

RAW = MadeReceipt().text()
FILES = Repository().state.files()
ROOT_FILE = FILES[0].content


def with_files(files: list[tuple[int, bytes]]) -> bytes:
    """Return the receipt with whatever comes along."""
    receipt = parse_receipt(RAW)
    opening = parse_opening(receipt.extra)
    extra = encode_opening(Opening(opening.entry, opening.parts, files))
    return encode_receipt(replace(receipt, extra=extra))


def test_a_root_file_and_a_receipt_that_carries_the_others_prove_all_of_a_file() -> None:
    file = carry(RAW + RAW, FILES[1:])
    state = TrustState(ROOT_FILE, carried(file))
    assert state.files() == FILES
    proven = prove_receipts(state.registry, file)
    assert [one.is_confirmed for one in proven] == [True, True]
    assert proven[0].opened == prove_receipts(state.registry, RAW)[0].opened


def test_files_of_another_federation_prove_nothing() -> None:
    state = TrustState(ROOT_FILE, carried(carry(RAW, Repository(first_signer=11).state.files())))
    assert not state.has_registry


def test_an_old_root_file_is_led_to_the_newest_registry() -> None:
    repository = Repository()
    repository.next_root(offline=[signer(n) for n in range(11, 16)])
    repository.publish(version(repository.state.registry, 2))
    state = TrustState(ROOT_FILE, carried(carry(RAW, repository.state.files()[1:])))
    assert (state.root.version, state.registry.version) == (2, 2)


def test_who_stole_keys_that_a_root_has_replaced_proves_nothing_with_them() -> None:
    repository = Repository()
    stolen = repository.offline[:3]
    repository.next_root(offline=[signer(n) for n in range(11, 16)])
    repository.publish(version(repository.state.registry, 2))
    honest = repository.state.files()
    forged = ceremony.sign_targets(version(repository.state.registry, 99), stolen, NOW)
    alone = carried(carry(RAW, [*honest[:2], *forged]))
    assert not TrustState(ROOT_FILE, alone, accepted=False).has_registry
    beside = TrustState(ROOT_FILE, [*carried(carry(RAW, forged)), *honest], accepted=False)
    assert beside.registry.version == 2
    # What a round has accepted stays in force until the new keys have signed something.
    assert TrustState(ROOT_FILE, alone).registry.version == 99


def test_the_files_of_all_receipts_of_a_file_count_in_any_order() -> None:
    repository = Repository()
    repository.publish(version(repository.state.registry, 2))
    old, new, none = carry(RAW, FILES), carry(RAW, repository.state.files()), RAW
    for file in permutations((old, new, none)):
        state = TrustState(ROOT_FILE, carried(b"".join(file)), accepted=False)
        assert state.registry.version == 2


def test_many_receipts_with_the_same_files_or_hostile_ones_cost_no_more_than_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert carried(carry(RAW, FILES) * 300) == list(FILES)
    targets = next(one for one in FILES if one.role == TARGETS)
    registry = FILES[-1].content
    others = (registry.replace(b'"version":1', b'"version":%d' % n) for n in range(2, 52))
    hostile = [targets] * 50 + [TrustFile(REGISTRY, 1, content) for content in others]
    read: list[bytes] = []

    def counted(_: object, content: bytes) -> Registry:
        read.append(content)
        raise Refused("TRUST_FILE_REFUSED", "another one")

    monkeypatch.setattr(tuf_state, "registry_of", counted)
    assert not TrustState(ROOT_FILE, hostile, accepted=False).has_registry
    assert len(read) <= len(hostile), "each targets file looks at one registry, not at all"
    assert not TrustState(ROOT_FILE, [*hostile, FILES[-1]], accepted=False).has_registry
    assert FILES[-1].content in read


def test_a_chain_of_roots_leads_on_whatever_order_it_was_given_in() -> None:
    repository = Repository()
    for start in (11, 21):
        repository.next_root(offline=[signer(n) for n in range(start, start + 5)])
    repository.publish(version(repository.state.registry, 2))
    files = repository.state.files()
    assert [one.version for one in files[:3]] == [1, 2, 3]
    for roots in permutations(files[:3]):
        file = carry(RAW, [*files[3:], *roots])
        assert carried(file) == list(files)
        for root in files[:3]:
            state = TrustState(root.content, carried(file), accepted=False)
            assert (state.root.version, state.registry.version) == (3, 2)


def test_what_is_carried_is_replaced_and_left_out_again() -> None:
    assert carry(carry(RAW, FILES), FILES) == carry(RAW, FILES)
    assert carry(carry(RAW, FILES), ()) == RAW
    assert carried(RAW) == []
    assert carried(MadeReceipt(carries_entry=False).text()) == []


def test_files_come_in_order_of_their_numbers() -> None:
    opening = parse_opening(parse_receipt(carry(RAW, FILES[::-1])).extra)
    assert [number for number, _ in opening.files] == [8, 9, 10, 11, 12]


def test_a_malformed_file_is_as_good_as_missing() -> None:
    assert carried(with_files([(8, b"{"), (12, b"[]")])) == []


@pytest.mark.parametrize(
    "files",
    [
        [(13, b"")],
        [(255, b"{}")],
        [(12, FILES[-1].content)] * 2,
        [(9, b""), (9, b"")],
        [(10, b""), (9, b"")],
        [(8, bytes(MAX_FILES_BYTES))],
    ],
    ids=["a number too far", "the last", "two registries", "two", "descending", "too large"],
)
def test_files_that_nobody_knows_or_too_many_or_too_large_refuse_the_receipt(
    files: list[tuple[int, bytes]],
) -> None:
    with pytest.raises(Refused, match="MALFORMED_RECEIPT"):
        carried(with_files(files))


def test_trust_files_that_no_receipt_can_carry_are_refused_where_it_is_written() -> None:
    with pytest.raises(Refused, match="MESSAGE_TOO_LARGE"):
        carry(RAW, [TrustFile(REGISTRY, 1, bytes(MAX_FILES_BYTES))])


@given(st.lists(st.tuples(st.integers(8, 255), st.binary(max_size=40))).map(sorted))
def test_whatever_comes_along_is_read_back_or_refused(files: list[tuple[int, bytes]]) -> None:
    raw = with_files(files)
    assert list(parse_opening(parse_receipt(raw).extra).files) == files
    assert refusal_reason(carried, raw) in {None, "MALFORMED_RECEIPT"}
