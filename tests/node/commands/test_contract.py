"""`ydx contract`, `report` and `organisation` against a real listener; CSV to the letter."""

from __future__ import annotations

import io
import json
import re
import shlex
from typing import TYPE_CHECKING, Any, Final

import pytest
from google.protobuf.json_format import MessageToDict

from federation.log.errors import Refused
from node.commands import report
from node.commands.contract import read_contract
from node.commands.contract_texts import yuan
from node.commands.enquiry_asking import read_contacts
from node.commands.report import write_csv
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from tests.deploy.places import CONTRACTING
from tests.node.rpc.contract_serving import ContractExchange, contract_listener
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.contract_partners import Partners, small_partners
from tests.node.services.partnership.contract_texts import (
    BUYER_USCC,
    SELLER,
    SELLER_USCC,
    SIGNED_ON,
    amended,
    terms,
)
from ydx.exchange.v1 import report_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said

NUMBER: Final = "2027340100000001"


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    (tmp_path / "nodes").mkdir()
    with small_partners(tmp_path / "nodes") as given:
        yield given


@pytest.fixture
def exchange(
    partners: Partners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ContractExchange]:
    exchange = ContractExchange(partners.parties[SELLER], tmp_path / "search")
    with contract_listener(exchange) as port:
        monkeypatch.setenv("YDX_NODE", f"127.0.0.1:{port}")
        monkeypatch.setenv("YDX_TOKEN", "clerk")
        yield exchange


@pytest.fixture
def file(tmp_path: Path) -> Path:
    said: Any = MessageToDict(terms(), preserving_proto_field_name=True)
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def amended_file(tmp_path: Path) -> Path:
    said: Any = MessageToDict(amended(150_000_000), preserving_proto_field_name=True)
    path = tmp_path / "amended.json"
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.usefixtures("exchange")
def test_a_contract_is_carried_through_by_commands(
    ydx: Callable[..., Said], partners: Partners, file: Path, amended_file: Path
) -> None:
    enquiry = partners.name(partners.introduced())
    checked = ydx("contract", "create", file, "--enquiry", enquiry, "--check")
    assert (checked.code, checked.out) == (0, "可以写入\n")
    assert not list(_rows(ydx))
    made = ydx("contract", "create", file, "--enquiry", enquiry)
    done, name, etag = made.out.split()
    assert done == "已订立"
    changed = ("contract", "amend", name, amended_file, "--reason", "更正", "--etag", etag)
    assert ydx(*changed, "--json").json["contract"]["versions"] == 2
    for state, more in (("accepted", ()), ("registered", ("--number", NUMBER))):
        on = ("--on", SIGNED_ON)
        told = ydx("--lang", "en", "contract", "register", name, "--state", state, *on, *more)
        assert told.code == 0, told.err
        assert told.out.startswith("recorded")
    partners.sync()
    (row,) = _rows(ydx)
    assert (row["registration"], row["register_number"]) == (
        "REGISTRATION_STATE_REGISTERED",
        NUMBER,
    )
    table = ydx("contract", "list", "--state", "registered")
    for text in ("成交额（元）", "1,500,000.00", NUMBER, "合肥某某研究所", name):
        assert text in table.out
    shown = ydx("contract", "show", name, "--full")
    for text in ("attribution[0].share", "成果所在地区", "技术开发（委托）", "分期", enquiry):
        assert text in shown.out
    assert re.search(r"contract\.recorded_at_ms +2027-01-15 16:00:00（北京时间）", shown.out)
    for code in ("SHARE_LISTING", "CONTRACT_TYPE_", "PAYMENT_MODE_", "confirmation;", " true"):
        assert code not in shown.out
    stale = ydx("contract", "confirm", name, "--etag", etag)
    assert stale.code == 1
    assert "STALE_ETAG" in stale.err
    gone = ydx("contract", "cancel", name, "--reason", "项目终止", "--on", SIGNED_ON, "--json")
    assert gone.json["contract"]["cancelled"] is True


