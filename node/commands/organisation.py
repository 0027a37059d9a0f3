"""`ydx organisation`: all that concerns one organisation, as a node knows it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.contract_texts import show_contracts
from node.commands.output import JsonOption, note, say, show_object, show_rows
from node.commands.settings import ConfigOption
from node.commands.words import STEPS, word

app = typer.Typer(no_args_is_help=True, help="机构 / organisations")


@app.callback()
def _group() -> None:
    """Keep `show` a command of its own while it is the only one."""


@app.command("show")
def show_one(
    organisation: Annotated[
        str, typer.Argument(help="统一社会信用代码，或无代码者的名称 / credit code, or name")
    ],
    limit: Annotated[int, typer.Option(min=1, max=200, help="每类条数 / how many of each")] = 50,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """一个机构的全部供给、需求、意向与合同 / its supply, demand, enquiries and contracts."""
    from node.commands import records

    with connected(node, token, ca, config) as client:
        found = client.call("GetOrganisationView", organisation=organisation, limit=limit)
    if as_json:
        show_object(records.as_json(found))
        return
    if not _is_known(found):
        _tell_unknown(organisation)
        return
    for heading, listings, total in (
        (say("供给", "Supply"), found.supply, found.supply_total),
        (say("需求", "Demand"), found.demand, found.demand_total),
    ):
        note(f"{heading} {len(listings)} / {total}")
        columns = [
            ("title", "名称", "title"),
            ("member", "来源", "member"),
            ("provisional", "待确认", "provisional"),
            ("name", "记录名", "name"),
        ]
        show_rows("listings", columns, map(_listing, listings))
    note(say("合作意向", "Enquiries"))
    columns = [
        ("state", "状态", "state"),
        ("asked", "由其发起", "it asked"),
        ("listing", "供需", "listing"),
        ("name", "意向名", "name"),
    ]
    show_rows("enquiries", columns, map(_enquiry, found.enquiries))
    note(say("合同", "Contracts"))
    show_contracts(found.contracts)
    if found.more:
        note(say("还有更多意向或合同。", "There are more enquiries or contracts."))


def _is_known(found: Any) -> bool:
    """Tell whether an answer holds anything."""
    return bool(found.supply_total or found.demand_total or found.enquiries or found.contracts)


def _tell_unknown(said: str) -> None:
    """Say that nothing is known of an organisation, and why that may be."""
    from federation.records import uscc
    from federation.records.findings import finding

    note(say(f"没有关于“{said}”的任何信息", f'Nothing is known of "{said}"'))
    code = said.strip().upper()
    if uscc.has_form(code) and not uscc.is_valid(code):
        fault = finding("USCC_CHECK_DIGIT", "organisation", code)
        note(say(fault.text_zh, fault.text_en))


def _listing(one: Any) -> dict[str, Any]:
    return {
        "title": one.public.title,
        "member": one.info.member,
        "provisional": one.info.provisional,
        "name": one.name,
    }


def _enquiry(one: Any) -> dict[str, Any]:
    state = word(STEPS, one.state)
    return {"state": state, "asked": one.asked, "listing": one.listing, "name": one.name}
