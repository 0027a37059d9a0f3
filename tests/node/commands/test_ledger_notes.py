"""What `ydx ledger` tells a person to look at, before and after something is written."""

from __future__ import annotations

import re
import sys
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests.node.commands.ledger_desks import CONTRACT, income

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.commands.ledger_desks import Desks


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every question be answered with no."""
    monkeypatch.setattr(sys, "stdin", StringIO("n\n" * 10))


def test_an_income_with_notes_is_accepted_only_after_they_were_told(
    desks: Desks, agreement: str
) -> None:
    name = desks.json("anhui", *income(agreement))["proposal"]["name"]
    with pytest.MonkeyPatch.context() as patch:
        declined = desks("jiangsu", "accept", name, who="approver")
        assert declined.code == 1
        said = ("4,800.00", "AH 2,400.00, JS 1,440.00, NETC 960.00", "ydx.example/anhui#0")
        for text in (*said, "ab" * 32, name):
            assert text in declined.out
        assert f"{name}: the contract is not held here" in declined.err
        assert "nothing was written" in declined.err
        assert desks.json("jiangsu", "proposal", name)["proposal"].get("accepted_by", []) == []
        patch.setattr(sys, "stdin", StringIO("y\n"))
        key = "5f3c1f8e-3c6f-4a51-9d4e-0c7a2f7b8d11"
        accept = ("accept", name, "--request-id", key)
        desks.done("jiangsu", *accept, who="approver")
        again = desks.done("jiangsu", *accept, who="approver")
        assert again.out.startswith("accepted"), "what was accepted is not asked again"
    unread = desks("anhui", "accept", name, "--json", who="approver")
    assert unread.code == 2
    assert "--yes" in unread.out
    desks.json("anhui", "accept", name, "--yes", who="approver")
    assert "booked" in desks.done("anhui", "proposal", name).out


def test_the_end_of_an_agreement_is_accepted_after_a_question(desks: Desks, agreement: str) -> None:
    ended = desks.json(
        "anhui", "terminate", agreement, "--until", "2029-01-01", "--reason", "合作结束"
    )["proposal"]["name"]
    declined = desks("jiangsu", "accept", ended, who="approver")
    assert declined.code == 1
    assert "Accept this?" in declined.err
    assert ended in desks.done("jiangsu", "accept", ended, "--yes", who="approver").out


def test_an_agreement_is_accepted_after_its_terms_were_told_and_an_amendment_after_its_changes(
    desks: Desks, file: Path
) -> None:
    """Who sold a share of half for a fifth was told neither, nor asked."""
    name = desks.json("anhui", "agree", file)["agreement"]["name"]
    declined = desks("jiangsu", "accept", name, who="approver")
    assert declined.code == 1
    for text in ("500000", "2030-01-01", "anhui, jiangsu (2 required)", "Jiangsu"):
        assert text.lower() in declined.out.lower()
    unread = desks("jiangsu", "accept", name, "--json", who="approver")
    assert (unread.code, "--yes" in unread.out) == (2, True)
    assert "accepted by" not in desks.done("jiangsu", "proposal", name).out
    desks.accepted(name)
    said = file.read_text(encoding="utf-8").replace("2026-01-01", "2027-06-01")
    file.write_text(
        said.replace("500_000", "200_000").replace("300_000", "600_000"), encoding="utf-8"
    )
    amended = desks.done("anhui", "amend", name, file).out.split()[1]
    told = desks("jiangsu", "accept", amended, who="approver", lang="zh")
    assert told.code == 1
    assert "确定接受？" in told.err
    for text in ("500000 → 200000", "300000 → 600000", "2026-01-01 → 2027-06-01"):
        assert text in told.out
    assert "2030-01-01 →" not in told.out
    assert "→" not in desks.done("jiangsu", "proposal", amended).out


def test_who_may_not_accept_is_told_so_before_any_question(desks: Desks, agreement: str) -> None:
    name = desks.json("anhui", *income(agreement))["proposal"]["name"]
    refused = desks("jiangsu", "accept", name, who="clerk")
    assert "ROLE_MISSING" in refused.err
    assert "Accept this" not in refused.err


def test_a_check_tells_all_that_the_write_tells(desks: Desks, agreement: str) -> None:
    checked = desks.done("anhui", *income(agreement), "--check")
    assert checked.out.strip() == "it may be written"
    assert "the contract is not held here" in checked.err
    assert "AH 2,400.00, JS 1,440.00, NETC 960.00" in checked.err
    assert len(desks.json("anhui", "proposals", agreement)["proposals"]) == 1, "the agreement"
    written = desks.done("anhui", *income(agreement))
    assert checked.err.splitlines() == written.err.splitlines()[1:], "but for the request id"
    as_json = desks.json("anhui", *income(agreement, 2), "--check")["checked"]
    assert "name" not in as_json
    assert as_json["vector"]


def test_the_day_on_which_an_income_of_a_closed_month_counts_is_told(
    desks: Desks, agreement: str
) -> None:
    desks.done("center", "close", agreement, "2026-12", "--yes")
    later = "2026-12 is closed: it will count on 2027-01-01"
    assert later in desks.done("anhui", *income(agreement), "--check").err
    written = desks.done("anhui", *income(agreement))
    assert later in written.err
    assert later in desks("jiangsu", "accept", written.out.split()[1], who="approver").err
    january = desks.done("anhui", *income(agreement, 2), "--date", "2027-01-02", "--check")
    assert "is closed" not in january.err


def test_an_instalment_that_is_open_already_is_noted_with_its_other_proposal(
    desks: Desks, agreement: str
) -> None:
    first = desks.json("anhui", *income(agreement))["proposal"]["name"]
    assert first in desks.done("jiangsu", *income(agreement, amount="4800.01"), "--check").err
    told = desks.done("jiangsu", *income(agreement, amount="4800.01"))
    again = told.out.split()[1]
    one = f"only one is booked: {first} (instalment 1);"
    assert f"the same instalment is proposed as well, and {one}" in told.err
    desks.done("anhui", *income(agreement, 2))
    waiting = desks.done("anhui", "proposals", agreement, "--open").err
    assert waiting.count("the same instalment is proposed as well") == 2
    accepting = desks("anhui", "accept", again, who="approver")
    assert one in accepting.err
    desks.accepted(first)
    accepting = desks("anhui", "accept", again, who="approver")
    assert "cannot be booked now: INSTALMENT_BOOKED" in accepting.err


def test_an_outcome_has_one_name_in_journal_proposal_trail_and_exports(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    name = desks.json("anhui", *income(agreement))["proposal"]["name"]
    desks.accepted(name)
    outcome = desks.done("anhui", "journal", agreement).out.splitlines()[1].split()[0]
    assert re.fullmatch(r"\d+\.0", outcome)
    assert outcome in desks.done("anhui", "proposal", name).out
    trail = desks.done("anhui", "trail", agreement, outcome).out
    assert f"outcome {outcome}" in trail
    generation_too = f"1/{outcome.replace('.', '/')}"
    assert desks.done("anhui", "trail", agreement, generation_too).out == trail
    assert desks.done("anhui", "trail", agreement, name).out == trail
    for form in ("beancount", "journal", "csv"):
        file = tmp_path / f"books.{form}"
        desks.done("anhui", "export", agreement, "--form", form, "--output", file)
        assert outcome in file.read_text(encoding="utf-8"), form


def test_a_payment_tells_how_nets_change_and_not_that_its_payer_gets_money(
    desks: Desks, agreement: str
) -> None:
    desks.accepted(desks.json("anhui", *income(agreement))["proposal"]["name"])
    pay = ("pay", agreement, "AH", "JS", "--amount", "1440.00", "--date", "2026-12-12")
    paid = desks.done("anhui", *pay, "--evidence", "ab" * 32, lang="zh")
    assert "入账后净额变动：AH 1,440.00, JS -1,440.00" in paid.err
    name = paid.out.split()[1]
    assert "net change of AH" in desks.done("jiangsu", "proposal", name).out
    accepted = desks.done("jiangsu", "accept", name, who="approver").out
    assert "net changes: AH 1,440.00, JS -1,440.00" in accepted


def test_what_an_open_income_gives_is_told_as_of_now_for_what_is_booked_before_changes_it(
    desks: Desks, file: Path
) -> None:
    yearly = 'tier_scope = "CALENDAR_YEAR"\n'
    tiers = "[[tiers]]\nupto_fen = 480000\nrate_ppm = 1000000\n[[tiers]]\nrate_ppm = 500000\n"
    file.write_text(yearly + file.read_text(encoding="utf-8") + tiers, encoding="utf-8")
    agreement = str(desks.json("anhui", "agree", file)["agreement"]["name"])
    desks.accepted(agreement)
    first = desks.json("anhui", *income(agreement))["proposal"]["name"]
    proposed = desks.done("anhui", *income(agreement, 2))
    assert "if booked now they get: AH 2,400.00" in proposed.err
    assert "what is booked before may change that" in proposed.err
    second = proposed.out.split()[1]
    now = desks.done("jiangsu", "proposal", second, lang="zh").out
    assert "现在入账则分得 AH" in now
    assert "share, if booked now, of AH" in desks.done("jiangsu", "proposal", second).out
    assert "split if booked now" in desks.done("jiangsu", "accept", first, second, "--yes",
                                               who="approver").out  # fmt: skip
    desks.accepted(first, second, by=("anhui",))
    booked = desks.done("jiangsu", "proposal", second, lang="zh").out
    assert "现在入账" not in booked
    assert re.search(r"分得 AH +1,200.00", booked)


def test_an_agreement_tells_how_many_sign_and_who_has_accepted(desks: Desks, file: Path) -> None:
    name = desks.json("anhui", "agree", file)["agreement"]["name"]
    proposed = desks.done("jiangsu", "show", name)
    assert "anhui, jiangsu (2 required)" in proposed.out
    assert re.search("accepted by +nobody yet", proposed.out)
    desks.accepted(name, by=("jiangsu",))
    shown = desks.done("anhui", "show", name, lang="zh").out
    assert "anhui, jiangsu（需 2 方）" in shown
    assert re.search("已接受 +jiangsu", shown)
    desks.accepted(name, by=("anhui",))
    assert "accepted by" not in desks.done("anhui", "show", name).out


def test_who_keeps_a_party_and_signs_nothing_is_told_to_have_to_accept_too(
    desks: Desks, file: Path
) -> None:
    said = file.read_text(encoding="utf-8").replace('["anhui", "jiangsu"]', '["anhui"]')
    file.write_text(said, encoding="utf-8")
    agreed = desks.done("anhui", "agree", file)
    assert "waits for: anhui, jiangsu" in agreed.err
    name = agreed.out.split()[1]
    desks.accepted(name, by=("anhui",))
    assert re.search("waits for +jiangsu\n", desks.done("anhui", "show", name).out)
    desks.accepted(name, by=("jiangsu",))
    assert "waits for" not in desks.done("anhui", "show", name).out


def test_a_file_of_incomes_tells_what_one_of_them_would_with_its_lines(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    desks.done("center", "close", agreement, "2026-12", "--yes")
    first = desks.json("anhui", *income(agreement))["proposal"]["name"]
    file = tmp_path / "rows.csv"
    rows = "".join(f"{CONTRACT},{number},2026-12-10,AH,{number}.00\n" for number in range(1, 9))
    file.write_text("contract,instalment,date,received_by,amount\n" + rows, encoding="utf-8")
    checked = desks.done("anhui", "propose-all", agreement, file, "--check")
    written = desks.done("anhui", "propose-all", agreement, file)
    told = checked.err.splitlines()
    assert told == written.err.splitlines()[1:], "but for the request id"
    assert len(told) == 3
    assert told[0].startswith("rows.csv:2, 3, 4, 5, 6 and 3 more: the contract is not held here")
    assert told[1].startswith("rows.csv:2: the same instalment is proposed as well")
    assert first in told[1]
    assert told[2].startswith("rows.csv:2, 3, 4, 5, 6 and 3 more: 2026-12 is closed: it will count")


def test_of_many_that_are_accepted_the_one_that_cannot_be_is_named(
    desks: Desks, agreement: str
) -> None:
    first, second = (
        desks.json("anhui", *income(agreement, number))["proposal"]["name"] for number in (1, 2)
    )
    desks.accepted(first)
    told = desks("jiangsu", "accept", second, first, "--yes", who="approver")
    assert "ALREADY_DECIDED" in told.err
    assert f"{first}: the center has decided it" in told.err
    assert second not in told.err
