"""`ydx search`: find listings of all regions in a node's verified copies, and rebuild its index.

`ydx search 高温合金` is short for `ydx search find 高温合金`. Saved queries are in `search_alerts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from node.choice_words import CHOICES
from node.commands import search_alerts
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.output import JsonOption, note, say, show, show_object, show_rows
from node.commands.search_options import (
    BudgetMinOption,
    BudgetOption,
    ChangedAfterOption,
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
    facet_name,
    search_filter,
)
from node.commands.settings import ConfigOption
from node.commands.words import enum_name, spoken_and_typed, typed_choice, why_words, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FIND = "find"


class _FindByDefault(TyperGroup):
    """A group whose first word may be left out where it is `find`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [_FIND, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_FindByDefault, no_args_is_help=True, help="检索全部地区的供需 / find listings"
)


@app.command(_FIND)
def find(
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
    changed_after: ChangedAfterOption = 0,
    sort: Annotated[str, typer.Option(help="relevance, newest, closing_soon / 排序")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="条数 / how many")] = 20,
    page_token: Annotated[str, typer.Option(help="下一页标记 / token of the next page")] = "",
    facets: Annotated[bool, typer.Option(help="各筛选值计数 / count each filter")] = False,
    ask_origin: Annotated[bool, typer.Option(help="同时询问来源节点 / ask origins live")] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """检索供需 / find listings, best first."""
    said = locals()  # the options by their names
    with connected(node, token, ca, config) as client:
        answer = client.call(
            "SearchListings",
            query=" ".join(text or ()),
            filter=search_filter(said),
            sort=typed_choice("SEARCH_SORT", sort),
            page_size=limit,
            page_token=page_token,
            with_facets=facets,
            ask_origin=ask_origin,
        )
    if as_json:
        from node.commands import records

        show_object(records.as_json(answer))
        return
    _tell(answer)


@app.command()
def rebuild(
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """重建检索索引，期间照常服务 / build the index again while the old one serves."""
    from rich.console import Console
    from rich.progress import Progress

    del as_json
    done = 0
    with (
        connected(node, token, ca, config) as client,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task(say("重建索引", "building"), total=None)
        for step in client.stream("RebuildIndex"):
            done = step.done
            bar.update(task, completed=step.done, total=step.total)
    show(say(f"已重建索引：{done} 条", f"The index was built: {done} listings"), listings=done)


for _command in (
    search_alerts.save,
    search_alerts.saved,
    search_alerts.forget,
    search_alerts.secret,
    search_alerts.alerts,
):
    app.command()(_command)


def _tell(answer: Any) -> None:
    """Write the answer for a person: hits, counts, and how fresh each copy is."""
    columns = [
        ("title", "名称", "title"),
        ("kind", "类别", "kind"),
        ("member", "来源", "member"),
        ("region", "地区", "region"),
        ("trl", "就绪度", "TRL"),
        ("score", "得分", "score"),
        ("provisional", "待确认", "provisional"),
        ("where", "所在", "where"),
        ("name", "记录名", "name"),
    ]
    show_rows("hits", columns, map(_row, answer.hits))
    note(_counted(answer))
    for facet in answer.facets:
        counts = ", ".join(f"{_counted_value(value)} ({value.count})" for value in facet.values)
        note(f"  {facet_name(facet.field)}: {counts}")
    if answer.suggestions:
        note(say("您是否想找：", "Did you mean: ") + "; ".join(answer.suggestions))
    for line in freshness(answer.origins):
        note(line)
    for asked in answer.asked_origins:
        if not asked.answered:
            why = why_words(asked.why)
            note(say(f"{asked.member} 未应答：{why}", f"{asked.member}: {why}"))
    if answer.next_page_token:
        note(say("下一页：", "Next page: ") + f"--page-token {answer.next_page_token}")


def _counted_value(value: Any) -> str:
    typed = spoken_and_typed(value.value)
    return f"{typed}…{value.last}" if value.last else typed


def _counted(answer: Any) -> str:
    """Return how many match and are shown: `total` counts those with all words, if any has."""
    total, shown = answer.total, len(answer.hits)
    some = sum(hit.partial_words for hit in answer.hits)
    if some and not answer.partial_words:
        return say(
            f"{total} 条含全部词，显示 {shown} 条：其后 {some} 条含部分词",
            f"{total} hold all words, {shown} shown: below them {some} that hold some",
        )
    none = say("（无一条含全部词，以下含部分）", " (none holds all words)")
    return say(f"共 {total} 条，显示 {shown} 条", f"{total} match, {shown} shown") + (
        none if answer.partial_words and shown else ""
    )


def _row(hit: Any) -> dict[str, Any]:
    listing = hit.listing
    return {
        "title": listing.public.title,
        "kind": word(CHOICES["LISTING_KIND_"], enum_name(listing.public, "kind")),
        "member": listing.info.member,
        "region": listing.public.region,
        "trl": listing.public.trl or "",
        "score": f"{hit.score:.2f}" if hit.score else "",
        "provisional": listing.info.provisional,
        "where": _marked(hit.highlights),
        "name": listing.name,
    }


def _marked(highlights: Iterable[Any]) -> str:
    """Return the first piece that is not the title, its words in brackets."""
    for one in highlights:
        if one.field.startswith("public.title"):
            continue
        text, end = "", 0
        for span in one.spans:
            text += f"{one.text[end : span.start]}[{one.text[span.start : span.end]}]"
            end = span.end
        return f"{text}{one.text[end:]}"
    return ""


def freshness(origins: Iterable[Any]) -> Iterator[str]:
    """Yield a line for each origin whose copy is not complete."""
    states = {2: say("陈旧", "stale"), 3: say("不全", "partial")}
    for one in origins:
        if one.state in states:
            yield f"  {one.member}: {states[one.state]}" + say("（{}）", " ({})").format(
                why_words(one.why)
            )
