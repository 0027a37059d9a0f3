"""`ydx search save|saved|forget|alerts|secret`: saved queries, and what is new among their hits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.output import JsonOption, note, say, show, show_object, show_rows
from node.commands.search_options import (
    BudgetMinOption,
    BudgetOption,
    ClosesFromOption,
    ClosesUntilOption,
    CooperationOption,
    FieldOption,
    IndustryOption,
    IpcOption,
    IpStatusOption,
    KindOption,
    ManagerOption,
    MemberOption,
    ModeOption,
    OpenForEnquiryOption,
    OpenLicenceOption,
    OrganisationOption,
    OverdueOnOption,
    RegionOption,
    StateOption,
    TagOption,
    TextArgument,
    TrlMaxOption,
    TrlMinOption,
    ValidOnOption,
    WithoutEnquiryOption,
    filter_words,
    search_filter,
)
from node.commands.settings import ConfigOption
from node.commands.translating import told

if TYPE_CHECKING:
    from node.rpc.exchange_client import ExchangeClient

_STATES = {1: ("正常", "active"), 2: ("重试中", "retrying"), 3: ("已暂停", "paused")}
_CHANGES = {
    1: ("新", "new"),
    2: ("修订", "revised"),
    3: ("更正", "restated"),
    4: ("不再符合", "gone"),
}
_LISTING_STATES = {
    1: ("已发布", "published"),
    2: ("暂停", "on hold"),
    3: ("已匹配", "matched"),
    4: ("已成交", "closed"),
    5: ("存疑", "flagged"),
    6: ("已撤回", "withdrawn"),
    7: ("不可见", "hidden"),
}
_MOMENTS = {1: ("即将到期", "due soon"), 2: ("已逾期", "overdue")}
_AWAITED = {1: ("答复", "answer"), 2: ("决定", "decision")}
_PAGE = 200
IdArgument = Annotated[str, typer.Argument(help="已保存检索的编号 / id of a saved query")]


def save(
    label: Annotated[str, typer.Argument(help="名称 / what to call it")],
    text: TextArgument = None,
    kind: KindOption = "",
    member: MemberOption = None,
    region: RegionOption = None,
    ipc: IpcOption = None,
    industry: IndustryOption = None,
    field: FieldOption = None,
    mode: ModeOption = None,
    trl_min: TrlMinOption = 0,
    budget_max_fen: BudgetOption = 0,
    open_licence: OpenLicenceOption = False,
    organisation: OrganisationOption = "",
    valid_on: ValidOnOption = "",
    closes_until: ClosesUntilOption = "",
    overdue_on: OverdueOnOption = "",
    trl_max: TrlMaxOption = 0,
    budget_min_fen: BudgetMinOption = 0,
    state: StateOption = None,
    cooperation: CooperationOption = None,
    ip_status: IpStatusOption = None,
    tag: TagOption = None,
    manager: ManagerOption = "",
    open_for_enquiry: OpenForEnquiryOption = False,
    without_enquiry: WithoutEnquiryOption = False,
    closes_from: ClosesFromOption = "",
    webhook: Annotated[str, typer.Option(help="回调地址 https://… / address to call")] = "",
    from_position: Annotated[
        int, typer.Option(min=0, help="自该位置起：0 现在，1 从头 / from here: 0 now, 1 all")
    ] = 0,
    reminders: Annotated[
        bool,
        typer.Option(
            "--reminders",
            help="改为提醒合作意向的期限 / hear of deadlines of enquiries, not of listings",
        ),
    ] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """保存检索，以便得知新的结果 / save a query, to hear of new hits."""
    del as_json
    said = locals()  # the options by their names
    with connected(node, token, ca, config) as client:
        answer = client.call(
            "SaveQuery",
            repeat=False,
            label=label,
            search={"query": " ".join(text or ()), "filter": search_filter(said)},
            webhook_url=webhook,
            from_position=from_position,
            reminders=reminders,
        )
    saved, secret = answer.saved_query, answer.webhook_secret
    shown = say(f"已保存：{saved.id}", f"Saved: {saved.id}")
    if secret:
        note(say("请立即保存密钥，不会再次显示。", "Keep the secret now: it is not shown again."))
        shown += "\n" + say(f"签名密钥：{secret}", f"Secret of the signatures: {secret}")
    show(shown, id=saved.id, label=saved.label, position=saved.position, webhook_secret=secret)


def saved(
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出已保存的检索及其回调状态 / list saved queries and how their webhooks go."""
    columns = [
        ("id", "编号", "id"),
        ("label", "名称", "label"),
        ("query", "检索词", "words"),
        ("filter", "筛选", "filter"),
        ("position", "位置", "position"),
        ("webhook", "回调", "webhook"),
        ("state", "状态", "state"),
        ("failures", "失败次数", "failures"),
        ("last_error", "最近错误", "last error"),
    ]
    with connected(node, token, ca, config) as client:
        answer = client.call("ListSavedQueries")
    rows = [_saved_row(one, as_json=as_json) for one in answer.saved_queries]
    show_rows("saved_queries", columns, rows)


