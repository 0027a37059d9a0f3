"""What every command that searches can be told: the options of a filter, and what they mean."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from node.commands.output import name_options, say
from node.commands.words import spoken, typed_choice

TextArgument = Annotated[list[str] | None, typer.Argument(help="检索词 / words")]
KindOption = Annotated[str, typer.Option(help="supply 供给 或 demand 需求 / supply or demand")]
MemberOption = Annotated[list[str] | None, typer.Option(help="成员，可多次 / members")]
RegionOption = Annotated[list[str] | None, typer.Option(help="行政区划代码或其开头 / regions")]
IpcOption = Annotated[list[str] | None, typer.Option(help="IPC 或其开头 / IPC or its start")]
IndustryOption = Annotated[list[str] | None, typer.Option(help="行业代码或其开头 / industry")]
FieldOption = Annotated[
    list[str] | None, typer.Option(help="技术领域，如 新材料 或 NEW_MATERIALS / technology field")
]
ModeOption = Annotated[
    list[str] | None, typer.Option(help="转化方式，如 普通许可 或 LICENCE / transfer mode")
]
TrlMinOption = Annotated[int, typer.Option(min=0, help="最低就绪度 / least TRL")]
BudgetOption = Annotated[int, typer.Option(min=0, help="价格上限（分）/ in fen")]
OpenLicenceOption = Annotated[bool, typer.Option(help="仅开放许可 / open licences only")]
OrganisationOption = Annotated[str, typer.Option(help="机构名或信用代码 / name or USCC")]
ValidOnOption = Annotated[str, typer.Option(help="该日有效 YYYY-MM-DD / valid on")]
ClosesUntilOption = Annotated[str, typer.Option(help="截止不晚于 / closes until")]
OverdueOnOption = Annotated[str, typer.Option(help="未按约定转化 / overdue on this day")]
TrlMaxOption = Annotated[int, typer.Option(min=0, help="最高就绪度 / greatest TRL")]
BudgetMinOption = Annotated[int, typer.Option(min=0, help="价格下限（分）/ in fen")]
StateOption = Annotated[list[str] | None, typer.Option(help="状态，如 ON_HOLD / state")]
CooperationOption = Annotated[
    list[str] | None, typer.Option(help="合作方式，如 COMMISSIONED / cooperation mode")
]
IpStatusOption = Annotated[
    list[str] | None, typer.Option(help="知识产权状态，如 GRANTED / state of a right")
]
TagOption = Annotated[list[str] | None, typer.Option(help="标签，可多次 / labels")]
ManagerOption = Annotated[str, typer.Option(help="技术经理人记录名 / technology manager")]
OpenForEnquiryOption = Annotated[
    bool, typer.Option("--open-for-enquiry", help="仅接受合作意向的 / open for enquiry only")
]
WithoutEnquiryOption = Annotated[
    bool, typer.Option("--without-enquiry", help="仅尚无合作意向的 / without an enquiry only")
]
ClosesFromOption = Annotated[str, typer.Option(help="截止不早于 / closes from")]
ChangedAfterOption = Annotated[
    int, typer.Option(min=0, help="该变更位置之后变更的 / changed after this position")
]

_FIELDS = {
    "kind": "kind",
    "member": "members",
    "region": "regions",
    "ipc": "ipc",
    "industry": "industries",
    "field": "tech_fields",
    "mode": "transfer_modes",
    "trl_min": "trl_min",
    "budget_max_fen": "amount_max_fen",
    "open_licence": "open_licence",
    "organisation": "organisation",
    "valid_on": "valid_on",
    "closes_until": "closes_until",
    "overdue_on": "overdue_on",
    "trl_max": "trl_max",
    "budget_min_fen": "amount_min_fen",
    "state": "states",
    "cooperation": "cooperation_modes",
    "ip_status": "ip_statuses",
    "tag": "labels",
    "manager": "manager",
    "open_for_enquiry": "open_for_enquiry",
    "without_enquiry": "without_enquiry",
    "closes_from": "closes_from",
    "changed_after": "changed_after_position",
}
_TYPED = {
    f"{place}{field}": f"--{option.replace('_', '-')}"
    for place in ("filter.", "search.filter.")
    for option, field in _FIELDS.items()
} | {"sort": "--sort", "page_token": "--page-token", "webhook_url": "--webhook"}
_CHOICES = {
    "kind": "LISTING_KIND",
    "field": "TECH_FIELD",
    "mode": "TRANSFER_MODE",
    "state": "RECORD_STATE",
    "cooperation": "COOPERATION_MODE",
    "ip_status": "IP_STATUS",
}


_FACETS = {
    "kind": "类别",
    "members": "成员",
    "regions": "地区",
    "tech_fields": "技术领域",
    "industries": "行业",
    "ipc": "IPC",
    "trl": "就绪度",
    "transfer_modes": "转化方式",
    "cooperation_modes": "合作方式",
    "states": "状态",
    "open_for_enquiry": "接受合作意向",
    "ip_statuses": "知识产权状态",
    "labels": "标签",
    "organisation": "权利人",
    "open_licence": "开放许可",
    "amount_min_fen": "价格（分）",
    "closes_from": "截止",
    "valid_on": "有效",
    "changed_after_position": "变更晚于位置",
}


def facet_name(field: str) -> str:
    """Return what a facet is called, and by which option its values are typed."""
    options = [f"--{name.replace('_', '-')}" for name, told in _FIELDS.items() if told == field]
    option = "--trl-min, --trl-max" if field == "trl" else "".join(options)
    return say(f"{_FACETS.get(field, field)} {option}", option or field)


_FILTERS = _FACETS | {
    "trl_min": "就绪度不低于",
    "trl_max": "就绪度不高于",
    "amount_min_fen": "价格不低于（分）",
    "amount_max_fen": "价格不高于（分）",
    "closes_from": "截止不早于",
    "closes_until": "截止不晚于",
    "overdue_on": "该日未按约定转化",
    "valid_on": "该日有效",
    "manager": "技术经理人",
    "without_enquiry": "尚无合作意向",
}


def filter_words(field: str, value: str) -> str:
    """Return one condition of a filter in the language of this run."""
    name = _FILTERS.get(field, field)
    values = "、".join(spoken(one.strip()) for one in value.split(";"))
    return say(name if value == "true" else f"{name} {values}", f"{field}={value}")


def search_filter(said: dict[str, Any]) -> dict[str, Any]:
    """Return the SearchFilter of a command's arguments, by their names; others are passed over.

    From then on errors tell its fields as options.
    """
    name_options(_TYPED)
    found = {}
    for option, field in _FIELDS.items():
        value = said.get(option)
        if not value:
            continue
        if prefix := _CHOICES.get(option):
            value = (
                [typed_choice(prefix, one) for one in value]
                if isinstance(value, list)
                else typed_choice(prefix, value)
            )
        found[field] = value
    return found
