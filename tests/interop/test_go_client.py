"""golang.org/x/mod/sumdb verifies every log at every member, over HTTP, and receipts (promise 3).

It recomputes the root from the tiles, holds every entry of the bundles against its leaf, proves
inclusion and the consistency with an older checkpoint, and checks the cosignatures.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from node.demo.listings import MEMBERS
from node.storage.trust_folder import read_trust
from tests.end_to_end.running import Demo
from tests.end_to_end.writing import listed, publish, wait_confirmed
from tests.interop.conftest import LISTINGS
from tests.interop.relays import relay
from tests.interop.verifier import RefusedError, Verifier
from tests.processes.asking import http

pytestmark = pytest.mark.timeout(600)
QUORUM = 3


def url(demo: Demo, holder: str, member: str) -> str:
    """Return where a holder serves a member's log."""
    return f"http://{demo[holder].http}{prefix(holder, member)}"


def prefix(holder: str, member: str) -> str:
    return "/log" if holder == member else f"/mirror/{member}"


def witness_keys(demo: Demo, member: str) -> tuple[str, ...]:
    """Return the keys of all witnesses of a member's log, as the registry has them."""
    registry = read_trust(demo.folder / "federation" / "trust" / "root.json").registry
    keys = registry.witnesses(demo[member].origin).values()
    return tuple(key.text() for of_one in keys for key in of_one)


def older_checkpoint(demo: Demo, member: str, folder: Path) -> tuple[Path, int]:
    """Keep the checkpoint that a member publishes now, then have its log grow."""
    demo.wait_equal()
    status, note = http(demo[member].http, "/log/checkpoint")
    assert status == 200
    file = folder / member
    file.write_bytes(note)
    for _ in range(3):
        sent = publish(demo, member)
    wait_confirmed(demo, member, sent.name)
    return file, int(note.splitlines()[1])


@pytest.mark.parametrize("member", MEMBERS)
def test_promise_3_a_log_verifies_at_every_member_and_extends_what_it_was(
    demo: Demo, verifier: Verifier, tmp_path: Path, member: str
) -> None:
    older, older_size = older_checkpoint(demo, member, tmp_path)
    demo.wait_equal()
    proven = [
        verifier.log(
            url(demo, holder, member), demo[member].vkey, witness_keys(demo, member), older
        )
        for holder in MEMBERS
    ]
    for found in proven:
        assert found["origin"] == demo[member].origin
        assert found["entries"] == found["size"] >= older_size + 3
        assert found["size"] > LISTINGS // len(MEMBERS)
        assert found["older_size"] == older_size
        assert len(set(found["cosigned_by"])) >= QUORUM, found["cosigned_by"]
    assert len({(found["size"], found["root"]) for found in proven}) == 1


@pytest.mark.parametrize("member", MEMBERS)
def test_a_receipt_verifies_wherever_it_was_given(
    demo: Demo, verifier: Verifier, member: str
) -> None:
    demo.wait_equal()
    names = sorted(listed(demo, "center", members=[member]))
    for name in (names[0], names[len(names) // 2], names[-1]):
        for holder in (member, "center", "anhui"):
            given = demo.client(holder).call("GetReceipt", name=name, part="public")
            found = verifier.receipt(given.receipt, given.entry, demo[member].vkey)
            assert found["origin"] == demo[member].origin
            listing = demo.client(holder).call("GetListing", name=name).listing
            assert found["index"] == listing.info.leaf_index


def test_the_verifier_refuses_a_receipt_of_another_entry(demo: Demo, verifier: Verifier) -> None:
    first, second = sorted(listed(demo, "anhui", members=["anhui"]))[:2]
    given = demo.client("anhui").call("GetReceipt", name=first)
    other = demo.client("anhui").call("GetReceipt", name=second)
    with pytest.raises(RefusedError, match="invalid transparency proof"):
        verifier.receipt(given.receipt, other.entry, demo["anhui"].vkey)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("/tile/0/", "downloaded inconsistent tile"),
        ("/tile/1/", "downloaded inconsistent tile"),
        ("/tile/entries/", "is not the leaf"),
    ],
    ids=["a hash", "a hash above", "an entry"],
)
def test_the_verifier_refuses_a_log_with_one_other_byte(
    demo: Demo, verifier: Verifier, changed: str, reason: str
) -> None:
    """What it accepts above means something only if it refuses this."""
    with (
        relay(demo["anhui"].http, "/mirror/shanghai", changed) as address,
        pytest.raises(RefusedError, match=reason),
    ):
        verifier.log(address, demo["shanghai"].vkey)


def test_the_verifier_refuses_the_log_of_another_member(demo: Demo, verifier: Verifier) -> None:
    with pytest.raises(RefusedError, match="note has no verifiable signatures"):
        verifier.log(url(demo, "anhui", "shanghai"), demo["anhui"].vkey)
