"""Enquiries as text for a person: where one stands, who may do what next, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from node.commands.output import note, say, show, show_rows
from node.commands.times import beijing_heading, beijing_time
from node.commands.words import (
    AWAITED,
    DUES,
    NOTES,
    STEPS,
    VOIDS,
    enum_name,
    spoken,
    step_to_take,
    why_words,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def tell_written(answer: Any, done: tuple[str, str], *, dry_run: bool) -> None:
    """Say what a write came to, and what may come next; `done` where the state does not tell it."""
    for warning in answer.warnings if hasattr(answer, "warnings") else ():
        note(say(warning.text_zh, warning.text_en))
    if dry_run:
        show(say("检查通过，未写入", "Nothing is wrong; nothing was written"))
        return
    enquiry = answer.enquiry
    told = say(f"{enquiry.name}：{state(enquiry)}", f"{enquiry.name}: {state(enquiry)}")
    if any(done):
        told += say(f"；{done[0]}", f"; {done[1]}")
    if not answer.changed:
        told += say("（此前已有，未改变）", " (said before, unchanged)")
    show(told)
    _tell_next(enquiry)


def tell_page(page: Any) -> None:
    """Write a list, and how complete it is."""
    columns = [
        ("due", "期限", "due"),
        ("days_left", "剩余工作日", "days left"),
        ("state", "状态", "state"),
        ("waits_for", "待", "waits for"),
        ("asked_by", "提出方", "asked by"),
        ("provisional", "待确认", "provisional"),
        ("name", "名称", "name"),
    ]
    show_rows("enquiries", columns, map(_row, page.enquiries))
    for origin in page.origins:
        if origin.why:
            note(f"{origin.member}: {why_words(origin.why)}")
    if page.next_page_token:
        note(say("下一页：", "Next page: ") + f"--page-token {page.next_page_token}")


def tell_answer(answer: Any) -> None:
    """Write one enquiry: its documents in order, contacts, and what may come next."""
    enquiry = answer.enquiry
    show(f"{enquiry.name}  {state(enquiry)}")
    for zh, en, text in _submitted(enquiry):
        if text:
            show(f"{say(zh, en)}  {text}")
    columns = [
        ("at", *beijing_heading("时间", "time")),
        ("author", "作者", "author"),
        ("said", "文件", "document"),
        ("text", "内容", "text"),
        ("stands", "效力", "stands"),
        ("confirmed", "已确认", "confirmed"),
    ]
    show_rows("documents", columns, map(_document, _in_order(answer.documents)))
    if answer.documents_left_out:
        count = answer.documents_left_out
        note(say(f"另有 {count} 份文件未显示", f"{count} more documents are not shown"))
    for given in answer.contacts:
        for person in given.contacts.persons:
            told = [person.name, person.role, person.phone, person.email, person.address]
            show(f"{say('联系人', 'contact')} {given.member}  {' '.join(filter(None, told))}")
    _tell_next(enquiry)
    for origin in answer.origins:
        if origin.why:
            note(f"{origin.member}: {why_words(origin.why)}")


def _submitted(enquiry: Any) -> Iterator[tuple[str, str, str]]:
    """Yield what was asked, by whom, and by when something is due, as (heading, heading, text)."""
    said = enquiry.submission
    asking = said.from_organisation
    yield "信息", "listing", said.listing.name
    yield (
        "提出方",
        "asked by",
        f"{asking.name} {asking.uscc} ({enquiry.enquirer})".replace("  ", " "),
    )
    yield "地区", "region", _region(said.from_region)
    yield "合作方式", "cooperation", say("、", ", ").join(_modes(said))
    yield "提出方信息", "asker's listing", said.own_listing
    yield "保密协议", "NDA", say("须签署", "needed") if said.nda else ""
    yield "内容", "message", enquiry.message
    for one in enquiry.deadlines:
        zh, en = DUES.get(enum_name(one, "kind"), ("期限", "due"))
        left = _days(one)
        yield (
            zh,
            en,
            say(f"{one.day}（{one.owed_by}，{left}）", f"{one.day} ({one.owed_by}, {left})"),
        )


def _region(code: str) -> str:
    """Return a region's code with its name, where the table has one."""
    from federation.records.code_tables import REGIONS

    return " ".join(filter(None, (code, REGIONS.get(code, ""))))


def _modes(said: Any) -> Iterator[str]:
    field = said.DESCRIPTOR.fields_by_name["proposed_modes"]
    for number in said.proposed_modes:
        value = field.enum_type.values_by_number.get(number)
        yield spoken(value.name) if value else str(number)


