"""Founding the demo: five members, each with its own folder, keys, database and configuration.

    <demo folder>/demo.json          what runs where, with a token for each role; mode 0600
    <demo folder>/federation/        the trust root and the offline keys
    <demo folder>/<member>/          ydx.toml, keys/, trust/, ydx.sqlite, node.log

A folder that was founded before is used again, with its data and its addresses. One whose founding
was interrupted says so by a mark; nothing has run in it, and it is founded anew.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from federation.log.errors import YdxError
from node.config.example import render
from node.config.loading import load
from node.demo import ports
from node.demo.listings import MEMBERS
from node.services.access import Access, Role
from node.services.sync.enrolment import create_federation, create_member, install_trust
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder
from node.storage.state_file import replace_file

FEDERATION: Final = "ydx.example"
CENTER: Final = "center"
REGIONS: Final = {
    "shanghai": "310000",
    "jiangsu": "320000",
    "zhejiang": "330000",
    "anhui": "340000",
    "center": "310000",
}
TOKEN_DAYS: Final = 30
STATE_FILE: Final = "demo.json"
CONFIG_FILE: Final = "ydx.toml"
FEDERATION_FOLDER: Final = "federation"
_MARK: Final = "founding.unfinished"
_ROLES: Final = (Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.SECURITY, Role.AUDITOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMember:
    """One member of the demo; addresses are host:port, `pid` 0 means that it does not run."""

    name: str
    origin: str
    vkey: str
    api: str
    federation: str
    http: str
    telemetry: str
    dir: str
    tokens: dict[str, str]
    pid: int = 0

    @property
    def folder(self) -> Path:
        """Return the member's folder."""
        return Path(self.dir)

    def addresses(self) -> tuple[str, ...]:
        """Return where it listens, host:port each."""
        return self.federation, self.api, self.http, self.telemetry


def found(
    folder: Path,
    base_port: int | None,
    platforms: dict[str, Iterable[str]],
    database: str = "",
) -> list[DemoMember]:
    """Found the federation in an empty folder, or return what was founded there.

    `platforms` names the platforms that need a token, by member. `base_port` None leaves the choice
    of ports, with 0 any free ones are taken. `database` is a URL in which `{member}` stands for the
    member's name; without it each has an SQLite file in its folder. Raises BAD_CONFIG where the
    folder holds something else or was founded with another port or database, or where a port is
    taken.
    """
    if is_founded(folder):
        members = read_state(folder)
        _refuse_other_port(folder, members[0], base_port)
        _refuse_other_database(folder, members[0], database)
        members = [_with_platforms(one, platforms.get(one.name, ())) for one in members]
        write_state(folder, members)
        (folder / _MARK).unlink(missing_ok=True)
        return members
    if (folder / _MARK).exists():
        for name in (*MEMBERS, FEDERATION_FOLDER):
            shutil.rmtree(folder / name, ignore_errors=True)
        (folder / _MARK).unlink()
    if folder.exists() and any(folder.iterdir()):
        text = f"{folder} is not empty and holds no demo; take another --dir"
        raise YdxError("BAD_CONFIG", text, dir=str(folder))
    addresses = ports.choose(ports.DEFAULT_PORT if base_port is None else base_port)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / _MARK).touch()
    lines = [
        create_member(
            folder / name, FEDERATION, name, REGIONS[name], addresses[name]["federation"]
        ).text()
        for name in MEMBERS
    ]
    create_federation(lines, folder / FEDERATION_FOLDER, time.time(), center=CENTER)
    root = folder / FEDERATION_FOLDER / "trust" / "root.json"
    members = []
    for name in MEMBERS:
        install_trust(folder / name, root)
        _configure(folder / name, name, addresses[name], database.replace("{member}", name))
        members.append(_member(folder / name, name, addresses[name], platforms.get(name, ())))
    write_state(folder, members)
    (folder / _MARK).unlink()
    return members


def is_founded(folder: Path) -> bool:
    """Tell whether a folder holds a demo."""
    return (folder / STATE_FILE).exists()


