"""`ydx ledger`: the books of benefit-sharing agreements."""

from __future__ import annotations

import typer

from node.commands import ledger_reconcile, ledger_verify

app = typer.Typer(no_args_is_help=True, help="利益分享账本 / the benefit-sharing ledger")
app.command("verify")(ledger_verify.verify)
app.command("reconcile")(ledger_reconcile.reconcile)


@app.callback()
def _group() -> None:
    """Keep `verify` a command of a group while it is the only one."""
