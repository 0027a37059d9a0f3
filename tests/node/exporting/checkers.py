"""The three programs that check our figures, each run as a separate process.

- beancount is in the tests' lock (GPL-2.0: it is never imported here, and a node does not need it);
  hledger and ledger are Debian packages that `make test` installs. A missing one fails the test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from federation.ledger.journal import Account
from node.exporting.book import LedgerBook
from node.exporting.names import account_name

BESIDE: Final = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
_MISSING: Final = {
    "bean-check": "bean-check is missing: make test installs tests/requirements.lock",
    "hledger": "hledger is missing: apt-get install hledger",
    "ledger": "ledger is missing: apt-get install ledger",
}
_BEANCOUNT_BALANCES: Final = """
import json, sys
from beancount import loader
from beancount.core import realization
found = []
for path in sys.argv[1:]:
    entries, errors, _ = loader.load_file(path)
    root = realization.realize(entries)
    accounts = realization.iter_children(root, leaf_only=True)
    found.append({
        "errors": [one.message for one in errors],
        "balances": {
            one.account: str(one.balance.get_currency_units("CNY").number) for one in accounts
        },
    })
json.dump(found, sys.stdout)
"""
_AMOUNT: Final = re.compile(r"-?\d+\.\d\d")


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a checker, or fail where it is missing."""
    found = shutil.which(program, path=BESIDE)
    assert found, _MISSING[program]
    return _run([found, *words])


def check_journal(path: Path) -> list[int]:
    """Return the exit codes of hledger and ledger, both as strict as they can be."""
    return [
        run("hledger", "-f", str(path), "check", "--strict").returncode,
        run("ledger", "--args-only", "-f", str(path), "--strict", "--pedantic", "bal").returncode,
    ]


def hledger_balances(path: Path) -> dict[str, int]:
    """Return what hledger prints, in fen by account."""
    words = ("bal", "--flat", "--empty", "--no-total", "-O", "json")
    rows = json.loads(run("hledger", "-f", str(path), *words).stdout)[0]
    return {row[0]: sum(_whole(one["aquantity"]) for one in row[3]) for row in rows}


def ledger_balances(path: Path) -> dict[str, int]:
    """Return what ledger prints, in fen by account."""
    line = "%(account)|%(display_total)\n"
    words = ("bal", "--flat", "--empty", "--no-total", "--format", line)
    printed = run("ledger", "--args-only", "-f", str(path), *words).stdout
    rows = [row.split("|") for row in printed.splitlines()]
    return {name: _fen(total.removesuffix(" CNY")) for name, total in rows}


def load_beancount(*paths: Path) -> list[tuple[list[str], dict[str, int]]]:
    """Return the errors and balances that beancount finds in each file, in fen by account."""
    found = shutil.which("bean-check", path=BESIDE)
    assert found, _MISSING["bean-check"]
    python = Path(found).with_name("python")
    done = _run([str(python), "-c", _BEANCOUNT_BALANCES, *map(str, paths)])
    assert done.returncode == 0, done.stderr
    return [
        (one["errors"], {name: _fen(said) for name, said in one["balances"].items()})
        for one in json.loads(done.stdout)
    ]


def ours(book: LedgerBook) -> dict[str, int]:
    """Return our balances by the name of the account, without those at 0."""
    return named(book, {one: fen for one, fen in book.balances.items() if fen})


def named(book: LedgerBook, balances: Mapping[Account, int]) -> dict[str, int]:
    return {account_name(book.agreement, account): fen for account, fen in balances.items()}


def amounts_in(text: str) -> Sequence[tuple[int, int]]:
    """Return where the amounts of a journal stand; tolerances and formats are none."""
    return [
        found.span()
        for found in _AMOUNT.finditer(text)
        if not text[: found.start()].endswith(("~ ", "format "))
    ]


def off_by(text: str, span: tuple[int, int], fen: int) -> str:
    """Return a text in which one amount is another by some fen."""
    start, end = span
    changed = _fen(text[start:end]) + fen
    sign = "-" if changed < 0 else ""
    return f"{text[:start]}{sign}{abs(changed) // 100}.{abs(changed) % 100:02}{text[end:]}"


def _fen(said: str) -> int:
    whole, _, below = said.lstrip("-").partition(".")
    assert len(below) in {0, 2}, said
    fen = int(whole) * 100 + int(below or 0)
    return -fen if said.startswith("-") else fen


def _whole(quantity: Mapping[str, int]) -> int:
    """Return a decimal of hledger, mantissa and places, in fen."""
    missing = 2 - quantity["decimalPlaces"]
    assert missing >= 0, quantity
    return quantity["decimalMantissa"] * int("1" + "0" * missing)


def _run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # Haskell programs decode files by the locale; the user's own settings must not count.
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    environment |= {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
