"""`ydx enquiry` against the listeners of two nodes."""

from __future__ import annotations

import io
import json
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from node.services.catalogue.records import LISTING
from tests.node.commands.running import runner
from tests.node.rpc.partnership_serving import partnership_listener
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.enquiring import (
    MARKED_NAME,
    MARKED_PHONE,
    OPTIONS,
    E,
    Enquiring,
    R,
)
from tests.simulation.conftest import few, founded_few

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said
    from tests.simulation.world import World

__all__ = ["few", "founded_few"]


class Desks:
    """Two desks, each with the command `ydx` set to its node."""

    def __init__(
        self, enquiring: Enquiring, ports: dict[str, int], run: Callable[..., Said]
    ) -> None:
        self.enquiring = enquiring
        self.ports = ports
        self.run = run

    def __call__(self, member: str, *arguments: object, who: str = "clerk") -> Said:
        node = f"127.0.0.1:{self.ports[member]}"
        said = self.run(*arguments, "--node", node, "--token", who)
        self.enquiring.sync()
        return said


@pytest.fixture
def desks(
    few: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desks]:
    monkeypatch.setenv("YDX_LANG", "en")
    enquiring = Enquiring(few)
    with ExitStack() as stack:
        stack.callback(enquiring.close)
        ports = {
            member: stack.enter_context(partnership_listener(enquiring[member]))
            for member in (E, R)
        }
        yield Desks(enquiring, ports, runner(monkeypatch, capsys))


def test_an_enquiry_from_the_question_to_the_receipt(desks: Desks, tmp_path: Path) -> None:
    listing = desks.enquiring[R].publish().name
    desks.enquiring.sync()
    submitted = desks(
        E,
        "enquiry",
        "submit",
        listing,
        "--region",
        "320500",
        "--organisation",
        "苏州精工公司",
        "--message",
        "能否用于底盘？",
    )
    assert submitted.code == 0
    name = next(line for line in submitted.out.splitlines() if "nodes/" in line).split(":")[0]
    assert "submitted (provisional)" in submitted.out
    assert "anhui may: info_requested, accepted, declined until 20" in submitted.err
    listed = desks(R, "enquiry", "list", "--waiting", "--incoming")
    assert name in listed.out
    assert "submitted" in listed.out
    chinese = desks(R, "--lang", "zh", "enquiry", "show", name)
    assert "已提交" in chinese.out
    assert "接受 accepted" in chinese.err
    assert "SUBMITTED" not in chinese.out + chinese.err
    assert "nothing was written" in desks(R, "enquiry", "step", name, "accepted", "--dry-run").out
    accepted = desks(R, "enquiry", "step", name, "accepted")
    assert "jiangsu may: introduced, cancelled until" in accepted.err
    again = desks(R, "enquiry", "step", name, "accepted", "--json")
    assert not again.json.get("changed", False)
    assert (
        "STEP_NOT_ALLOWED"
        in desks(R, "enquiry", "step", name, "declined", "--reason", "迟", "--yes").err
    )
    desks(E, "enquiry", "step", name, "introduced")
    nda = ("enquiry", "note", name, "nda", "--text", "已签署。")
    assert "introduced; noted: nda\n" in desks(R, *nda).out
    file = tmp_path / "contacts.json"
    person = {"name": MARKED_NAME, "phone": MARKED_PHONE}
    consent = {"purpose": "洽谈", "scope": "姓名与电话", "granted_on": "2026-10-01"}
    file.write_text(json.dumps({"persons": [person], "consent": consent}), encoding="utf-8")
    for end in ("\n", " (said before, unchanged)\n"):
        given = desks(R, "enquiry", "contacts", name, file)
        assert f"; contacts are given to the other side{end}" in given.out
    shown = desks(E, "enquiry", "show", name)
    assert f"{MARKED_NAME}  {MARKED_PHONE}".replace("  ", " ") in shown.out
    told = [line.split()[2:4] for line in shown.out.splitlines() if line.startswith("20")]
    assert told == [
        [E, "submitted"], [R, "accepted"], [E, "introduced"], [R, "nda"], [R, "contacts"],
    ]  # fmt: skip
    _check_receipts(desks, tmp_path / "enquiry.receipts", name, listing)
    withdrawn = desks(R, "enquiry", "withdraw-consent", name, "--yes")
    assert "; consent withdrawn, own contacts are erased\n" in withdrawn.out
    assert MARKED_NAME not in desks(E, "enquiry", "show", name).out


