"""The last intent and the last cosigned trees: they only grow, and survive."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.log.errors import YdxError
from federation.log.hashing import EMPTY_ROOT
from federation.log.keys import COSIGNATURE_V1, ED25519, Signer
from federation.trust.registry import TreeHead
from node.storage.key_state import LogState, WitnessState, log_state_lines, witness_state_lines
from node.storage.state_file import write_state

KEY = Signer("delta.example/anhui", bytes(32)).verifier(ED25519)
WITNESS = Signer("delta.example/anhui/witness", b"\1" * 32).verifier(COSIGNATURE_V1)
OTHER = Signer("delta.example/anhui", b"\2" * 32).verifier(ED25519)

trees = st.tuples(
    st.sampled_from(["delta.example/center", "delta.example/jiangsu"]),
    st.integers(1, 6),
    st.sampled_from([b"a" * 32, b"b" * 32]),
)


def new_log_state(folder: Path) -> LogState:
    write_state(folder / "log.state", log_state_lines(KEY))
    return LogState(folder / "log.state", KEY)


def new_witness_state(folder: Path) -> WitnessState:
    write_state(folder / "witness.state", witness_state_lines(WITNESS, {}))
    return WitnessState(folder / "witness.state", WITNESS)


@settings(max_examples=50, deadline=None)
@given(st.lists(trees, max_size=12))
def test_intents_only_extend_and_are_read_again(steps: list[tuple[str, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        state = new_log_state(Path(name))
        expected = TreeHead(0, EMPTY_ROOT)
        for _, size, root in steps:
            head = TreeHead(size, root)
            if size > expected.size or head == expected:
                state.record_intent(size, root)
                expected = head
            else:
                with pytest.raises(YdxError) as caught:
                    state.record_intent(size, root)
                smaller = size < expected.size
                assert caught.value.reason == ("RESTORED_BEHIND" if smaller else "SIGNING_STOPPED")
            assert state.last_intent() == expected
            assert LogState(Path(name) / "log.state", KEY).last_intent() == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(trees, max_size=12))
def test_cosigned_trees_only_grow_per_origin(steps: list[tuple[str, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        state = new_witness_state(Path(name))
        expected: dict[str, TreeHead] = {}
        for origin, size, root in steps:
            head, last = TreeHead(size, root), expected.get(origin, TreeHead(0, EMPTY_ROOT))
            if size > last.size or head == last:
                state.record_cosigned(origin, size, root)
                expected[origin] = head
            else:
                with pytest.raises(YdxError) as caught:
                    state.record_cosigned(origin, size, root)
                smaller = size < last.size
                assert caught.value.reason == ("HEAD_NOT_GROWING" if smaller else "ROOT_MISMATCH")
        again = WitnessState(Path(name) / "witness.state", WITNESS)
        for origin in {origin for origin, _, _ in steps}:
            assert again.last_cosigned(origin) == state.last_cosigned(origin)
            assert again.last_cosigned(origin) == expected[origin]


def test_an_origin_without_a_line_is_at_size_0(tmp_path: Path) -> None:
    state = new_witness_state(tmp_path)
    assert state.last_cosigned("delta.example/new") == TreeHead(0, EMPTY_ROOT)
    state.record_cosigned("delta.example/new", 0, EMPTY_ROOT)


def test_another_keys_file_is_refused(tmp_path: Path) -> None:
    new_log_state(tmp_path)
    with pytest.raises(YdxError, match=r"KEY_WITHOUT_FILE: .* another key"):
        LogState(tmp_path / "log.state", OTHER)
    new_witness_state(tmp_path)
    with pytest.raises(YdxError, match=r"KEY_WITHOUT_FILE: .* another key"):
        WitnessState(tmp_path / "witness.state", OTHER)


@pytest.mark.parametrize(
    "line", ["", "1", "x y", "-1 AAAA", "0 " + "A" * 43 + "=", "1 AAAA"], ids=repr
)
def test_a_line_that_is_no_tree_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "log.state"
    write_state(path, [*log_state_lines(KEY)[:-1], line])
    with pytest.raises(YdxError, match="KEY_WITHOUT_FILE"):
        LogState(path, KEY)
    write_state(path, [*witness_state_lines(WITNESS, {}), f"delta.example/center {line}"])
    with pytest.raises(YdxError, match="KEY_WITHOUT_FILE"):
        WitnessState(path, WITNESS)


def test_edge_9_of_threads_with_different_roots_one_wins(tmp_path: Path) -> None:
    state = new_witness_state(tmp_path)
    start = threading.Barrier(8)
    refused: list[str] = []

    def cosign(number: int) -> None:
        start.wait()
        try:
            state.record_cosigned("delta.example/center", 5, bytes([number]) * 32)
        except YdxError as error:
            refused.append(error.reason)

    threads = [threading.Thread(target=cosign, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refused == ["ROOT_MISMATCH"] * 7
    kept = WitnessState(tmp_path / "witness.state", WITNESS)
    assert kept.last_cosigned("delta.example/center") == state.last_cosigned("delta.example/center")


def test_a_write_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = new_log_state(tmp_path)
    state.record_intent(1, b"a" * 32)

    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("node.storage.state_file.os.fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        state.record_intent(2, b"b" * 32)
    monkeypatch.undo()
    assert state.last_intent() == TreeHead(1, b"a" * 32)
    state.record_intent(2, b"c" * 32)