def _days(deadline: Any) -> str:
    """Return how many working days are left, or how many have passed since."""
    left = deadline.days_left
    if deadline.overdue:
        return say(f"已逾期 {-left} 个工作日", f"{-left} working days overdue")
    return say(f"剩余 {left} 个工作日", f"{left} working days left")


def _in_order(documents: Iterable[Any]) -> list[Any]:
    """Return documents by time, an answer never before what it answers.

    Times are the authors' own: one whose clock is behind counts as late as what it answers.
    """
    listed = list(documents)
    by_place = {_place(one.document): one for one in listed}

    def key(one: Any) -> tuple[int, int]:
        depth, latest_ms, at = 0, 0, one
        while at is not None and depth <= len(listed):
            depth, latest_ms = depth + 1, max(latest_ms, _recorded_at_ms(at))
            at = by_place.get(_place(_answered(at)))
        return latest_ms, depth

    return sorted(listed, key=key)


def _answered(one: Any) -> Any:
    """Return the reference of the document that a step answers, or a note is about."""
    content = one.content
    return content.note.about if content.HasField("note") else content.step.answers


def _place(ref: Any) -> tuple[str, int]:
    return ref.origin, ref.leaf_index


def _recorded_at_ms(one: Any) -> int:
    which = one.content.WhichOneof("document")
    return int(getattr(one.content, which).recorded_at_ms) if which else 0


def state(enquiry: Any) -> str:
    """Return the state, with what is to be known of it."""
    told = word(STEPS, _kind(enquiry.state)) if enquiry.state else say("未到", "not here yet")
    if enquiry.provisional:
        told += say("（待确认）", " (provisional)")
    return told


def _tell_next(enquiry: Any) -> None:
    """Say who may do what, until when."""
    days: dict[str, Any] = {}
    for deadline in enquiry.deadlines:
        days.setdefault(deadline.owed_by, deadline)
    for steps in enquiry.next_steps:
        kinds = say("、", ", ").join(step_to_take(_kind(kind)) for kind in steps.kinds)
        deadline = days.get(steps.member)
        until_zh = f"，期限 {deadline.day}" if deadline else ""
        until_en = f" until {deadline.day}" if deadline else ""
        note(say(f"{steps.member} 可：{kinds}{until_zh}", f"{steps.member} may: {kinds}{until_en}"))
    if enquiry.ended:
        note(say("已结束", "It has ended"))
    for deadline in enquiry.deadlines:
        if deadline.reminder:
            owes = say(
                f"{deadline.owed_by} 的期限 {deadline.day}：",
                f"{deadline.owed_by} owes by {deadline.day}: ",
            )
            note(owes + _days(deadline))
    for awaited in enquiry.waits_for:
        why = word(AWAITED, enum_name(awaited, "reason"))
        place = f"{awaited.document.origin} {awaited.document.leaf_index}"
        note(say(f"等待文件 {place}（{why}）", f"waits for document {place} ({why})"))


def _row(enquiry: Any) -> dict[str, Any]:
    first = enquiry.deadlines[0] if enquiry.deadlines else None
    asking = enquiry.submission.from_organisation
    return {
        "due": first.day if first else "",
        "days_left": str(first.days_left) if first else "",
        "state": word(STEPS, _kind(enquiry.state)) if enquiry.state else "",
        "waits_for": first.owed_by if first else "",
        "asked_by": f"{asking.name} ({enquiry.enquirer})",
        "provisional": enquiry.provisional,
        "name": enquiry.name,
    }


def _document(one: Any) -> dict[str, Any]:
    which = one.content.WhichOneof("document") or ""
    said: Any = getattr(one.content, which) if which else None
    kind, text = which, ""
    if which == "step":
        kind, text = word(STEPS, _kind(said.kind)), said.reason or said.message
    elif which == "note":
        kind, text = word(NOTES, enum_name(said, "kind")), said.text
    void = word(VOIDS, one.void_reason) if one.void_reason else say("等待", "waits")
    stands = say("有效", "valid") if one.valid else void
    at_ms = _recorded_at_ms(one)
    return {
        "at": beijing_time(at_ms / 1000) if at_ms else "",
        "author": one.author,
        "said": kind,
        "text": text,
        "stands": stands,
        "confirmed": one.confirmed,
    }


def _kind(number: int) -> str:
    """Return the name of a step."""
    from federation.partnership.steps import StepKind

    try:
        return StepKind(number).name
    except ValueError:
        return str(number)
