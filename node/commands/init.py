"""`ydx init`: the first step of a new member, its keys and its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from node.commands.output import JsonOption, note, say, show


def init(
    member: Annotated[str, typer.Option(help="成员名 / name of the member, for example anhui")],
    federation: Annotated[str, typer.Option(help="联盟域名 / domain of the federation")],
    region: Annotated[str, typer.Option(help="行政区划代码 / GB/T 2260 code, for example 340000")],
    endpoint: Annotated[
        str, typer.Option(help="其他成员的连接地址 / host:port where the other members reach it")
    ],
    folder: Annotated[Path, typer.Option(help="节点目录 / folder of the node")] = Path(),
    show_line: Annotated[
        bool,
        typer.Option(
            "--show",
            help="再次输出已有成员的公开信息 / print the line again, write nothing",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """生成成员的密钥与带注释的配置 / make a member's keys and a commented configuration.

    输出的一行公开信息交给联盟发起人 / prints the public line for the founder of the federation.
    """
    del as_json
    from federation.log.errors import YdxError
    from node.config.example import render
    from node.config.settings import is_loopback, split_address
    from node.services.sync.enrolment import create_member, member_line
    from node.storage.state_file import replace_file

    file = folder / "ydx.toml"
    if show_line:
        line = member_line(folder, federation, member, region, endpoint).text()
        show(line, config=str(file), keys=str(folder / "keys"), public_line=line)
        return
    if file.exists():
        cure = (
            "同一命令加 --show 可再次输出公开信息；新成员请换 --folder",
            (
                "The same command with --show prints the public line again; "
                "a new member takes another --folder"
            ),
        )
        text = f"{file} is there already; nothing was changed"
        raise YdxError("BAD_CONFIG", text, cure=cure, file=str(file))
    line = create_member(folder, federation, member, region, endpoint).text()
    chosen = {"node.member": member, "node.federation": federation}
    port = split_address(endpoint)[1]
    chosen["listen.federation"] = endpoint if is_loopback(endpoint) else f"0.0.0.0:{port}"
    replace_file(file, render(chosen).encode())
    note(
        say(
            f"已写入 {file} 与 {folder / 'keys'}。下一步：把下面一行交给联盟发起人。",
            f"Wrote {file} and {folder / 'keys'}. Next: hand this line to the founder.",
        )
    )
    show(line, config=str(file), keys=str(folder / "keys"), public_line=line)
