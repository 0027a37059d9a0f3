"""`ydx receipt verify`: what a receipt proves, without any network.

Trust comes from root.json alone; the registry, which holds the keys, and targets.json, which signs
it, come along with the receipt (`receipt_files`), lie beside root.json or in `--trust-dir`, and
prove themselves against it: signed by the keys of the newest root that it leads to. The newest that
do count. Whose they are, until when they are valid, and whether they may be out of date (expired,
or without snapshot.json and timestamp.json) is told, and refuses nothing.

A file may hold several receipts, one after the other, as of the steps of an enquiry: each is
checked, and the worst of them is the verdict.

Exit codes: 0 proven and confirmed by a quorum; 1 refused, its reason told; 3 proven to be the
origin's word, but provisional: fewer witnesses than the quorum.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.output import JsonOption, note, say, show, show_object, show_rows
from node.commands.times import beijing_heading, beijing_time_of
from node.commands.words import OPERATIONS, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.trust.proven_receipt import OpenedPart, ProvenReceipt
    from federation.trust.registry import Registry
    from federation.trust.tuf_file import TrustFile
    from federation.trust.tuf_state import TrustState

app = typer.Typer(no_args_is_help=True, help="收据 / receipts")

PROVISIONAL = 3
_VERDICTS = ("provisional", "confirmed")
_SEALED_PARTS = ("document", "personal")
_PARTS = {
    "public": ("公开", "public"),
    "members": ("成员", "members"),
    "origin": ("不出域", "origin"),
    "document": ("文件", "document"),
    "personal": ("个人信息", "personal"),
}
_SPOILT = frozenset({"BAD_PROOF", "PART_DOES_NOT_OPEN", "PART_MISPLACED"})
_SPOILT_CURE = (
    "收据被改动或损坏，不能证明任何内容；请向出具方重新取得",
    "The receipt was changed or damaged and proves nothing; get it again from who gave it",
)
_NO_TRUST_CURE = (
    "使用收据所属联盟的 root.json；密钥更换之前的文件不再算数：请重新取得收据，或用新的 trust 目录",
    (
        "Use root.json of the receipt's federation; files from before a change of keys count no "
        "more: get the receipt again, or a newer trust folder"
    ),
)
_FILES = ("targets.json", "registry.json")

TrustDirOption = Annotated[
    Path | None,
    typer.Option(
        "--trust-dir",
        help="registry.json 与 targets.json 所在目录，默认与 root.json 同处 / folder of "
        "registry.json and targets.json, by default that of root.json",
    ),
]


@app.command()
def verify(
    file: Annotated[
        Path, typer.Argument(help="收据文件（可含多份）/ file of one or more receipts")
    ],
    root: Annotated[
        Path, typer.Option("--root", help="联盟的 root.json / root.json of the federation")
    ],
    trust_dir: TrustDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """离线验证收据 / verify a receipt offline.

    退出码：已证明且达到法定见证数为 0，被拒为 1，已证明但待确认为 3 / exits 0 proven and confirmed,
    1 refused, 3 proven but provisional.
    """
    import time

    from federation.trust.carrying import carried
    from node.storage.trust_folder import files_beside

    raw = read_file(file)
    state = read_trust_of(root, trust_dir, carried(raw))
    own = state.files()[-1] in files_beside((trust_dir or root.parent) / root.name)
    proven = _prove(state.registry, raw)
    trust = {
        "registry_version": state.registry.version,
        "registry_expires": _time(state.expires),
        "registry_stale": state.stale(time.time()),
        "registry_from": "folder" if own else "receipt",
    }
    answers = [receipt_json(one) | trust for one in proven]
    _name_alike(answers)
    is_confirmed = all(one.is_confirmed for one in proven)
    if not as_json:
        for answer in answers:
            _tell(answer)
    elif len(answers) == 1:
        show_object(answers[0])
    else:
        show_object({"verdict": _VERDICTS[is_confirmed], "receipts": answers})
    if not is_confirmed:
        raise typer.Exit(PROVISIONAL)


def _prove(registry: Registry, raw: bytes) -> list[ProvenReceipt]:
    """Return what receipts prove; the cure of a spoilt one is that of who holds a file."""
    from federation.log.errors import Refused
    from federation.trust.proven_receipt import prove_receipts

    try:
        return prove_receipts(registry, raw)
    except Refused as refusal:
        if refusal.reason not in _SPOILT:
            raise
        raise Refused(
            refusal.reason, refusal.what, cure=_SPOILT_CURE, **refusal.metadata
        ) from refusal


def receipt_json(proven: ProvenReceipt) -> dict[str, Any]:
    """Return what is proven, as JSON; its fields are stable.

    {"verdict": "confirmed" | "provisional", "origin", "member", "record", "revision", "operation",
    "kind", "leaf_index", "tree_size", "root" (hex), "recorded_at", "cosigned_by": [{"member",
    "at"}], "required", "parts": {part: content, null where it is not opened}}, and of the trust
    that it was proven with {"registry_version", "registry_expires", "registry_stale",
    "registry_from": "receipt" | "folder"}

    Parts of a sealed entry are called "document" and "personal"; each that is opened is {"subject",
    "revision", "named": [member], "content" (base64)}, a document with the "name" of its enquiry or
    contract and the time of "recorded_at", both empty where it does not tell them. Several receipts
    of one file stand in {"verdict", "receipts": [the above]}.
    """
    from federation.log.entry import Operation

    entry, checkpoint = proven.entry, proven.checkpoint
    return {
        "verdict": _VERDICTS[proven.is_confirmed],
        "origin": checkpoint.origin,
        "member": proven.member,
        "record": proven.record,
        "revision": entry.revision,
        "operation": Operation(entry.operation).name if entry.operation else "",
        "kind": entry.kind,
        "leaf_index": proven.leaf_index,
        "tree_size": checkpoint.tree_size,
        "root": checkpoint.root.hex(),
        "recorded_at": _time(entry.recorded_at_ms / 1000) if entry.recorded_at_ms else "",
        "cosigned_by": [
            {"member": member, "at": _time(at_s)} for member, at_s in proven.cosigned_at_s.items()
        ],
        "required": proven.required,
        "parts": _parts(proven),
    }


def _name_alike(answers: Sequence[dict[str, Any]]) -> None:
    """Give all documents of one subject the name that one of them tells."""
    opened = [document for one in answers if (document := _document(one))]
    names = {one["subject"]: one["name"] for one in opened if one["name"]}
    for one in opened:
        one["name"] = names.get(one["subject"], "")


def _document(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the sealed document that a receipt opens; empty where it opens none."""
    opened = answer["parts"].get(_SEALED_PARTS[0])
    return opened if isinstance(opened, dict) and "subject" in opened else {}


