"""What `ydx config check` looks at beyond the settings: whether a node could start with them.

- Keys, pinned root and registry have to be there and fit each other. Newer trust files that the
  database holds are not looked at.
- The database has to answer, or its file to be such as can be made; a file of holidays has to read.
  Nothing is created or migrated.
- Ports have to be free, unless the node itself runs: then it holds the key folder.
- A certificate that expires soon, or has, is a warning: the node serves the other members with it.
- That the registry sends others to a port where nobody listens is a warning: a router may forward.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.trust.registry import Member
    from node.config.settings import Listen, Settings

_CERTIFICATE_SOON_S: Final = 14 * 86_400.0


def check_certificates(listen: Listen) -> list[tuple[str, str]]:
    """Return warnings of certificates that end, in Chinese and English; raises BAD_CONFIG."""
    from node.commands.times import beijing_time
    from node.config.tls_files import check_tls_files

    warnings = []
    for name, expires_s in check_tls_files(listen).items():
        left_s = expires_s - time.time()
        if left_s < _CERTIFICATE_SOON_S:
            at, key = beijing_time(expires_s), f"listen.{name}_certificate"
            zh, en = ("已过期", "expired") if left_s < 0 else ("即将过期", "expires")
            warnings.append(
                (
                    f"{key} 的证书{zh}（{at}，北京时间）：请换新证书并重启节点",
                    f"{key}: the certificate {en} at {at} Beijing time: renew it, then restart",
                )
            )
    return warnings


def check_start(settings: Settings) -> list[tuple[str, str]]:
    """Return warnings, in Chinese and English; raises what would keep the node from its start."""
    from federation.log.errors import YdxError
    from node.commands.translating import in_chinese
    from node.services.partnership.working_days import WorkingDays, calendar
    from node.services.sync.enrolment import check_named, enrolled_member
    from node.storage.keyfolder import KeyFolder, check_permissions
    from node.storage.opening import check_can_open
    from node.storage.trust_folder import read_trust

    check_permissions(settings.keys.folder)
    state = read_trust(settings.keys.trust_root)
    warnings = check_can_open(settings.database.url, settings.node.origin)
    WorkingDays(calendar(settings.partnership.holidays, settings.node.folder))
    try:
        with KeyFolder(settings.keys.folder) as keys:
            member = enrolled_member(state, keys)
            check_named(keys, settings.node.member, settings.node.federation)
    except YdxError as error:
        if error.reason != "LOCK_HELD":
            raise
        why = in_chinese(error.what) or error.what
        zh = f"密钥目录正被使用，节点在运行：未核对密钥与端口（{why}）"
        en = f"the node runs, so keys and ports were not looked at: {error.what}"
        return [*warnings, (zh, en)]
    _check_ports(settings.listen)
    return [*warnings, *_other_port(member, settings.listen)]


def _check_ports(listen: Listen) -> None:
    from node.config.listening import cannot_listen, is_free
    from node.config.settings import split_address

    seen: dict[str, str] = {}
    for name in ("federation", "exchange", "web", "telemetry"):
        address = getattr(listen, name)
        if (other := seen.get(address)) and split_address(address)[1]:  # port 0 takes any
            raise cannot_listen(address, f"listen.{other} and listen.{name} are the same")
        seen[address] = name
        if not is_free(address):
            raise cannot_listen(address, f"it is listen.{name}")


def _other_port(member: Member, listen: Listen) -> Iterator[tuple[str, str]]:
    from node.config.settings import split_address

    told, listened = split_address(member.endpoint)[1], split_address(listen.federation)[1]
    if told != listened:
        zh = (
            f"其他成员按登记表连接 {member.endpoint}，而 listen.federation 是 {listen.federation}："
            "若没有端口转发，请改为同一端口"
        )
        en = (
            f"the registry sends the other members to {member.endpoint}, listen.federation is "
            f"{listen.federation}: unless something forwards it, make the ports equal"
        )
        yield zh, en
