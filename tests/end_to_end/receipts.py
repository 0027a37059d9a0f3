"""A receipt of another member's listing is checked offline, with nothing but the root file."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.end_to_end.running import Demo, Said
from tests.end_to_end.writing import publish, wait_confirmed
from tests.processes.writing import Sent


def saved_receipt(demo: Demo, folder: Path) -> tuple[Sent, Path]:
    """Have `ydx listing receipt` at anhui save the receipt of a listing of zhejiang."""
    sent = publish(demo, "zhejiang")
    wait_confirmed(demo, "anhui", sent.name)
    file = folder / "receipt"
    node = ("--node", demo["anhui"].api, "--token", demo["anhui"].tokens["partner"])
    said = demo.ydx("listing", "receipt", sent.name, "--part", "public", "--out", file, *node)
    assert said.code == 0, said.err
    return sent, file


def verify(demo: Demo, file: Path) -> Said:
    """Verify it with the root file alone, in a folder where nothing else of trust lies."""
    root = file.parent / "root.json"
    shutil.copy(demo.folder / "federation" / "trust" / "root.json", root)
    return demo.ydx("receipt", "verify", file, "--root", root, "--json")


def test_a_receipt_proves_who_said_what_offline(demo: Demo, tmp_path: Path) -> None:
    sent, file = saved_receipt(demo, tmp_path)
    said = verify(demo, file)
    assert said.code == 0, said.err
    told = said.json
    assert (told["verdict"], told["member"], told["record"]) == ("confirmed", "zhejiang", sent.name)
    assert told["parts"]["public"]["title"] == sent.listing.public.title
    assert told["parts"]["members"] is None
    assert told["required"] == 3 <= len(told["cosigned_by"])
    assert not told["registry_stale"]


def test_a_receipt_that_was_touched_is_refused(demo: Demo, tmp_path: Path) -> None:
    _, file = saved_receipt(demo, tmp_path)
    text = file.read_text("utf-8")
    index = next(line for line in text.splitlines() if line.startswith("index "))
    file.write_text(text.replace(index, f"index {int(index.split()[1]) - 1}"), "utf-8")
    said = verify(demo, file)
    assert said.code == 1
    assert said.json["error"]["reason"] == "BAD_PROOF"