def _parts(proven: ProvenReceipt) -> dict[str, Any]:
    """Return the contents by part; null where the receipt does not open it, a text where void."""
    from federation.log.entry import Audience
    from federation.log.errors import Refused
    from federation.records.codec import parse_content
    from node.commands.records import as_json

    parts: dict[str, Any] = {}
    for number, (audience, _) in enumerate(proven.entry.parts):
        is_sealed = audience is Audience.NAMED
        name = _SEALED_PARTS[number] if is_sealed else audience.name.lower()
        opened = proven.opened.get(number)
        if opened is None:
            parts[name] = None
        elif is_sealed:
            parts[name] = _sealed(proven.member, opened, is_document=not number)
        else:
            try:
                parts[name] = as_json(parse_content(proven.entry.kind, audience, opened.content))
            except Refused as refusal:
                parts[name] = f"void: {refusal.what}"
    return parts


def _sealed(member: str, opened: OpenedPart, *, is_document: bool) -> dict[str, Any]:
    from base64 import b64encode

    from federation.log.subject import subject_text
    from node.commands.sealed_texts import document_name, document_time_ms

    more = {}
    if is_document:
        time_ms = document_time_ms(opened.content)
        more = {
            "name": document_name(opened.content, member, opened.header.subject),
            "recorded_at": _time(time_ms / 1000) if time_ms else "",
        }
    return {
        **more,
        "subject": subject_text(opened.header.subject),
        "revision": opened.header.revision,
        "named": list(opened.header.named),
        "content": b64encode(opened.content).decode(),
    }


