"""The command `ydx`: its groups, the options of all of them, and how errors are told."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from federation.log.errors import YdxError
from node.commands import (
    config,
    contract,
    demo,
    duplicates,
    enquiry,
    erase,
    export,
    federation,
    import_,
    init,
    ledger,
    listing,
    log,
    match,
    organisation,
    peers,
    receipt,
    report,
    search,
    serve,
    status,
    token,
)
from node.commands.output import (
    FAILED,
    UNKNOWN,
    Language,
    note,
    say,
    show_error,
    show_usage_error,
)
from node.commands.usage import speak_help, take_language, tell_usage_error

app = typer.Typer(
    name="ydx",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="长三角技术要素交换节点 / the Yangtze Delta federated data-exchange node",
)
app.add_typer(config.app, name="config")
app.add_typer(contract.app, name="contract")
app.add_typer(demo.app, name="demo")
app.add_typer(duplicates.app, name="duplicates")
app.add_typer(enquiry.app, name="enquiry")
app.add_typer(federation.app, name="federation")
app.add_typer(import_.app, name="import")
app.add_typer(ledger.app, name="ledger")
app.add_typer(listing.app, name="listing")
app.add_typer(log.app, name="log")
app.add_typer(organisation.app, name="organisation")
app.add_typer(peers.app, name="peers")
app.add_typer(receipt.app, name="receipt")
app.add_typer(report.app, name="report")
app.add_typer(search.app, name="search")
app.add_typer(token.app, name="token")
app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("match")(match.match)
app.command("erase")(erase.erase)
app.command("status")(status.status)
app.command("export")(export.export)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"{version('ydx-node')}\n")
        raise typer.Exit


@app.callback()
def _options(
    lang: Annotated[
        Language,
        typer.Option(
            envvar="YDX_LANG",
            help="语言，可在命令行任何位置 / language, anywhere on the line",
        ),
    ] = Language.ZH,
    version: Annotated[
        bool,
        typer.Option("--version", help="版本 / version", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    del lang, version  # the language was taken before the line was read


def main() -> None:
    """Run the command; tell an error instead of a traceback."""
    # What gRPC's own log has to say would stand between our lines; it is for who asks for it.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    arguments = take_language(sys.argv[1:])
    is_json = "--json" in arguments
    # 1 and 2 are verdicts there: who watches by them must not take a slip for one.
    failed = UNKNOWN if arguments[:1] == ["status"] else FAILED
    command = typer.main.get_command(app)
    speak_help(command, arguments)
    try:
        # What the parser tells by itself is in one language, and programs cannot read it.
        sys.exit(command(arguments, prog_name="ydx", standalone_mode=False))
    except YdxError as error:
        show_error(error)
        sys.exit(failed)
    except typer.Abort:
        note(say("已中止", "Aborted"))
        sys.exit(FAILED)
    except TyperException as error:
        (show_usage_error if is_json else tell_usage_error)(error)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.filename is None:
            raise
        what = f"{error.filename}: {error.strerror}"
        show_error(YdxError("BAD_FILE", what, file=str(error.filename)))
        sys.exit(failed)
