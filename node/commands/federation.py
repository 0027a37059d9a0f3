"""`ydx federation`: founding a federation, and pinning its root at a member.

1. Each member runs `ydx init` and hands its public line to the founder.
2. The founder runs `ydx federation init` with the lines, and hands out the trust folder.
3. Each member compares root.json's SHA-256 by another way and runs `ydx federation install`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from node.commands.output import JsonOption, note, say, show

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(no_args_is_help=True, help="联盟的建立与加入 / found a federation, pin its root")

_LINE_TAG = "ydx-member/"
_MEMBER: Final = re.compile(r" member=(\S+)")
_SHOWN_MAX: Final = 200
_NO_NAME: Final = re.compile(r"[\s=]")
"""What stands in a line that was mistyped, and hardly in the name of a file."""
_TWICE = (
    "每个成员只给一条公开行：去掉重复的，换成缺少的成员的",
    "Give one line a member: leave one of the two out, and give that of the member that is missing",
)
_NO_FINGERPRINT = (
    "以电话或当面向发起人询问 root.json 的 SHA-256，用 --fingerprint 给出；不核对则加 --unchecked",
    (
        "Ask the founder for the SHA-256 of root.json by phone or in person and give it with "
        "--fingerprint; to go without, add --unchecked"
    ),
)


@app.command("init")
def found(
    lines: Annotated[
        list[str],
        typer.Argument(
            metavar="LINE_OR_FILE...",
            help="各成员的公开信息：一行文字，或每行一条的文件 / public lines of `ydx init`, "
            "or files that hold one or several",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="新目录 / folder to make")],
    threshold: Annotated[
        int,
        typer.Option(min=1, help="变更所需的离线签名数 / offline signatures that a change needs"),
    ] = 3,
    keys: Annotated[int, typer.Option(min=1, help="离线密钥数 / number of offline keys")] = 5,
    center: Annotated[
        str | None,
        typer.Option(help="中心成员，其日志排定账本 / member whose log orders the ledger"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """由各成员的公开信息建立联盟 / found a federation of the members whose public lines are given.

    生成信任目录 trust/ 与离线密钥 offline-keys/ / makes trust/ and offline-keys/.
    """
    del as_json
    import time

    from node.services.sync.enrolment import create_federation, fingerprint

    state = create_federation(
        checked_lines([one for text in lines for one in public_lines(text)]),
        out,
        time.time(),
        threshold=threshold,
        offline_keys=keys,
        center=center,
    )
    registry, digest = state.registry, fingerprint(state)
    if center is None:
        note(
            say(
                "没有指定 --center：该联盟无法使用收益账本，且本版本不能事后补设",
                "no --center was named: this federation can keep no ledgers, and in this version "
                "none can be named later",
            )
        )
    names = [member.name for member in registry.members]
    install_command = f"ydx federation install --root trust/root.json --fingerprint {digest}"
    note(
        say(
            f"已建立联盟 {registry.federation}：{'、'.join(names)}\n"
            f"1. 将 {out / 'trust'} 整个目录交给每个成员\n"
            f"2. 以其他途径（电话、当面）告知各成员指纹；各成员运行\n   {install_command}\n"
            f"3. 立即把 {out / 'offline-keys'} 中的密钥分给不同的人离线保存，并从本机删除\n"
            f"root.json 的 SHA-256：",
            f"Founded {registry.federation}: {', '.join(names)}\n"
            f"1. Hand the whole folder {out / 'trust'} to every member\n"
            f"2. Tell each member the fingerprint by another way (by phone, in person); it runs\n"
            f"   {install_command}\n"
            f"3. Now give each key of {out / 'offline-keys'} to another person, to be kept "
            f"offline, and delete that folder here\n"
            f"SHA-256 of root.json:",
        )
    )
    show(
        digest,
        federation=registry.federation,
        members=names,
        fingerprint=digest,
        trust=str(out / "trust"),
        offline_keys=str(out / "offline-keys"),
        registry_version=registry.version,
        threshold=threshold,
    )


@app.command()
def install(
    root: Annotated[
        Path,
        typer.Option(
            "--root",
            help="信任目录中的 root.json / root.json of the trust folder that was handed out",
        ),
    ],
    fingerprint: Annotated[
        str,
        typer.Option(
            help="以其他途径得到的 SHA-256，不符则拒绝 / SHA-256 got by another way; "
            "another root is refused"
        ),
    ] = "",
    unchecked: Annotated[
        bool,
        typer.Option("--unchecked", help="不核对指纹 / trust this root.json without a fingerprint"),
    ] = False,
    folder: Annotated[Path, typer.Option(help="节点目录 / folder of the node")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """为本成员固定联盟的信任根；重复无害 / pin the federation's root at this member."""
    del as_json
    from federation.log.errors import YdxError
    from node.services.sync.enrolment import install_trust

    found_digest = root_fingerprint(root)
    if not fingerprint.strip() and not unchecked:
        text = "root.json is trusted without proof, and no fingerprint was given; nothing was done"
        raise YdxError("BAD_CONFIG", text, cure=_NO_FINGERPRINT, root=str(root))
    check_fingerprint(found_digest, fingerprint)
    member = install_trust(folder, root)
    show(
        found_digest,
        member=member.name,
        origin=member.origin,
        fingerprint=found_digest,
        trust=str(folder / "trust"),
    )
    note(say("下一步：ydx serve", "Next: ydx serve"))


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A public line, and where a person finds it: file, and number where it holds several."""

    text: str
    place: str


def public_lines(text: str) -> list[SaidLine]:
    """Return the public lines of an argument: itself, or those of the file that it names.

    Empty lines of a file and those that begin with # are passed over. Raises BAD_FILE.
    """
    from federation.log.errors import Refused

    if text.lstrip().startswith(_LINE_TAG):
        named = _MEMBER.search(text[:_SHOWN_MAX])
        return [SaidLine(text, f"member {named[1]}" if named else "")]
    try:
        found = Path(text).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        what = f"{text[:80]} is neither a public line of ydx init nor a file that holds some"
        if isinstance(error, OSError) and not _NO_NAME.search(text):
            what = f"{text} cannot be read: {error.strerror}"
        raise Refused("BAD_FILE", what, file=text[:80]) from error
    lines = {
        number: line
        for number, line in enumerate(found, 1)
        if line.strip() and not line.startswith("#")
    }
    if not lines:
        raise Refused("BAD_FILE", f"{text} holds no public line", file=text)
    is_one = len(lines) == 1
    return [SaidLine(line, text if is_one else f"{text}:{at}") for at, line in lines.items()]


def checked_lines(said: Sequence[SaidLine]) -> list[str]:
    """Return the lines as they are; refuse one that is damaged (BAD_FILE), saying where it is.

    Raises BAD_CONFIG where two are of one member.
    """
    from federation.log.errors import Refused, YdxError
    from federation.trust.public_line import parse_public_line

    places: dict[str, str] = {}
    for one in said:
        try:
            member = parse_public_line(one.text).member
        except Refused as refusal:
            what = f"{one.place}: {refusal.what}" if one.place else refusal.what
            raise Refused(
                refusal.reason, what, cure=refusal.cure, place=one.place, **refusal.metadata
            ) from refusal
        if member in places:
            what = f"{member} is given twice: {places[member]}, {one.place}"
            raise YdxError("BAD_CONFIG", what, cure=_TWICE, member=member)
        places[member] = one.place
    return [one.text for one in said]


def root_fingerprint(root: Path) -> str:
    """Return the SHA-256 of a root file, in hex. Raises BAD_CONFIG where it cannot be read."""
    from hashlib import sha256

    from federation.log.errors import YdxError

    try:
        return sha256(root.read_bytes()).hexdigest()
    except OSError as error:
        text = f"{root} cannot be read: {error.strerror}"
        raise YdxError("BAD_CONFIG", text, file=str(root)) from error


def check_fingerprint(found: str, expected: str) -> None:
    """Refuse (TRUST_FILE_REFUSED) a root whose fingerprint is not the expected one.

    Blanks, colons and case do not count in what a person types; nothing expected fits everything.
    """
    from federation.log.errors import Refused

    typed = "".join(expected.replace(":", "").split()).lower()
    if typed and typed != found:
        what = f"root.json has the SHA-256 {found}, expected was {typed}: it is another root"
        cure = (
            (
                "与建立联盟者当面或电话核对 SHA-256；若指纹输入有误，更正 --fingerprint；"
                "若文件不对，向其重新索取 root.json"
            ),
            (
                "Compare the SHA-256 with the founder, by phone or in person: if it was mistyped, "
                "correct --fingerprint; if the file is another, get root.json anew"
            ),
        )
        raise Refused("TRUST_FILE_REFUSED", what, cure=cure, found=found, expected=typed)
