"""The search's servicer over one member's services, for tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from node.rpc.page_tokens import PageTokens
from node.rpc.search_service import SearchServicer

if TYPE_CHECKING:
    from tests.node.services.alerting.alerting import Alerting


def search_servicer(alerting: Alerting) -> SearchServicer:
    """Return a servicer; its page tokens are its own."""
    finding = alerting.finding
    tokens = PageTokens(bytes(32), os.urandom)
    return SearchServicer(
        finding.finder,
        finding.matching,
        finding.duplicates,
        finding.indexer.rebuild,
        tokens,
        alerting.saved,
        alerting.alerts,
    )