def test_the_same_words_again_are_one_enquiry_and_a_request_id_of_its_own_makes_another(
    desks: Desks,
) -> None:
    listing = desks.enquiring[R].publish().name
    desks.enquiring.sync()

    def submit(message: str, *more: str) -> str:
        asking = ("--region", "320500", "--organisation", "苏州精工公司", "--message", message)
        out = desks(E, "enquiry", "submit", listing, *asking, *more, "--json").out
        said = json.loads(out.splitlines()[-1])  # log lines come before it
        changes.append(said.get("changed", False))
        return str(said["enquiry"]["name"])

    changes: list[bool] = []
    name = submit("能否用于底盘？")
    assert submit("能否用于底盘？") == name
    assert changes == [True, False]
    assert submit("能否用于车门？") != name, "other words are another enquiry"
    key = ("--request-id", "6f1f4c1e-3f0b-4c62-9a70-1c7e6a3b5d10")
    second = submit("能否用于底盘？", *key)
    assert second != name, "who gives an id tells its submissions apart itself"
    assert submit("能否用于底盘？", *key) == second
    for member in (E, R):
        listed = desks(member, "enquiry", "list").out
        assert len(set(re.findall(r"nodes/jiangsu/enquiries/\w+", listed))) == 3


def test_who_decides_sees_all_that_was_asked(desks: Desks) -> None:
    listing = desks.enquiring[R].publish().name
    behind = supply(7)
    behind.public.owner.uscc, behind.public.owner.name = "123400004853941588", "某某厂"
    own = desks.enquiring[E].publishing.publish(PLATFORM, LISTING, behind, OPTIONS).record.name
    desks.enquiring.sync()
    asked = ("--region", "320500", "--organisation", "某某厂", "--uscc", "123400004853941588")
    more = ("--mode", "joint_development", "--mode", "licence", "--nda", "--own-listing", own)
    submitted = desks(E, "enquiry", "submit", listing, *asked, *more, "--message", "可否？")
    name = re.findall(r"nodes/jiangsu/enquiries/\w+", submitted.out)[0]
    shown = desks(R, "--lang", "zh", "enquiry", "show", name).out
    for line in (
        f"信息  {listing}",
        "提出方  某某厂 123400004853941588 (jiangsu)",
        "地区  320500 苏州市",
        "合作方式  联合开发、许可",
        f"提出方信息  {own}",
        "保密协议  须签署",
        "内容  可否？",
    ):
        assert f"{line}\n" in shown
    assert re.search(r"答复期限  20\d\d-\d\d-\d\d（anhui，剩余 5 个工作日）\n", shown)
    assert "决定期限  20" in shown
    plain = desks(R, "enquiry", "show", name).out
    assert "cooperation  joint development, licence\n" in plain


def test_what_a_command_does_not_take_names_the_command_that_does(desks: Desks) -> None:
    name = "nodes/jiangsu/enquiries/" + "0" * 26
    for kind in ("contacts", "question"):
        note = desks(R, "enquiry", "note", name, kind)
        assert note.code == 1
        assert f'kind "{kind}" is no note to add; take one of nda, negotiation, dispute' in note.err
        assert "consent_withdrawn" not in note.err
    for contract in ((), ("--contract", "nodes/anhui/contracts/" + "0" * 26)):
        step = desks(R, "enquiry", "step", name, "contracted", *contract)
        assert step.code == 1
        assert "ydx contract create --enquiry takes this step itself" in step.err


