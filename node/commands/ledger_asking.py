"""What every command of `ydx ledger` needs to ask a node: names, files, evidence, request ids.

- An agreement's file is read as every file in which a person says something (`said_files`).
- Evidence stays here: only its SHA-256 is sent.
- A write goes out under a request id; one that is made here is told, so that it can be repeated.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from node.commands.output import note, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from node.rpc.exchange_client import ExchangeClient

AgreementArgument = Annotated[
    str, typer.Argument(help="协议名 nodes/<成员>/agreements/<编号> / name of the agreement")
]
ProposalArgument = Annotated[
    str, typer.Argument(help="提案名 nodes/<成员>/proposals/<编号> / name of the proposal")
]
AgreementFileArgument = Annotated[
    Path, typer.Argument(help="协议的 JSON 或 TOML 文件 / JSON or TOML file with the agreement")
]
RequestIdOption = Annotated[
    str, typer.Option("--request-id", help="幂等编号 UUID / idempotency key, a UUID")
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="只检查，不写入 / check only, write nothing")
]
EvidenceOption = Annotated[
    str,
    typer.Option("--evidence", help="凭证文件或其 SHA-256 / file of the evidence, or its SHA-256"),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="原因 / why")]

_PAGE: Final = 200
_DIGEST_DIGITS: Final = 64
_LEFT_OUT: Final = ("previous", "agreement", "recorded_at_ms")
"""What the node fills in."""


def is_name(text: str) -> bool:
    """Tell the name of an agreement from that of a file."""
    return text.startswith("nodes/")


def read_agreement(file: Path) -> Any:
    """Return the agreement of a JSON or TOML file; refuses BAD_FILE."""
    from federation.ledger.codec import Agreement
    from node.commands.said_files import read_said

    return read_said(file, Agreement(), "agreement", always="title", left_out=_LEFT_OUT)


def evidence_digest(evidence: str) -> bytes:
    """Return the SHA-256 of evidence: of a file, or given in hex; refuses BAD_FILE."""
    from federation.log.errors import Refused

    if not evidence:
        return b""
    if len(evidence) == _DIGEST_DIGITS and not Path(evidence).exists():
        try:
            return bytes.fromhex(evidence)
        except ValueError:
            pass  # then it must be a file
    import hashlib

    try:
        with Path(evidence).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            is_empty = not file.tell()
    except OSError as error:
        what = f"{evidence} is no SHA-256 in hex, and no file that can be read: {error.strerror}"
        raise Refused("BAD_FILE", what, file=evidence) from error
    if is_empty:  # all empty files are the same evidence
        raise Refused("BAD_FILE", f"{evidence} is empty: it proves nothing", file=evidence)
    note(say("凭证摘要 ", "digest of the evidence ") + digest.hexdigest())
    return digest.digest()


def deductions(said: Iterable[str]) -> list[dict[str, Any]]:
    """Return deductions, each NAME=AMOUNT in yuan; refuses INVALID_FIELD."""
    from node.commands.amounts import fen_of_yuan
    from node.services.errors import invalid_field

    found = []
    for one in said:
        name, equals, amount = one.rpartition("=")
        if not equals or not name:
            raise invalid_field(
                "deduct",
                "DEDUCTION_FORM",
                one,
                "不是扣除项；请写成 名称=金额，如 增值税=288.00",
                "is no deduction; write NAME=AMOUNT, such as VAT=288.00",
            )
        found.append({"name": name, "amount_fen": fen_of_yuan(amount, "deduct")})
    return found


def written(client: ExchangeClient, method: str, request_id: str, **fields: Any) -> tuple[Any, str]:
    """Call a method that writes; return its answer and the request id, made where none is given."""
    import uuid

    if not request_id:
        request_id = str(uuid.uuid4())
        if not fields.get("validate_only"):
            note(say("请求编号，重试时照用：", "to try again: ") + f"--request-id {request_id}")
    return client.call(method, request_id=request_id, **fields), request_id


def all_pages(
    client: ExchangeClient, method: str, items: str, **fields: Any
) -> tuple[list[Any], Any]:
    """Return the items of all pages of a List method, and the last page."""
    found: list[Any] = []
    token = ""
    while True:
        page = client.call(method, page_size=_PAGE, page_token=token, **fields)
        found += getattr(page, items)
        token = page.next_page_token
        if not token:
            return found, page


def choice(prefix: str, value: Any) -> Any:
    """Return the name of an enumeration's value, said short or whole; a number stays one."""
    if not isinstance(value, str) or not value or value.startswith(prefix):
        return value
    return f"{prefix}_{value.upper().replace('-', '_')}"
