"""Joining and founding: the builders behind `ydx init` and `ydx federation init`.

    <member folder>/keys/    see node.storage.keyfolder; nothing in it ever leaves the machine
    <member folder>/trust/   see node.storage.trust_folder
    <federation folder>/trust/           to hand to every member, whole
    <federation folder>/offline-keys/    to be taken away from this machine

1. Each member makes its keys and hands its public line to the founder.
2. The founder makes the federation from the lines.
3. Each member installs the trust folder, having compared root.json's SHA-256 by another way.

Nothing is ever overwritten: whoever runs a step again is told that the folder is not free, or that
what it would write is there.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from federation.log.errors import YdxError
from federation.log.keys import ED25519, generate_private
from federation.records.code_tables import REGIONS
from federation.trust import ceremony, names
from federation.trust.public_line import parse_public_line
from federation.trust.tuf_state import TrustState
from node.storage.keyfolder import KeyFolder
from node.storage.private_key import private_key_text, tuf_signer
from node.storage.state_file import new_folder, replace_file
from node.storage.trust_folder import STARTING_ROLES, read_trust, write_trust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from re import Pattern

    from federation.trust.public_line import PublicLine
    from federation.trust.registry import Member

MEMBERS_MIN: Final = 3
"""Fewer members could not hold the online keys in turn (DESIGN section 8)."""

_README: Final = """\
!!! SECRET !!!  OFFLINE KEYS OF THE FEDERATION {federation}  !!! 绝密：联盟离线密钥 !!!

Any {threshold} of these {count} keys decide who is a member and which keys are trusted.
Whoever holds {threshold} of them owns the federation.
任意 {threshold} 把密钥即可决定成员与可信密钥。

DO NOW / 请立即：
1. Give each key file to another person, on a medium that is kept offline.
   每把密钥交给不同的人，保存在离线介质上。
2. Check that each medium can be read.  核对每个介质可以读取。
3. DELETE THIS FOLDER from this machine, and from its backups.
   从本机及其备份中删除本文件夹。