@pytest.mark.usefixtures("exchange")
def test_an_etag_that_a_shell_took_the_quotes_off_is_the_same_etag(
    ydx: Callable[..., Said], partners: Partners, amended_file: Path
) -> None:
    name = partners.contract()
    amend = ("contract", "amend", name, amended_file, "--reason", "更正", "--etag")
    rows = ydx("contract", "show", name).out.splitlines()
    (shown,) = (row.split()[1] for row in rows if row.startswith("版本标记"))
    (pasted,) = shlex.split(shown)
    assert '"' not in pasted
    for etag in (pasted, f'"{pasted}"'):
        said = ydx(*amend, etag, "--check")
        assert said.code == 0, said.err
    bad = ydx(*amend, pasted[:9], "--json")
    assert bad.json["error"]["fields"][0]["rule"] == "ETAG_FORM"


@pytest.mark.usefixtures("exchange")
def test_a_contract_is_shown_in_words_and_says_which_decisions_may_come(
    ydx: Callable[..., Said], partners: Partners
) -> None:
    name = partners.contract()
    shown = ydx("contract", "show", name)
    for text in ("1,200,000.00", "技术开发（委托）", "分期", "未申请", "记录登记（accepted 受理）"):
        assert text in shown.out
    assert "leaf_hash" not in shown.out
    assert len(shown.out.splitlines()) < 25
    register = ("contract", "register", name, "--on", SIGNED_ON, "--state")
    early = ydx(*register, "registered", "--number", NUMBER)
    assert early.code == 1
    assert "可记录的登记状态：受理 accepted" in early.err
    assert ydx(*register, "accepted").code == 0
    told = ydx("--lang", "en", "contract", "show", name)
    assert "register (registered, refused)" in told.out
    wrong = ydx(*register, "done")
    assert wrong.code == 2
    assert "'accepted', 'registered', 'refused', 'revoked'" in wrong.err


@pytest.mark.usefixtures("exchange")
def test_what_was_said_before_is_told_so(
    ydx: Callable[..., Said],
    partners: Partners,
    file: Path,
    amended_file: Path,
) -> None:
    enquiry = partners.name(partners.introduced())
    create = ("contract", "create", file, "--enquiry", enquiry)
    name = ydx(*create).out.split()[1]
    amend = ("contract", "amend", name, amended_file, "--reason", "更正")
    for call in (create, amend, ("contract", "register", name, "--state", "accepted")):
        on = ("--on", SIGNED_ON) if "register" in call else ()
        if call is not create:
            assert "此前已有" not in ydx(*call, *on).out
        assert "（此前已有，未改变）" in ydx(*call, *on).out
        assert "(said before, unchanged)" in ydx("--lang", "en", *call, *on).out


