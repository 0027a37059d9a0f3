"""`ydx ledger verify`: what a bundle of books, or a note of reconcile, proves offline.

Trust comes from root.json alone, as for `ydx receipt verify`; a bundle brings the other trust files
along, for a note they lie beside root.json. What a bundle proves, and what it
cannot, stands in `federation.ledger.bundle_verification`.

Exit codes: 0 verified; 1 refused, or at least one difference; 3 no difference, but some logs are
vouched for by fewer witnesses than the quorum.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from node.commands.contract_texts import yuan
from node.commands.ledger_texts import account
from node.commands.output import (
    FAILED,
    JsonOption,
    note,
    say,
    say_in_answer,
    show,
    show_object,
    show_rows,
)
from node.commands.receipt import PROVISIONAL, TrustDirOption, read_file, read_trust_of

if TYPE_CHECKING:
    from federation.ledger.bundle_verification import VerifiedBooks
    from federation.trust.tuf_state import TrustState

_VERDICTS: Final = {
    "verified": ("已验证", "verified"),
    "provisional": (
        "无差异，但部分日志未达到法定见证数：待确认",
        "no difference, but some logs are without a quorum of witnesses: provisional",
    ),
    "differs": ("有差异：不可采信", "differs: do not rely on it"),
}
_STALE: Final = (
    "登记表可能不是最新：此后的密钥变更不在其中。",
    "The registry may not be the newest: later changes of keys are not in it.",
)
KINDS: Final = {
    "RECEIPT_CHANGED": ("收据的摘要与清单不符", "the receipt is not the one that is listed"),
    "RECEIPT_REFUSED": ("收据未通过验证", "the receipt is refused"),
    "RECEIPT_ELSEWHERE": ("收据所证的位置与清单不符", "the receipt proves another place"),
    "RECEIPT_TWICE": ("同一条目有两份收据", "an entry has two receipts"),
    "NOT_OPENED": ("文件内容未附带", "the document is not opened"),
    "NOT_OF_THESE_BOOKS": ("不属于本协议", "it is not of this agreement"),
    "CHECKPOINT_VOID": ("检查点无效", "the checkpoint does not count"),
    "TWO_ROOTS": ("同一大小有两个根：日志分叉", "two roots at one size: the log has forked"),
    "NO_AGREEMENT": ("缺少协议首版", "the agreement's first version is not here"),
    "DOCUMENT_MISSING": ("缺少裁定所引的文件", "an outcome names it, and it is not here"),
    "DISPUTED": ("中心的数额与重算不符", "the center's figures are not those computed here"),
    "FOLD_STOPPED": ("缺少文件，重算到此为止", "documents are missing: computing stopped here"),
    "TOO_MANY_VOID": (
        "无效裁定过多：重算到此为止",
        "too many outcomes are void: computing stopped here",
    ),
    "BEYOND_SIZE": ("超出日志大小", "it is beyond the size of the log"),
    "SUMMARY": ("所称与重算不符", "what is claimed is not what is computed"),
}
"""Kind of difference → (Chinese, English)."""


def verify(
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", help="账目包文件 / file with the bundle of the books"),
    ] = None,
    equal: Annotated[
        Path | None,
        typer.Option("--equal", help="或 reconcile 的证明文件 / or the signed note of reconcile"),
    ] = None,
    root: Annotated[
        Path,
        typer.Option("--root", help="联盟的 root.json / root.json of the federation"),
    ] = Path("root.json"),
    trust_dir: TrustDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """离线验证账目包或对账证明 / verify a bundle of books, or a note of reconcile, offline.

    退出码：已验证为 0，被拒或有差异为 1，无差异但待确认为 3 / exits 0 verified, 1 refused or
    different, 3 provisional.
    """
    import time

    from federation.ledger.bundle import BUNDLE_BYTES_MAX, carried
    from federation.ledger.bundle_verification import verify_bundle

    if (bundle is None) == (equal is None):
        raise typer.BadParameter(
            say_in_answer("请给出 --bundle 或 --equal 之一", "give one of --bundle and --equal"),
            param_hint="--bundle",
        )
    if bundle is None:
        _verify_equal(equal, read_trust_of(root, trust_dir), as_json=as_json)
        return
    # One byte more is enough to be refused; a file of any size must not fill the memory.
    raw = read_file(bundle, BUNDLE_BYTES_MAX + 1)
    state = read_trust_of(root, trust_dir, carried(raw))
    verified = verify_bundle(raw, state.registry)
    answer = books_json(verified) | {
        "registry_version": state.registry.version,
        "registry_stale": state.stale(time.time()),
    }
    if as_json:
        show_object(answer)
    else:
        _tell(answer)
    if not verified.is_proven:
        raise typer.Exit(FAILED)
    if not verified.is_confirmed:
        raise typer.Exit(PROVISIONAL)


def _verify_equal(file: Any, state: TrustState, *, as_json: bool) -> None:
    """Tell what a note of `reconcile --output` proves; its JSON has the fields of `Equal`."""
    import time

    from federation.ledger.equal_note import MAX_BYTES, read_equal

    found = read_equal(read_file(file, MAX_BYTES + 1), state.registry)
    is_stale = state.stale(time.time())
    if as_json:
        registry = {"registry_version": state.registry.version, "registry_stale": is_stale}
        show_object({"verdict": "verified"} | found._asdict() | registry)
        return
    facts = [
        ("协议", "agreement", found.agreement),
        ("中心日志大小", "size of the center's log", found.center_size),
        ("中心日志根", "root of the center's log", found.center_root),
        ("裁定数", "outcomes", found.outcomes),
        ("状态摘要", "state digest", found.state_digest),
        ("签名方", "signed by", list(found.members)),
        ("登记表", "registry", state.registry.version),
    ]
    columns = [("fact", "项目", "fact"), ("value", "值", "value")]
    show_rows("facts", columns, ({"fact": say(zh, en), "value": value} for zh, en, value in facts))
    if is_stale:
        note(say(*_STALE))
    if found.ended:
        names = ", ".join(found.ended)
        note(
            say(f"签名密钥此后已停用：{names}", f"signed with a key that has ended since: {names}")
        )
    show(say("双方账簿一致：已验证", "both sides say that their books are equal: verified"))


def books_json(verified: VerifiedBooks) -> dict[str, Any]:
    """Return what is proven, as JSON; its fields are stable.

    {"verdict": "verified" | "provisional" | "differs", "agreement": origin#leaf index,
    "agreement_hash" (hex), "title", "parties": [{"party", "member", "display_name"}], "center",
    "center_size", "documents", "outcomes", "entries" (counts), "shared_fen", "state_digest" (hex),
    "balances": [{"account", "fen"}], "statements": [{"period", "digest"}], "voids": [{"outcome",
    "why"}], "provisional": [entry], "differences": [{"item", "kind", "claimed", "found"}],
    "registry_version", "registry_stale"}

    `shared_fen` is what the parties have got, net of what was taken back. Where the books could not
    be folded to the end it is null, and so are "state_digest" and "balances".
    """
    from federation.ledger.books import LIFE

    claimed, found, books = verified.claimed, verified.found, verified.books
    version = verified.version
    shared = None
    if books is not None and found is not None:
        shared = sum(books.total(LIFE).received_fen.values())
    is_proven = "verified" if verified.is_confirmed else "provisional"
    return {
        "verdict": is_proven if verified.is_proven else "differs",
        "agreement": f"{claimed.agreement.origin}#{claimed.agreement.leaf_index}",
        "agreement_hash": claimed.agreement.leaf_hash.hex(),
        "title": version.title if version else "",
        "parties": [
            {"party": one.party, "member": one.member, "display_name": one.display_name}
            for one in (version.parties if version else ())
        ],
        "center": claimed.center,
        "center_size": claimed.center_size,
        "documents": verified.document_count,
        "outcomes": verified.outcome_count,
        "entries": len(verified.entries),
        "shared_fen": shared,
        "state_digest": found.state_digest.hex() if found else None,
        "balances": (
            [{"account": account, "fen": fen} for account, fen in found.balances] if found else None
        ),
        "statements": [
            {"period": one.period, "digest": one.digest().hex()} for one in verified.statements
        ],
        "voids": [{"outcome": str(one), "why": why} for one, why in found.voids] if found else [],
        "provisional": list(verified.provisional),
        "differences": [
            {
                "item": one.item,
                "kind": one.kind.value,
                "claimed": one.claimed,
                "found": one.found,
            }
            for one in verified.differences
        ],
    }


def _tell(answer: dict[str, Any]) -> None:
    balances = answer["balances"] or []
    facts = [
        ("协议", "agreement", f"{answer['agreement']} {answer['title']}"),
        (
            "参与方",
            "parties",
            [
                f"{one['party']} {one['display_name']} ({one['member']})"
                for one in answer["parties"]
            ],
        ),
        ("中心日志", "center's log", f"{answer['center']} {answer['center_size']}"),
        ("文件数", "documents", answer["documents"]),
        ("裁定数", "outcomes", answer["outcomes"]),
        ("分录数", "entries", answer["entries"]),
        ("已分配合计（元）", "shared in all, yuan", _yuan(answer["shared_fen"])),
        *(
            (f"余额 {name}", f"balance {name}", _yuan(one["fen"]))
            for one in balances
            for name in (_account(one["account"]),)
        ),
        ("余额合计（元）", "balances in all, yuan", _yuan(_sum(answer["balances"]))),
        ("状态摘要", "state digest", answer["state_digest"]),
        *(
            (f"对账单 {one['period']}", f"statement {one['period']}", one["digest"])
            for one in answer["statements"]
        ),
        *(
            (f"无效裁定 {one['outcome']}", f"void outcome {one['outcome']}", one["why"])
            for one in answer["voids"]
        ),
        ("登记表", "registry", answer["registry_version"]),
    ]
    columns = [("fact", "项目", "fact"), ("value", "值", "value")]
    show_rows("facts", columns, ({"fact": say(zh, en), "value": value} for zh, en, value in facts))
    if answer["registry_stale"]:
        note(say(*_STALE))
    if answer["differences"]:
        _tell_differences(answer["differences"])
    for item in answer["provisional"]:
        show(say(f"待确认 {item}", f"provisional {item}"))
    show(say(*_VERDICTS[answer["verdict"]]))


def _tell_differences(differences: list[dict[str, str]]) -> None:
    columns = [
        ("item", "对象", "item"),
        ("text", "差异", "difference"),
        ("claimed", "所称", "claimed"),
        ("found", "实得", "found"),
    ]
    rows = ({**one, "text": say(*KINDS[one["kind"]])} for one in differences)
    show_rows("differences", columns, rows)


def _account(code: str) -> str:
    """Return what the account KIND:PARTY is called."""
    kind, _, party = code.partition(":")
    return f"{account(kind)} {party}".strip()


def _sum(balances: list[dict[str, Any]] | None) -> int | None:
    return None if balances is None else sum(one["fen"] for one in balances)


def _yuan(fen: int | None) -> str | None:
    """Return an amount with its sign; None where there is none to tell."""
    if fen is None:
        return None
    return f"-{yuan(-fen)}" if fen < 0 else yuan(fen)
