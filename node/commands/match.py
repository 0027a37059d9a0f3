"""`ydx match`: the best partners of a demand or supply, with the reasons of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.contract_texts import yuan
from node.commands.output import JsonOption, note, say, say_in_answer, show, show_object
from node.commands.search import freshness
from node.commands.settings import ConfigOption
from node.commands.words import MATCH_NOTES, spoken, word

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNALS = {
    1: ("文本", "text"),
    2: ("领域", "field"),
    3: ("指标", "indicator"),
    4: ("就绪度", "TRL"),
    5: ("转化方式", "transfer mode"),
    6: ("预算", "budget"),
    7: ("地区", "region"),
    8: ("时效", "freshness"),
}
_BUDGET = 6
_VERDICTS = {"useful": 1, "not-useful": 2, "none": 0}


def match(
    name: Annotated[str, typer.Argument(help="记录名 / name of the demand or supply")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="条数 / how many")] = 10,
    region: Annotated[str, typer.Option(help="偏好地区代码 / preferred region")] = "",
    candidate: Annotated[str, typer.Option(help="所评的匹配 / the match that is judged")] = "",
    feedback: Annotated[
        str, typer.Option(help="useful, not-useful 或 none / say whether it was useful")
    ] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """匹配供需并给出理由 / match a demand or supply, and say why."""
    from node.commands import records

    if candidate and not feedback:
        text = say_in_answer(
            "评价候选须以 --feedback 写明 useful、not-useful 或 none",
            "say with --feedback what you think of it: useful, not-useful or none",
        )
        raise typer.BadParameter(text, param_hint="--candidate")
    if feedback and (feedback not in _VERDICTS or not candidate):
        text = say_in_answer(
            "须为 useful、not-useful 或 none，并以 --candidate 指明候选",
            "give useful, not-useful or none, with --candidate NAME",
        )
        raise typer.BadParameter(text, param_hint="--feedback")
    with connected(node, token, ca, config) as client:
        if feedback:
            verdict = _VERDICTS[feedback]
            answer = client.call(
                "GiveMatchFeedback", name=name, candidate=candidate, verdict=verdict
            )
        else:
            answer = client.call(
                "MatchListings", name=name, page_size=limit, preferred_region=region
            )
    if as_json:
        show_object(records.as_json(answer))
    elif feedback:
        said = answer.feedback
        note(
            say(f"有用 {said.useful}，无用 {said.not_useful}", f"{said.useful} / {said.not_useful}")
        )
    else:
        _tell(answer)


def _tell(answer: Any) -> None:
    for place, one in enumerate(answer.matches, 1):
        listing = one.listing
        provisional = say("（待确认）", " (provisional)") if listing.info.provisional else ""
        show(
            f"{place:>3}  {one.score:>4}  {listing.public.title}  {listing.info.member}"
            f"{provisional}\n{'':11}{listing.name}"
        )
        for reason in one.reasons:
            show(f"{'':11}{_reason(reason)}")
        if one.feedback.useful or one.feedback.not_useful:
            said = one.feedback
            show(f"{'':11}" + say("评价", "feedback") + f" +{said.useful} −{said.not_useful}")
    if not answer.matches:
        note(say("没有可匹配的供需", "Nothing matches"))
    sizes = ", ".join(f"{one.origin} {one.tree_size}" for one in answer.sizes)
    note(say(f"依据的日志：{sizes}", f"From the logs: {sizes}"))
    for line in freshness(answer.origins):
        note(line)


def _reason(reason: Any) -> str:
    heading = say(*_SIGNALS.get(reason.signal, ("?", "?")))
    told = f"{reason.points:+d}  {heading}"
    if reason.terms:
        return f"{told}: " + ", ".join(_words(reason))
    is_money = reason.signal == _BUDGET
    told += ": " + " | ".join(_ground(one, is_money) for one in (reason.demand, reason.supply))
    if reason.note:
        told += say("（{}）", " ({})").format(word(MATCH_NOTES, reason.note))
    return told


def _ground(ground: Any, is_money: bool) -> str:
    """Return what a listing says: amounts in yuan, the names of choices in words."""
    if is_money:
        return f"{yuan(int(ground.value))}{say(' 元', ' CNY')}"
    names = ground.value.split(" ")
    modes = [spoken(name) for name in names]
    return ground.value if modes == names else say("、", ", ").join(modes)


def _words(reason: Any) -> Iterator[str]:
    """Yield each term as it stands in the supply."""
    for term in reason.terms:
        marked = [term.supply.text[one.start : one.end] for one in term.supply.spans]
        yield marked[0] if marked else term.term
