"""The demo end to end, all five members on PostgreSQL: a database for each, of one real server."""

# ruff: noqa: F403 - the tests of these modules are this module's
from __future__ import annotations

from tests.end_to_end.cut_link import *
from tests.end_to_end.demo_command import *
from tests.end_to_end.erasing import *
from tests.end_to_end.exchange import *
from tests.end_to_end.outage import *
from tests.end_to_end.outside import *
from tests.end_to_end.privacy import *
from tests.end_to_end.questions import *
from tests.end_to_end.readme import *
from tests.end_to_end.real_files import *
from tests.end_to_end.receipts import *

ENGINE = "postgresql"