No running node ever needs these keys. They are needed to change members, keys or roles, and once
before {expires} to renew the trust files. 运行中的节点从不需要它们；变更成员、密钥、角色，
以及在 {expires} 之前续签时才需要。
"""


def create_member(
    folder: Path, federation: str, member: str, region: str, endpoint: str
) -> PublicLine:
    """Make the keys of a member in `folder`/keys and return its public line.

    `region` is a code of GB/T 2260, `endpoint` host:port of the federation listener as others reach
    it. Raises BAD_CONFIG for a value that is malformed or a folder that is not free.
    """
    _check_member(federation, member, region, endpoint)
    with KeyFolder.create(folder / "keys", federation, member) as keys:
        return keys.public_line(region, endpoint)


def member_line(
    folder: Path, federation: str, member: str, region: str, endpoint: str
) -> PublicLine:
    """Return the public line of a member whose keys are there.

    Raises BAD_CONFIG as `create_member`, and where the keys are missing or another member's.
    """
    _check_member(federation, member, region, endpoint)
    with KeyFolder(folder / "keys") as keys:
        if (keys.federation, keys.member) != (federation, member):
            text = f"{folder / 'keys'} holds the keys of {keys.federation}/{keys.member}"
            raise YdxError("BAD_CONFIG", text, folder=str(folder))
        return keys.public_line(region, endpoint)


def _check_member(federation: str, member: str, region: str, endpoint: str) -> None:
    _check("federation", federation, names.DOMAIN, "a lower-case domain, delta.example for one")
    _check("member", member, names.LABEL, "at most 31 of a-z 0-9 -, starting with a letter")
    _check("region", region, names.REGION, "six digits of GB/T 2260, 310000 for one")
    _check("endpoint", endpoint, names.ENDPOINT, "host:port, as the other members reach it")
    if f"{region[:2]}0000" not in REGIONS:
        text = (
            f"region is a code of GB/T 2260, 310000 for one; no province begins with {region[:2]}"
        )
        raise YdxError("BAD_CONFIG", text, field="region", value=region)


def create_federation(
    lines: Sequence[str],
    folder: Path,
    now: float,
    *,
    threshold: int = 3,
    offline_keys: int = 5,
    center: str | None = None,
) -> TrustState:
    """Found a federation of the members whose public lines are given; return what it trusts.

    `center` is the member whose log orders the ledger. Refuses BAD_FILE for a line that is damaged,
    TRUST_FILE_REFUSED for lines or thresholds that make no registry; raises BAD_CONFIG for fewer
    than three members or a folder that is not free.
    """
    parsed = [parse_public_line(line) for line in lines]
    if len(parsed) < MEMBERS_MIN:
        text = f"a federation starts with {MEMBERS_MIN} members or more, not {len(parsed)}"
        cure = (
            f"收齐至少 {MEMBERS_MIN} 个成员的公开信息（ydx init 所输出）后重试",
            f"Get the public lines (of ydx init) of {MEMBERS_MIN} members or more, then try again",
        )
        raise YdxError("BAD_CONFIG", text, cure=cure)
    federation = parsed[0].federation
    seeds = [generate_private() for _ in range(offline_keys)]
    signers = [tuf_signer(seed) for seed in seeds]
    files = ceremony.found(parsed, signers, threshold, now, center)
    state = TrustState(files[0].content, files)
    with new_folder(folder) as new:
        write_trust(new / "trust", state)
        with new_folder(new / "offline-keys") as secret:
            for number, seed in enumerate(seeds, 1):
                text = private_key_text(f"{federation}/offline-{number}", ED25519, seed)
                replace_file(secret / f"offline-{number}.key", text.encode() + b"\n")
            readme = _README.format(
                federation=federation,
                threshold=threshold,
                count=offline_keys,
                expires=state.root.expires.date(),
            )
            replace_file(secret / "README.txt", readme.encode())
    return state


_OTHER_KEYS_CURE: Final = (
    "使用当初输出公开行的那个目录及其密钥；密钥已丢失时与发起人联系",
    "Use the folder, and its keys, whose public line was sent; are they lost, talk to the founder",
)
_WHOLE_FOLDER_CURE: Final = (
    "向发起人索取整个 trust 目录，而不只是 root.json",
    "Ask the founder for the whole trust folder, not for root.json alone",
)


def install_trust(folder: Path, root_file: Path) -> Member:
    """Pin a federation's root for the member of `folder`, from the trust folder it was handed.

    Returns the member as the registry names it; where this root is pinned already nothing is
    written. Raises NOT_A_MEMBER where the registry does not name it with the keys that it holds;
    BAD_CONFIG where a file is missing or another root is pinned; TRUST_STALE where the registry
    does not follow from the root.
    """
    state = read_trust(root_file)
    _check_whole(root_file, state)
    with KeyFolder(folder / "keys") as keys:
        member = enrolled_member(state, keys)
        pinned = folder / "trust" / "root.json"
        if not pinned.exists() or pinned.read_bytes() != root_file.read_bytes():
            write_trust(folder / "trust", state)
    return member


def enrolled_member(state: TrustState, keys: KeyFolder) -> Member:
    """Return the member that the keys belong to, or raise NOT_A_MEMBER saying what does not fit."""
    registry = state.registry
    if not registry.has_origin(keys.origin):
        text = f"the registry names no origin {keys.origin}"
        raise YdxError("NOT_A_MEMBER", text, origin=keys.origin)
    member = registry.member_of_origin(keys.origin)
    for what, held, named in (
        ("log key", keys.log_signer.public, [k.public for k in registry.log_keys(keys.origin)]),
        (
            "witness key",
            keys.witness_signer.public,
            [one.key.public for one in member.witness_keys if one.ended_version is None],
        ),
        ("certificate", keys.certificate_der, [one.der for one in member.live_certificates]),
    ):
        if held not in named:
            text = f"the registry names another {what} for {member.name}"
            raise YdxError("NOT_A_MEMBER", text, cure=_OTHER_KEYS_CURE, member=member.name)
    return member


def check_named(keys: KeyFolder, member: str, federation: str) -> None:
    """Refuse BAD_CONFIG where the settings name another member or federation than the keys do."""
    if keys.member != member:
        text = f"the keys belong to {keys.member}, node.member says {member}"
        raise YdxError("BAD_CONFIG", text)
    if keys.federation != federation:
        text = f"the keys are of {keys.federation}, node.federation says {federation}"
        raise YdxError("BAD_CONFIG", text)


def _check_whole(root_file: Path, state: TrustState) -> None:
    """Raise BAD_CONFIG where files that go with the root were not handed over."""
    if state.has_registry:
        return
    names = [f"{role}.json" for role in STARTING_ROLES]
    missing = [name for name in names if not root_file.with_name(name).exists()]
    if missing:
        text = f"{root_file.parent} lacks {', '.join(missing)}; take the whole trust folder"
        raise YdxError("BAD_CONFIG", text, cure=_WHOLE_FOLDER_CURE, folder=str(root_file.parent))


def fingerprint(state: TrustState) -> str:
    """Return the SHA-256 of the pinned root file, in hex, for comparing by another way."""
    return sha256(state.roots[min(state.roots)][1].content).hexdigest()


def _check(field: str, value: str, pattern: Pattern[str], form: str) -> None:
    if not pattern.fullmatch(value):
        raise YdxError("BAD_CONFIG", f"{field} is {form}", field=field, value=value)