def read_state(folder: Path) -> list[DemoMember]:
    """Return the members of a demo folder; raises BAD_CONFIG where there is none."""
    try:
        rows = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        return [DemoMember(**row) for row in rows]
    except (FileNotFoundError, ValueError, TypeError) as error:
        cure = (
            f"用 ydx demo up --dir {folder} 新建，或用 --dir 指明所在目录",
            f"Make one with ydx demo up --dir {folder}, or say with --dir where it is",
        )
        text = f"{folder} holds no demo"
        raise YdxError("BAD_CONFIG", text, cure=cure, dir=str(folder)) from error


def write_state(folder: Path, members: list[DemoMember]) -> None:
    """Keep what runs where; the file holds tokens, so only its owner may read it."""
    content = json.dumps([asdict(one) for one in members], indent=2, ensure_ascii=False)
    replace_file(folder / STATE_FILE, content.encode() + b"\n")


def _refuse_other_port(folder: Path, first: DemoMember, base_port: int | None) -> None:
    founded = int(first.federation.rpartition(":")[2])
    if base_port not in {None, 0, founded}:
        text = (
            f"{folder} was founded with --base-port {founded} and keeps its ports; "
            "leave --base-port away, or take another --dir"
        )
        raise YdxError("BAD_CONFIG", text, dir=str(folder))


def _refuse_other_database(folder: Path, first: DemoMember, database: str) -> None:
    founded = load(first.folder / CONFIG_FILE).settings.database.url
    if database and founded != database.replace("{member}", first.name):
        text = (
            f"{folder} was founded with another database and keeps it; "
            "leave --database away, or take another --dir"
        )
        raise YdxError("BAD_CONFIG", text, dir=str(folder))


def _configure(folder: Path, name: str, addresses: dict[str, str], database: str) -> None:
    chosen: dict[str, object] = {
        "node.member": name,
        "node.federation": FEDERATION,
        "listen.federation": addresses["federation"],
        "listen.exchange": addresses["api"],
        "listen.exchange_reflection": True,
        "listen.web": addresses["http"],
        "listen.telemetry": addresses["telemetry"],
    }
    if database:
        chosen["database.url"] = database
    replace_file(folder / CONFIG_FILE, render(chosen).encode())


def _member(
    folder: Path, name: str, addresses: dict[str, str], platforms: Iterable[str]
) -> DemoMember:
    with KeyFolder(folder / "keys") as keys:
        origin, vkey = keys.origin, keys.log_signer.verifier().text()
    tokens = _tokens(folder, platforms, with_roles=True)
    return DemoMember(
        name=name,
        origin=origin,
        vkey=vkey,
        dir=str(folder),
        tokens=tokens,
        api=addresses["api"],
        federation=addresses["federation"],
        http=addresses["http"],
        telemetry=addresses["telemetry"],
    )


def _with_platforms(member: DemoMember, platforms: Iterable[str]) -> DemoMember:
    """Return the member with a token for every platform named."""
    missing = [one for one in sorted(set(platforms)) if f"platform:{one}" not in member.tokens]
    if not missing:
        return member
    made = _tokens(member.folder, missing, with_roles=False)
    values = asdict(member)
    values["tokens"] = {**member.tokens, **made}
    return DemoMember(**values)


def _tokens(folder: Path, platforms: Iterable[str], *, with_roles: bool) -> dict[str, str]:
    """Make tokens: one for each platform, and one for each other role."""
    database = Database.open(load(folder / CONFIG_FILE).settings.database.url)
    try:
        access = Access(database, clock=time.time, random_bytes=os.urandom)
        tokens = {
            f"platform:{platform}": access.create(
                {Role.PLATFORM}, scope=platform, label="demo", days=TOKEN_DAYS
            )
            for platform in sorted(set(platforms))
        }
        if with_roles:
            tokens["partner"] = access.create(
                {Role.PARTNER}, scope="demo-partner", label="demo", days=TOKEN_DAYS
            )
            for role in _ROLES:
                tokens[role.value] = access.create({role}, label="demo", days=TOKEN_DAYS)
    finally:
        database.close()
    return tokens