@pytest.mark.usefixtures("exchange")
def test_what_cannot_be_undone_is_asked_for_and_a_program_has_to_say_yes(
    ydx: Callable[..., Said], partners: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [partners.contract() for _ in range(3)]
    cancel = ("--reason", "双方协商", "--on", SIGNED_ON)

    def typed(text: str, *more: str) -> Said:
        terminal = io.StringIO(text)
        terminal.isatty = lambda: True  # type: ignore[method-assign] # as where a person sits
        monkeypatch.setattr("sys.stdin", terminal)
        return ydx("contract", "cancel", names[0], *cancel, *more)

    refused = typed("n\n")
    assert refused.code == 1
    assert f"将自 {SIGNED_ON} 起解除合同 {names[0]}，不可恢复。继续？" in refused.err
    assert "未写入" in refused.err
    assert "可以写入" in typed("n\n", "--check").out
    assert "已解除" in typed("y\n").out
    assert "已解除" in typed("", "--yes").out
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    unanswered = ydx("contract", "cancel", names[1], *cancel)
    assert (unanswered.code, unanswered.out) == (2, "")
    assert "--yes" in unanswered.err
    assert "已解除" in ydx("contract", "cancel", names[1], *cancel, "--yes").out


@pytest.mark.usefixtures("exchange")
def test_the_files_of_the_guide_are_taken(
    ydx: Callable[..., Said], partners: Partners, tmp_path: Path
) -> None:
    text = CONTRACTING.read_text(encoding="utf-8")
    contacts, contract = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (as_json,) = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for name, content in (("c.toml", contract), ("p.toml", contacts), ("p.json", as_json)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    enquiry = partners.name(partners.introduced())
    made = ydx("contract", "create", tmp_path / "c.toml", "--enquiry", enquiry)
    assert (made.code, made.err) == (0, "")
    assert read_contacts(tmp_path / "p.toml") == read_contacts(tmp_path / "p.json")


def test_a_contract_is_read_from_toml_with_short_choices_and_from_what_show_wrote(
    tmp_path: Path, file: Path
) -> None:
    said = read_contract(file)
    text = """
project_name = "高强铝合金底盘铸件开发"
type = "commissioned-development"
signed_on = 2027-01-10
valid_from = 2027-01-10
valid_until = "2028-01-09"
contract_amount_fen = 1_200_000_00
technical_amount_fen = 900_000_00
payment_modes = ["instalments"]
"""
    for side in ("buyer", "seller"):
        one = getattr(said, side)
        organisation = f'{{ name = "{one.organisation.name}", uscc = "{one.organisation.uscc}" }}'
        text += f"""
[{side}]
member = "{one.member}"
organisation = {organisation}
country = "CN"
region = "{one.region}"
nature_code = "{one.nature_code}"
"""
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    assert read_contract(path) == said
    shown = {"contract": {"name": "n", "contract": json.loads(file.read_text(encoding="utf-8"))}}
    path = tmp_path / "shown.json"
    path.write_text(json.dumps(shown), encoding="utf-8")
    assert read_contract(path) == said
    path.write_text('{"type": "sale"}', encoding="utf-8")
    with pytest.raises(Refused, match='type "sale" is not known; known are commissioned_dev'):
        read_contract(path)
    path.write_text('{"projectName": "名", "kind": 1}', encoding="utf-8")
    with pytest.raises(Refused, match='"kind" is not known; known are amendment_reason, project_n'):
        read_contract(path)


@pytest.mark.parametrize("text", ["{", '{"no_such_field": 1}', '{"type": "CONTRACT_TYPE_NONE"}'])
def test_a_file_that_is_no_contract_is_refused_before_the_node_is_asked(
    ydx: Callable[..., Said], tmp_path: Path, text: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    told = ydx(
        "contract", "create", path, "--enquiry", "x", "--token", "t", "--node", "127.0.0.1:1"
    )
    assert told.code == 1
    assert "BAD_FILE" in told.err
    assert "BAD_FILE" in ydx("contract", "create", tmp_path / "none.json", "--enquiry", "x").err


def test_reports_are_csv_to_the_letter(
    ydx: Callable[..., Said], partners: Partners, exchange: ContractExchange
) -> None:
    listing = supply(1, title="=1+1 高强铝合金铸造")
    listing.public.supply.convert_by = "2027-01-05"
    partners.parties[SELLER].publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    partners.confirm(partners.contract())
    exchange.index()
    flows = ydx("report", "flows", "--csv")
    assert flows.out == (
        "seller_region,buyer_region,month,type,contracts,contract_amount_fen,technical_amount_fen\n"
        "340000,320000,2027-01,COMMISSIONED_DEVELOPMENT,1,120000000,90000000\n"
    )
    assert "来自日志：ydx.example/anhui " in flows.err
    assert ydx("report", "funnel", "--csv").out == (
        "member,month,listed,enquired,accepted,introduced,contracted,registered\n"
        "anhui,2027-01,1,1,1,1,1,0\n"
    )
    assert ydx("report", "answers", "--csv", "--member", "anhui").out == (
        "member,month,answered,open,median_hours,expired\nanhui,2027-01,1,0,0,0\n"
    )
    assert ydx("report", "managers", "--csv").out == "member,level,integrity_status,managers\n"
    assert ydx("report", "open-licences", "--csv").out == (
        "name,member,title,region,tech_field,open_licence_fee_fen\n"
    )
    heading, row = ydx("report", "overdue", "--csv", "--on", "2027-01-15").out.splitlines()
    assert heading == "name,member,title,region,convert_by,days"
    assert row.endswith(",anhui,'=1+1 高强铝合金铸造,340100,2027-01-05,10")
    assert ydx("report", "targets", "--csv").out == (
        "target,measure,amount,until,reached,permille\n"
        "managers,managers,3000,2027-12-31,0,0\n"
        "turnover,contract_amount_fen,80000000000000,2027-12-31,120000000,0\n"
    )
    assert ydx("report", "targets", "--json").json["targets"][0] == {
        "target": "managers",
        "measure": "managers",
        "amount": "3000",
        "until": "2027-12-31",
        "reached": "0",
        "permille": 0,
    }, "what is zero is said too"
    told = ydx("report", "flows", "--from-month", "2027-01", "--json").json
    assert told["flows"][0]["contract_amount_fen"] == "120000000"
    assert {one["origin"] for one in told["sizes"]} == {
        party.origin for party in partners.parties.values()
    }
    table = ydx("report", "flows")
    for text in ("卖方地区", "技术开发（委托）", "成交额（元）", "1,200,000.00"):
        assert text in table.out
    targets = ydx("report", "targets").out
    for text in ("成交额（元）", "800,000,000,000.00", "1,200,000.00", "技术经理人数", "3000"):
        assert text in targets


def test_a_cell_of_a_csv_neither_ends_its_row_nor_steers_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_csv(["title", "days"], [["铸造\r=1+1", "1"], ["a\nb", "2"], ["\x1b[2J\u202e三", "3"]])
    told = capsys.readouterr().out
    assert told == 'title,days\n铸造\ufffd=1+1,1\n"a\nb",2\n\ufffd[2J\ufffd三,3\n'


def test_an_organisation_is_shown_with_all_that_concerns_it(
    ydx: Callable[..., Said], partners: Partners, exchange: ContractExchange
) -> None:
    listing = supply(1)
    listing.public.owner.uscc = SELLER_USCC
    partners.parties[SELLER].publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    name = partners.contract()
    exchange.index()
    told = ydx("organisation", "show", SELLER_USCC)
    for text in (listing.public.title, name):
        assert text in told.out
    assert "已签约" in ydx("organisation", "show", BUYER_USCC).out
    assert "供给 1 / 1" in told.err
    shown = ydx("organisation", "show", BUYER_USCC.lower(), "--json").json
    assert [one["state"] for one in shown["enquiries"]] == ["CONTRACTED"]
    assert [one["name"] for one in shown["contracts"]] == [name]


def test_an_organisation_that_nothing_is_known_of_is_told_as_such(
    ydx: Callable[..., Said], exchange: ContractExchange
) -> None:
    exchange.index()
    for said, is_wrong in ((BUYER_USCC, False), ("浦江", False), ("91110000600037341X", True)):
        told = ydx("organisation", "show", said)
        assert (told.code, told.out) == (0, "")
        assert f"没有关于“{said}”的任何信息" in told.err
        assert ("校验位不符" in told.err) == is_wrong


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (120_000_000, "1,200,000.00"), (199, "1.99")]
)
def test_amounts_are_told_in_yuan_exactly(fen: int, text: str) -> None:
    assert yuan(fen) == text


def _rows(ydx: Callable[..., Said]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ydx("contract", "list", "--json").json.get("contracts", [])
    return rows


def test_a_sum_that_is_larger_than_can_be_told_is_told_as_so_much_or_more() -> None:
    row = report_pb2.TargetRow(measure="contract_amount_fen", amount=1, reached=(1 << 63) - 1)
    told = report._told(row, row.DESCRIPTOR.fields)
    assert told["reached"] == "≥ 92,233,720,368,547,758.07"
    assert told["amount"] == "0.01"
