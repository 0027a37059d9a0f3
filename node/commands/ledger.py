"""`ydx ledger`: agreements on sharing income, their proposals, and their books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from node.commands import (
    ledger_agreements,
    ledger_books,
    ledger_bulk,
    ledger_proposals,
    ledger_reconcile,
    ledger_verify,
)
from node.commands.ledger_typed import typed_of
from node.commands.output import name_options

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "agree": ledger_agreements.agree,
    "agreements": ledger_agreements.agreements,
    "show": ledger_agreements.show_one,
    "amend": ledger_agreements.amend,
    "terminate": ledger_agreements.terminate,
    "simulate": ledger_agreements.simulate,
    "policy": ledger_agreements.policy,
    "propose": ledger_proposals.propose,
    "propose-all": ledger_bulk.propose_all,
    "reverse": ledger_proposals.reverse,
    "pay": ledger_proposals.pay,
    "accept": ledger_proposals.accept,
    "reject": ledger_proposals.reject,
    "dispute": ledger_proposals.dispute,
    "proposals": ledger_proposals.proposals,
    "proposal": ledger_proposals.proposal,
    "balances": ledger_books.balances,
    "journal": ledger_books.journal,
    "close": ledger_books.close,
    "statements": ledger_books.statements,
    "accept-statement": ledger_books.accept_statement,
    "netting": ledger_books.netting,
    "trail": ledger_books.trail,
    "export": ledger_books.export,
    "reconcile": ledger_reconcile.reconcile,
    "verify": ledger_verify.verify,
}

app = typer.Typer(no_args_is_help=True, help="利益分享账本 / the benefit-sharing ledger")


@app.callback()
def _name_what_is_typed(context: typer.Context) -> None:
    name_options(typed_of(context.invoked_subcommand or ""))


for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
