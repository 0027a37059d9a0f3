"""`python -m tests.fuzz`: fuzz the wire decoders."""

from __future__ import annotations

import sys

from tests.fuzz.fuzz_wire import main

main(sys.argv[1:])
