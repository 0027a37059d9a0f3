"""The Go program of this folder: built offline from Debian's packages, and run.

`make test` installs golang-go and golang-golang-x-mod-dev. Without them the tests fail; they never
skip.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

SOURCE: Final = Path(__file__).parent / "verify.go"
PACKAGES: Final = Path("/usr/share/gocode")
_MISSING: Final = "Go is missing: apt-get install golang-go golang-golang-x-mod-dev"


class RefusedError(Exception):
    """The verifier says what does not hold."""


class Verifier:
    """The built program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = folder / "verify"
        found = shutil.which("go") and (PACKAGES / "src/golang.org/x/mod/sumdb").is_dir()
        assert found, _MISSING
        environment = {
            **os.environ,
            "GO111MODULE": "off",
            "GOPATH": str(PACKAGES),
            "GOFLAGS": "",
            "GOCACHE": str(folder / "cache"),
        }
        command = ["go", "build", "-o", str(self._program), str(SOURCE)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def log(
        self, url: str, vkey: str, witnesses: tuple[str, ...] = (), older: Path | None = None
    ) -> Any:
        """Return what is proven about a log that stands below an address."""
        words = ["log", "-url", url, "-vkey", vkey]
        for witness in witnesses:
            words += ["-witness", witness]
        if older is not None:
            words += ["-older", str(older)]
        return self._run(*words)

    def receipt(self, receipt: bytes, entry: bytes, vkey: str) -> Any:
        """Return what a receipt proves about an entry."""
        files = {self._folder / "receipt": receipt, self._folder / "entry": entry}
        for file, content in files.items():
            file.write_bytes(content)
        receipt_file, entry_file = map(str, files)
        return self._run("receipt", "-vkey", vkey, "-entry", entry_file, receipt_file)

    def _run(self, *words: str) -> Any:
        done = subprocess.run(
            [self._program, *words], capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode:
            raise RefusedError(done.stderr.strip())
        return json.loads(done.stdout)