def test_who_sits_at_a_terminal_is_asked_before_contacts_are_erased_or_an_enquiry_ends(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "nodes/jiangsu/enquiries/" + "0" * 26
    for words in (
        ("withdraw-consent", name),
        ("step", name, "declined", "--reason", "不合"),
        ("step", name, "no-deal", "--reason", "不合"),
    ):
        terminal = io.StringIO("n\n")
        terminal.isatty = lambda: True  # type: ignore[method-assign] # as where a person sits
        monkeypatch.setattr("sys.stdin", terminal)
        asked = desks(R, "enquiry", *words)
        assert (asked.code, asked.out.strip()) == (1, "")
        assert f"{name} will" in asked.err
        assert "nothing was written" in asked.err
        for more in ("--yes", "--dry-run", "--json"):
            said = desks(R, "enquiry", *words, more)
            assert "RECORD_NOT_FOUND" in said.err + said.out


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--region", "3", '--region "3" '),
        ("--uscc", "91110000600037341X", '--uscc "91110000600037341X" '),
        ("--mode", "barter", '--mode "barter" '),
    ],
)
def test_what_is_wrong_is_told_by_the_option_that_was_typed(
    desks: Desks, option: str, value: str, told: str
) -> None:
    asked = {"--region": "320500", "--organisation": "苏州某某公司", option: value}
    words = [word for pair in asked.items() for word in pair]
    listing = desks.enquiring[R].publish().name
    desks.enquiring.sync()
    said = desks(E, "enquiry", "submit", listing, "--message", "能否用于底盘？", *words)
    assert said.code == 1
    assert told in said.err


def test_a_file_of_contacts_that_is_none_is_told_without_its_content(
    desks: Desks, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.json"
    file.write_text(f'{{"people": "{MARKED_NAME}"}}', encoding="utf-8")
    said = desks(R, "enquiry", "contacts", "nodes/jiangsu/enquiries/" + "0" * 26, file)
    assert said.code == 1
    assert "BAD_FILE" in said.err
    assert "a field of the file is not known; known are persons, consent" in said.err
    assert MARKED_NAME not in said.err + said.out
    for text in (f'{{"{MARKED_NAME}": 1}}', f'{{"persons": "{MARKED_NAME}"}}', MARKED_NAME):
        file.write_text(text, encoding="utf-8")
        said = desks(R, "enquiry", "contacts", "nodes/jiangsu/enquiries/" + "0" * 26, file)
        assert "BAD_FILE" in said.err
        assert MARKED_NAME not in said.err + said.out
    for name, text, place in (
        ("c.json", f'{{"persons":\n  "{MARKED_NAME}" 1}}', "line 2, column 10"),
        ("c.toml", f"[[persons]]\nname = {MARKED_NAME}", "line 2, column 8"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        said = desks(
            R, "enquiry", "contacts", "nodes/jiangsu/enquiries/" + "0" * 26, tmp_path / name
        )
        assert f"{place} cannot be read" in said.err
        assert MARKED_NAME not in said.err + said.out
    number = tmp_path / "number.toml"
    number.write_text("[[persons]]\nphone = 13812345678", encoding="utf-8")
    said = desks(R, "enquiry", "contacts", "nodes/jiangsu/enquiries/" + "0" * 26, number)
    assert "persons[0].phone is a text; write it in quotes" in said.err
    assert "13812345678" not in said.err + said.out
    missing = desks(R, "enquiry", "contacts", "x", tmp_path / "none.json")
    assert "cannot be read" in missing.err


def _check_receipts(desks: Desks, receipts: Path, name: str, listing: str) -> None:
    trust = desks.enquiring.world[E].folder.parent / "federation" / "trust"
    root = receipts.with_name("root.json")  # and nothing beside it
    root.write_bytes((trust / "root.json").read_bytes())
    given = ("enquiry", "receipt", name, "--out", receipts)
    assert desks(E, *given, "--no-trust").code == 0
    lacking = desks.run("receipt", "verify", receipts, "--root", root)
    assert "lacks targets.json, registry.json" in lacking.err
    assert desks.run("receipt", "verify", receipts, "--root", trust / "root.json").code in {0, 3}
    written = desks(E, *given)
    assert (written.code, written.out) == (0, "")
    assert f"5 receipts were written: {receipts}" in written.err
    proven = desks.run("receipt", "verify", receipts, "--root", root, "--json")
    assert proven.code in {0, 3}
    assert len(proven.json["receipts"]) == 5
    said = desks.run("receipt", "verify", receipts, "--root", root).out
    assert "enquiry: submitted" in said
    assert "enquiry: nda" in said
    assert "kind 5" not in said
    told = {" ".join(line.split()) for line in said.splitlines()}
    assert {f"name {name}", f"says {listing} 能否用于底盘？", "revision 2"} <= told
    assert len(re.findall(r"^recorded at \(Beijing\) +2027-", said, re.MULTILINE)) == 5
    assert {one["parts"]["document"]["name"] for one in proven.json["receipts"]} == {name}