def _tell(answer: dict[str, Any]) -> None:
    document = _document(answer)
    witnesses = [f"{one['member']} ({beijing_time_of(one['at'])})" for one in answer["cosigned_by"]]
    recorded_at = answer["recorded_at"] or document.get("recorded_at", "")
    revision = answer["revision"] or document.get("revision", "")
    facts = [
        ("来源", "origin", answer["origin"]),
        ("记录", "record", _entry_words(answer)),
        ("名称", "name", document.get("name", "")),
        ("所述", "says", _says(document)),
        ("修订", "revision", f"{revision} {word(OPERATIONS, answer['operation'])}".strip()),
        ("叶序号", "leaf index", answer["leaf_index"]),
        ("日志大小", "tree size", answer["tree_size"]),
        ("根", "root", answer["root"]),
        (
            *beijing_heading("来源所记时间", "recorded at"),
            recorded_at and beijing_time_of(recorded_at),
        ),
        (*beijing_heading("见证", "cosigned by"), witnesses),
        ("法定见证数", "quorum", f"{len(witnesses)} / {answer['required']}"),
        *(
            (f"内容 {word(_PARTS, part)}", f"{part} part", _summary(content))
            for part, content in answer["parts"].items()
        ),
        ("登记表", "registry", _registry_words(answer)),
    ]
    columns = [("fact", "项目", "fact"), ("value", "值", "value")]
    rows = [{"fact": say(zh, en), "value": text} for zh, en, text in facts if text != ""]
    show_rows("facts", columns, rows)
    if answer["registry_stale"]:
        note(
            say(
                "登记表可能不是最新：此后的密钥变更不在其中。",
                "The registry may not be the newest: later changes of keys are not in it.",
            )
        )
    if answer["verdict"] == "confirmed":
        show(say("已证明，且达到法定见证数", "proven, and confirmed by a quorum of witnesses"))
    else:
        show(
            say(
                "已证明为该来源所述，但未达到法定见证数：待确认",
                "proven to be the origin's word, but without a quorum of witnesses: provisional",
            )
        )


def _registry_words(answer: dict[str, Any]) -> str:
    """Return which registry proved it, whose file it is and how long it is valid."""
    number, day = answer["registry_version"], beijing_time_of(answer["registry_expires"])[:10]
    if answer["registry_from"] == "receipt":
        return say(
            f"{number}（随收据附带，有效至 {day}）", f"{number} (of the receipt, valid until {day})"
        )
    return say(
        f"{number}（自有文件，有效至 {day}）", f"{number} (of your folder, valid until {day})"
    )


def _entry_words(answer: dict[str, Any]) -> str:
    """Return the name of the record, else what the entry is; of what is opened, what it says."""
    from base64 import b64decode

    from node.commands.sealed_texts import document_words, kind_words

    opened = _document(answer)
    if opened and not answer["record"]:
        return document_words(b64decode(opened["content"]))
    return answer["record"] or kind_words(answer["kind"])


def _says(document: dict[str, Any]) -> str:
    """Return the words and amounts of a document, "" where there is none."""
    from base64 import b64decode

    from node.commands.sealed_texts import document_says

    return document_says(b64decode(document["content"])) if document else ""


def _summary(content: Any) -> str:
    """Return the title of a content, or how many fields it has."""
    if content is None:
        return say("未附带", "not opened")
    if isinstance(content, str):
        return content
    if "named" in content:
        named = ", ".join(content["named"])
        return say(f"{content['subject']}（可阅：{named}）", f"{content['subject']} (for {named})")
    fields = say(f"{len(content)} 个字段", f"{len(content)} fields")
    return f"{content['title']}（{fields}）" if "title" in content else fields


def read_trust_of(
    root: Path, trust_dir: Path | None, along: Sequence[TrustFile] = ()
) -> TrustState:
    """Return what follows from the root file, by the files of its folder and those given `along`.

    Refuses TRUST_FILE_REFUSED where there are files and none follows; BAD_CONFIG names those that
    are missing.
    """
    from federation.log.errors import Refused, YdxError
    from node.storage.trust_folder import files_beside, read_trust

    folder = trust_dir or root.parent
    elsewhere = files_beside(folder / root.name) if trust_dir else ()
    state = read_trust(root, (*along, *elsewhere), accepted=False)
    if not state.has_registry:
        missing = [name for name in _FILES if not (folder / name).exists()]
        if missing and not along:
            text = (
                f"{folder} lacks {', '.join(missing)}; take the whole trust folder, or --trust-dir"
            )
            raise YdxError("BAD_CONFIG", text, folder=str(folder))
        text = f"registry.json and targets.json of {folder} do not follow from {root}"
        if missing:
            text = f"registry.json and targets.json of the receipt do not follow from {root}"
        raise Refused(
            "TRUST_FILE_REFUSED", text, cure=_NO_TRUST_CURE, folder=str(folder), root=str(root)
        )
    return state


def read_file(file: Path, most_bytes: int = -1) -> bytes:
    """Return the bytes of a file, the first `most_bytes` if given, or refuse it (BAD_FILE)."""
    from federation.log.errors import Refused

    try:
        with file.open("rb") as opened:
            return opened.read(most_bytes)
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror}"
        raise Refused("BAD_FILE", what, file=str(file)) from error


def _time(unix_s: float) -> str:
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="seconds")
    except (OverflowError, OSError, ValueError):
        return str(unix_s)
