"""`ydx ledger propose-all`: files of incomes, in batches under one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.node.commands.test_ledger import CONTRACT, Desks, agreement, desks, file, served

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["agreement", "desks", "file", "served"]
KEY: Final = "6f1c4b1e-30a7-4f0c-9a57-0d4f5f1f2c11"
HEAD: Final = "contract,instalment,date,received_by,amount,evidence\n"


def _rows(path: Path, wrong: int = 0) -> Path:
    rows = [
        f"{CONTRACT},{n},2026-12-10,{'XX' if n == wrong else 'AH'},1.00,{'ab' * 32}\n"
        for n in range(1, 451)
    ]
    path.write_text(HEAD + "".join(rows), encoding="utf-8-sig")
    return path


def test_a_mended_file_goes_on_under_its_key(desks: Desks, agreement: str, tmp_path: Path) -> None:
    rows = _rows(tmp_path / "rows.csv", wrong=250)
    said = ("propose-all", agreement, rows, "--request-id", KEY)
    told = desks("anhui", *said)
    assert told.code
    assert "rows.csv:251" in told.err
    _rows(rows)
    done = desks.json("anhui", *said)
    assert done["proposed"] == len(set(done["names"])) == 450
    assert desks.json("anhui", *said) == done


def test_every_wrong_field_is_told_by_line(desks: Desks, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(HEAD + f"{CONTRACT},1,2026-13-01,,1,\n", encoding="utf-8")
    told = desks("anhui", "propose-all", "nodes/anhui/agreements/x", rows)
    assert told.code
    for column in ("date", "received_by", "amount"):
        assert f"rows.csv:2:{column}" in told.err