def forget(
    query_id: IdArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """删除已保存的检索 / forget a saved query."""
    del as_json
    with connected(node, token, ca, config) as client:
        client.call("DeleteSavedQuery", repeat=False, id=query_id)
    show(say("已删除", "Forgotten"), id=query_id)


def secret(
    query_id: IdArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """更换回调密钥并恢复回调 / renew a webhook's secret, and call it again where it paused."""
    del as_json
    with connected(node, token, ca, config) as client:
        made = client.call("RotateWebhookSecret", repeat=False, id=query_id).webhook_secret
    note(say("请立即保存，不会再次显示。", "Keep it now: it is not shown again."))
    show(made, id=query_id, webhook_secret=made)


def alerts(
    query_id: IdArgument,
    after: Annotated[
        int | None,
        typer.Option(min=0, help="该位置之后，默认自保存的位置 / after this position"),
    ] = None,
    follow: Annotated[bool, typer.Option(help="持续输出 / go on as they come")] = False,
    seen: Annotated[
        bool, typer.Option(help="记为已读，下次不再列出 / keep as seen: not told next time")
    ] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出新增、变更或不再符合的结果；--follow --json 每条一行 / new, changed or gone hits."""
    asked: dict[str, Any] = {"id": query_id}
    if after is not None:
        asked["after_position"] = after
    with connected(node, token, ca, config) as client:
        if follow:
            try:
                _follow(client, asked, seen=seen, as_json=as_json)
            except KeyboardInterrupt:
                note(_next_time(asked.get("after_position")))
            return
        found = _all_pages(client, asked)
        position = found.position
        _tell(found, as_json=as_json)
        if seen:
            client.call("AcknowledgeAlerts", id=query_id, position=position)


class _Found(NamedTuple):
    hits: list[Any]
    reminders: list[Any]
    position: int


def _all_pages(client: ExchangeClient, asked: dict[str, Any]) -> _Found:
    """Return all that there is to tell now, and the position to go on from."""
    hits: list[Any] = []
    reminders: list[Any] = []
    while True:
        page = client.call("ListAlerts", page_size=_PAGE, **asked)
        hits += page.hits
        reminders += page.reminders
        asked["after_position"] = page.position
        if not page.more:
            return _Found(hits, reminders, page.position)


def _follow(client: ExchangeClient, asked: dict[str, Any], *, seen: bool, as_json: bool) -> None:
    """Write hits as they come, one a line, until the command is stopped."""
    while True:
        for message in client.stream("WatchAlerts", **asked):
            asked["after_position"] = message.position
            rows = [_hit_row(hit, as_json=as_json) for hit in message.hits]
            rows += [_reminder_row(one, as_json=as_json) for one in message.reminders]
            for row in rows:
                show_object(row) if as_json else show("  ".join(map(str, row.values())))
            if seen and rows:
                client.call("AcknowledgeAlerts", id=asked["id"], position=message.position)


def _tell(found: _Found, *, as_json: bool) -> None:
    rows = [_hit_row(hit, as_json=as_json) for hit in found.hits]
    reminders = [_reminder_row(one, as_json=as_json) for one in found.reminders]
    if as_json:
        show_object({"hits": rows, "reminders": reminders, "position": found.position})
        return
    if reminders:
        show_rows("reminders", _REMINDER_COLUMNS, reminders)
        note(_next_time(found.position))
        return
    columns = [
        ("position", "位置", "position"),
        ("change", "变化", "change"),
        ("state", "状态", "state"),
        ("title", "名称", "title"),
        ("member", "来源", "member"),
        ("region", "地区", "region"),
        ("provisional", "待确认", "provisional"),
        ("name", "记录名", "name"),
    ]
    show_rows("hits", columns, rows)
    note(_next_time(found.position))


_REMINDER_COLUMNS = [
    ("position", "序号", "number"),
    ("moment", "时机", "moment"),
    ("due_on", "期限", "due on"),
    ("awaits", "等待", "awaits"),
    ("owed_by", "责任方", "owed by"),
    ("name", "合作意向", "enquiry"),
]


def _reminder_row(one: Any, *, as_json: bool) -> dict[str, Any]:
    return {
        "position": one.position,
        "moment": _named(_MOMENTS, one.moment, as_json=as_json),
        "due_on": one.due_on,
        "awaits": _named(_AWAITED, one.awaits, as_json=as_json),
        "owed_by": one.owed_by,
        "name": one.name,
    }


def _next_time(position: int | None) -> str:
    after = "" if position is None else f"--after {position}"
    return say(f"下次：{after}", f"Next time: {after}")


def _hit_row(hit: Any, *, as_json: bool) -> dict[str, Any]:
    return {
        "position": hit.position,
        "change": _named(_CHANGES, hit.change, as_json=as_json),
        "state": _named(_LISTING_STATES, hit.state, as_json=as_json),
        "title": hit.title,
        "member": hit.member,
        "region": hit.region,
        "provisional": hit.provisional,
        "revision": hit.revision,
        "name": hit.name,
    }


def _saved_row(one: Any, *, as_json: bool) -> dict[str, Any]:
    from node.commands import records

    reason, error = one.webhook.paused_reason, one.webhook.last_error
    state = _named(_STATES, one.webhook.state, as_json=as_json)
    return {
        "id": one.id,
        "label": one.label,
        "query": one.query,
        "filter": ", ".join(
            f"{path}={value}" if as_json else filter_words(path, value)
            for path, value in records.cells(one.filter)
        ),
        "position": one.position,
        "webhook": one.webhook.url,
        "state": f"{state} {reason}".rstrip(),
        "failures": one.webhook.failures,
        "last_error": error if as_json else told(error),
    }


def _named(names: dict[int, tuple[str, str]], number: int, *, as_json: bool) -> str:
    """Return the name of a number, in JSON always the English one."""
    if number not in names:
        return ""
    return names[number][1] if as_json else say(*names[number])
