"""Root rotation: which chains of roots lead on, and where a bad one stops them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tuf.api.metadata import Metadata, Root

from federation.log.errors import Refused
from federation.trust import ceremony
from federation.trust.tuf_file import ROOT, TrustFile
from federation.trust.tuf_round import TrustRound
from federation.trust.tuf_state import TrustState
from tests.federation.trust.repository import NOW, Repository, line_of, signer

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Step:
    """One root: its offline keys by number, its threshold, and who signed it."""

    keys: tuple[int, ...]
    threshold: int
    signed_by: tuple[int, ...]
    version: int | None = None
    """Where it is not simply one more."""


def chain_of(steps: list[Step]) -> list[bytes]:
    registry = ceremony.founding_registry([line_of("anhui"), line_of("center")])
    files = []
    for number, step in enumerate(steps, 1):
        keys = [signer(n).public_key for n in step.keys]
        root = ceremony.new_root(step.version or number, keys, step.threshold, registry, NOW)
        files.append(ceremony.sign_root(root, [signer(n) for n in step.signed_by]).content)
    return files


def follow(files: list[bytes]) -> TrustState:
    """Feed a chain to a node that pins its first file, as a peer would serve it."""
    state = TrustState(files[0])
    one = TrustRound(state, NOW)
    for content in files[1:]:
        assert one.wanted() == (ROOT, state.root.version + 1)
        one.feed(content)
    return state


GOOD: dict[str, list[Step]] = {
    "1-of-1 key rotation": [Step((1,), 1, (1,)), Step((2,), 1, (1, 2)), Step((2,), 1, (2,))],
    "1-of-1 key rotation with an unused signature": [
        Step((1,), 1, (1,)),
        Step((2,), 1, (1, 2, 4)),
    ],
    "2-of-3 keeps its keys": [Step((1, 2, 3), 2, (1, 2)), Step((1, 2, 3), 2, (2, 3))],
    "2-of-3 replaces one key": [Step((1, 2, 3), 2, (1, 2)), Step((2, 3, 4), 2, (2, 3))],
    "2-of-3 replaces all keys, signed by two of each": [
        Step((1, 2, 3), 2, (1, 3)),
        Step((4, 5, 6), 2, (1, 3, 4, 6)),
    ],
    "the threshold rises": [Step((1, 2, 3), 1, (1,)), Step((1, 2, 3), 3, (1, 2, 3))],
    "the threshold falls, signed by the old one": [
        Step((1, 2, 3), 3, (1, 2, 3)),
        Step((1, 2, 3), 1, (1, 2, 3)),
    ],
    "40 roots were missed": [Step((n, n + 1, n + 2), 2, (n, n + 1)) for n in range(1, 41)],
}


@pytest.mark.parametrize("steps", GOOD.values(), ids=GOOD)
def test_edge_15_a_good_chain_is_followed_to_its_end(steps: list[Step]) -> None:
    state = follow(chain_of(steps))
    assert state.root.version == len(steps)


BAD: dict[str, tuple[list[Step], str]] = {
    "1-of-1 key rotation, not signed with the old key": (
        [Step((1,), 1, (1,)), Step((2,), 1, (2, 3, 4))],
        "signed by 0/1 keys",
    ),
    "1-of-1 key rotation, not signed with the new key": (
        [Step((1,), 1, (1,)), Step((2,), 1, (1, 3, 4))],
        "signed by 0/1 keys",
    ),
    "2-of-3, signed by one key only": (
        [Step((1, 2, 3), 2, (1, 2)), Step((1, 2, 3), 2, (1,))],
        "signed by 1/2 keys",
    ),
    "2-of-3 replaced, signed by one old and two new keys": (
        [Step((1, 2, 3), 2, (1, 2)), Step((4, 5, 6), 2, (1, 4, 5))],
        "signed by 1/2 keys",
    ),
    "2-of-3 replaced, signed by two old and one new key": (
        [Step((1, 2, 3), 2, (1, 2)), Step((4, 5, 6), 2, (1, 2, 4))],
        "signed by 1/2 keys",
    ),
    "the threshold falls, signed by the new one only": (
        [Step((1, 2, 3), 3, (1, 2, 3)), Step((1, 2, 3), 1, (1,))],
        "signed by 1/3 keys",
    ),
    "a version is skipped": (
        [Step((1,), 1, (1,)), Step((1,), 1, (1,), version=3)],
        "Expected root version 2 instead got version 3",
    ),
    "the same version comes again": (
        [Step((1,), 1, (1,)), Step((1,), 1, (1,), version=1)],
        "Expected root version 2 instead got version 1",
    ),
}


@pytest.mark.parametrize(("steps", "what"), BAD.values(), ids=BAD)
def test_a_bad_root_is_refused_and_the_one_before_stays(steps: list[Step], what: str) -> None:
    files = chain_of(steps)
    state = TrustState(files[0])
    one = TrustRound(state, NOW)
    with pytest.raises(Refused, match=what) as caught:
        one.feed(files[1])
    assert caught.value.reason == "TRUST_FILE_REFUSED"
    assert one.wanted() is None
    assert state.root.version == 1
    assert one.accepted == []


@pytest.mark.parametrize(("steps", "what"), BAD.values(), ids=BAD)
def test_a_bad_root_found_in_storage_is_left_out(steps: list[Step], what: str) -> None:
    files = chain_of(steps)
    stored = TrustFile(ROOT, 2, files[1])
    assert TrustState(files[0], [stored]).root.version == 1, what


def _one_key_two_ids(root: Root) -> None:
    keyid, key = next(iter(root.keys.items()))
    root.keys["00" * 32] = type(key)("00" * 32, key.keytype, key.scheme, dict(key.keyval))
    root.roles[ROOT].keyids.append("00" * 32)
    assert keyid in root.keys


def _low_order(root: Root) -> None:
    next(iter(root.keys.values())).keyval["public"] = "01" + "00" * 31


def _rsa(root: Root) -> None:
    next(iter(root.keys.values())).keytype = "rsa"


def _unreachable(root: Root) -> None:
    root.roles["targets"].threshold = 6


def _missing_key(root: Root) -> None:
    root.roles["timestamp"].keyids.append("ff" * 32)


WEAK: dict[str, tuple[Callable[[Root], None], str]] = {
    "one key goes by two key ids and would count twice": (_one_key_two_ids, "two key ids"),
    "a key is of low order, so anybody can sign for it": (_low_order, "low order"),
    "a key is of another scheme": (_rsa, "Ed25519|not a TUF file"),
    "a threshold is above the number of its keys": (_unreachable, "never reach"),
    "a role names a key that is not there": (_missing_key, "not there"),
}


@pytest.mark.parametrize(("weaken", "what"), WEAK.values(), ids=WEAK)
def test_a_root_that_can_be_abused_is_refused_though_it_is_signed(
    weaken: Callable[[Root], None], what: str
) -> None:
    repository = Repository()
    metadata: Metadata[Root] = Metadata.from_bytes(repository.pinned_root)
    metadata.signed.version = 2
    weaken(metadata.signed)
    metadata.signatures.clear()
    for one in repository.offline:
        metadata.sign(one, append=True)
    with pytest.raises(Refused, match=what):
        TrustRound(repository.pinned(), NOW).feed(metadata.to_bytes())
    with pytest.raises(Refused, match=what):
        TrustState(metadata.to_bytes())


def test_a_signature_that_stands_twice_counts_once() -> None:
    steps = [Step((1, 2, 3), 2, (1, 2)), Step((1, 2, 3), 2, (1,))]
    first, second = chain_of(steps)
    signature = second[second.index(b'{"keyid"') : second.index(b"}") + 1]
    doubled = second.replace(signature, signature + b"," + signature, 1)
    with pytest.raises(Refused, match="not a TUF file"):
        TrustRound(TrustState(first), NOW).feed(doubled)


def test_edge_15_an_expired_root_still_leads_to_the_next() -> None:
    repository = Repository()
    late = NOW + ceremony.OFFLINE_VALIDITY_S + 1
    repository.next_root(now=late)
    repository.renew(now=late)
    state = repository.pinned()
    repository.update(state, late)
    assert state.root.version == 2
    assert state.timestamp is not None  # a timestamp is taken only under a root that is in time


def test_a_pinned_root_that_did_not_sign_itself_is_refused() -> None:
    content = chain_of([Step((1, 2, 3), 2, (1, 4))])[0]
    with pytest.raises(Refused, match="signed by 1/2 keys"):
        TrustState(content)
