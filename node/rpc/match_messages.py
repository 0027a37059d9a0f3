"""Values of the matching to messages of ydx.exchange.v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.matching.listing_text import listing_texts
from node.rpc.catalogue_messages import completeness
from node.rpc.search_messages import highlight
from node.services.finding.highlighting import highlights
from ydx.exchange.v1 import match_pb2

if TYPE_CHECKING:
    from federation.matching.score import Ground, Reason, TermShare
    from node.services.finding.matching import Match, MatchList
    from node.storage.opinions import Feedback

_VERDICTS: Final = {
    None: match_pb2.MATCH_VERDICT_UNSPECIFIED,
    True: match_pb2.MATCH_VERDICT_USEFUL,
    False: match_pb2.MATCH_VERDICT_NOT_USEFUL,
}
_DEMAND: Final = 2


def match_response(found: MatchList) -> match_pb2.MatchListingsResponse:
    """Return the answer of MatchListings."""
    return match_pb2.MatchListingsResponse(
        matches=[_match(found.asking, one) for one in found.matches],
        sizes=[
            match_pb2.LogSize(origin=origin, tree_size=size) for origin, size in found.sizes.items()
        ],
        origins=map(completeness, found.origins),
        index_position=found.index_position,
    )


def feedback(said: Feedback) -> match_pb2.MatchFeedback:
    """Return what callers said of a match."""
    return match_pb2.MatchFeedback(
        useful=said.useful, not_useful=said.not_useful, own=_VERDICTS[said.own]
    )


def _match(asking: Any, match: Match) -> match_pb2.Match:
    demand, supply = asking, match.listing
    if asking.public.kind != _DEMAND:
        demand, supply = supply, demand
    texts = dict(listing_texts(demand.public)), dict(listing_texts(supply.public))
    return match_pb2.Match(
        listing=match.listing,
        score=match.score,
        reasons=[_reason(one, *texts) for one in match.reasons],
        feedback=feedback(match.feedback),
    )


def _reason(
    reason: Reason, demand: dict[str, str], supply: dict[str, str]
) -> match_pb2.MatchReason:
    return match_pb2.MatchReason(
        signal=f"MATCH_SIGNAL_{reason.signal.value}",
        points=reason.points,
        demand=_ground(reason.demand),
        supply=_ground(reason.supply),
        note=reason.note.value,
        terms=[_term(one, demand, supply) for one in reason.terms],
    )


def _ground(ground: Ground) -> match_pb2.MatchGround:
    return match_pb2.MatchGround(fields=ground.fields, value=ground.value)


def _term(share: TermShare, demand: dict[str, str], supply: dict[str, str]) -> match_pb2.MatchTerm:
    message = match_pb2.MatchTerm(term=share.term, share_permille=share.share_permille)
    for field, path, texts in (
        (message.demand, share.demand_field, demand),
        (message.supply, share.supply_field, supply),
    ):
        for piece in highlights([(path, texts[path])], [share.term], ()):
            field.CopyFrom(highlight(piece))
    return message
