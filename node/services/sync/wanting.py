"""Asking for parts that should be here: again and again, until they come or are proven gone.

- A PUBLIC or MEMBERS part is asked from its owner, then from every other member.
- A NAMED part is asked from its owner once: WITHHELD means that it does not name us. Once a
  document that we may read cites it, that answer is noted but proves nothing, and it is asked from
  every member.
  So it is where its owner answers that it lacks it.
- What comes is held against its commitment like in a batch: what does not open is dropped and lets
  the peer rest; what opens but belongs elsewhere is void. What opens and does not name us is proven
  to be withheld, and whoever sent it is counted.
- Every origin has its turn in every round, however much is wanted of another. Who breaks off is
  asked about none for a moment, so that a round waits for it once.
- Between rounds the pause doubles from 1 s to 10 min. Where nobody was up to ask, it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from federation.log.entry import Audience, ScannedEntry, scan_entries
from federation.log.errors import Refused, Unreachable
from federation.log.part import PartHeader, open_named, open_part
from federation.records.facets import facets
from federation.sync.frames import PLACES_MAX, FetchedPart, PartMark, PartPlace, Peer
from federation.trust.registry import Registry
from node.services.sync.peers import PARTS, PeerBook
from node.storage import logs, mirrors, parts
from node.storage.database import Database
from node.storage.parts import WantedPart
from node.storage.transaction import Transaction

PAUSE_S_MIN: Final = 1.0
PAUSE_S_MAX: Final = 600.0

_log = structlog.get_logger(__name__)


class PartSeeker:
    """Asks for wanted parts. One thread calls `step`."""

    def __init__(
        self,
        database: Database,
        peers: Mapping[str, Peer],
        book: PeerBook,
        registry: Callable[[], Registry],
        clock: Callable[[], float],
        refused: Callable[[str, str, Refused], None],
        reader: str,
    ) -> None:
        """`reader` is the own member; `refused` hears (peer, origin, refusal) of what is wrong."""
        self._reader = reader
        self._database = database
        self._peers = peers
        self._book = book
        self._registry = registry
        self._clock = clock
        self._refused = refused
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after parts have come."""
        self._listeners.append(listener)

    def step(self) -> int:
        """Ask for what is due; return how many parts have come."""
        now_s = self._clock()
        with self._database.read() as tx:
            due = {
                row.origin: parts.wanted_due(tx, row.origin_id, now_s, PLACES_MAX)
                for row in mirrors.every(tx)
            }
        came = sum(self._seek(origin, wanted) for origin, wanted in due.items() if wanted)
        if came:
            for listener in self._listeners:
                listener()
        return came

    def _seek(self, origin: str, wanted: list[WantedPart]) -> int:
        owner = self._registry().member_of_origin(origin).name
        others = sorted(name for name in self._peers if name != owner)
        came = 0
        were_asked: set[WantedPart] = set()
        open_to_all = {one for one in wanted if one.audience != Audience.NAMED or one.is_cited}
        for name in [owner, *others]:
            peer = self._peers.get(name)
            if peer is None or not self._book.may_be_asked(name, origin, PARTS):
                continue
            asked = [one for one in wanted if name == owner or one in open_to_all]
            were_asked.update(asked)
            left, lacking = self._ask(peer, origin, asked, from_owner=name == owner)
            open_to_all |= lacking
            came += len(asked) - len(left)
            wanted = [one for one in wanted if one not in asked or one in left]
            if not wanted:
                return came
        self._put_off(wanted, were_asked)
        return came

    def _ask(
        self, peer: Peer, origin: str, wanted: list[WantedPart], *, from_owner: bool
    ) -> tuple[list[WantedPart], set[WantedPart]]:
        """Ask one peer; return what is still wanted, and what of it the peer's answer lacked."""
        if not wanted:
            return [], set()
        places = [PartPlace(origin, one.leaf_index, one.part_number) for one in wanted]
        try:
            fetched = peer.fetch_parts(places)
        except Unreachable as error:
            if self._book.broke_off(peer.name, PARTS) == 1:
                _log.warning("no parts", peer=peer.name, reason=error.reason, what=error.what)
            return wanted, set()
        except Refused as refusal:
            self._refused(peer.name, origin, refusal)
            self._book.rest(peer.name, origin, refusal.reason)
            return wanted, set()
        self._book.came_through(peer.name, PARTS)
        left = wanted[len(fetched) :]
        lacking = set()
        for one, part in zip(wanted, fetched, strict=False):
            try:
                settled = self._take(peer.name, origin, one, part, from_owner=from_owner)
            except Refused as refusal:
                self._refused(peer.name, origin, refusal)
                self._book.rest(peer.name, origin, refusal.reason)
                settled = False
            if not settled:
                left.append(one)
                lacking.add(one)
        return left, lacking

    def _take(
        self, peer: str, origin: str, wanted: WantedPart, part: FetchedPart, *, from_owner: bool
    ) -> bool:
        """Store what came; return whether the part need not be asked for any more."""
        place = (wanted.origin_id, wanted.leaf_index, wanted.part_number)
        if not part.content:
            is_named = wanted.audience == Audience.NAMED
            is_withheld = from_owner and is_named and part.mark is PartMark.WITHHELD
            if is_withheld:
                with self._database.write() as tx:
                    (parts.set_withheld if wanted.is_cited else parts.give_up)(tx, *place)
            return is_withheld and not wanted.is_cited
        with self._database.write() as tx:
            entry = _entry(tx, wanted)
            try:
                content, is_ours = self._open(origin, entry, wanted, part.content)
            except Refused as refusal:
                if refusal.reason != "PART_MISPLACED":
                    raise
                parts.set_void(tx, *place)
                return True
            if not is_ours:
                what = "a NAMED part came that does not name us"
                self._refused(peer, origin, Refused("PART_MISPLACED", what))
                parts.give_up(tx, *place)
                return True
            found = facets(entry[1], content) if wanted.audience == Audience.PUBLIC else None
            parts.arrive(tx, *place, part.content, found)
        return True

    def _open(
        self, origin: str, entry: ScannedEntry, wanted: WantedPart, wire: bytes
    ) -> tuple[bytes, bool]:
        """Return the content, and whether it is for us."""
        _, _, _, subject, revision, commitments = entry
        audience, commitment = commitments[wanted.part_number]
        if audience == Audience.NAMED:
            header, content = open_named(wire, commitment, origin, wanted.part_number)
            return content, header.names(self._reader)
        header = PartHeader(origin, subject, revision, wanted.part_number, Audience(audience))
        return open_part(wire, commitment, header), True

    def _put_off(self, wanted: list[WantedPart], were_asked: set[WantedPart]) -> None:
        with self._database.write(durable=False) as tx:
            for one in wanted:
                pause_s = min(PAUSE_S_MAX, PAUSE_S_MIN * 2.0 ** min(one.attempts, 16))
                place = (one.origin_id, one.leaf_index, one.part_number)
                next_try_s = self._clock() + pause_s
                parts.put_off(tx, [place], next_try_s, was_asked=one in were_asked)


def _entry(tx: Transaction, wanted: WantedPart) -> ScannedEntry:
    raw = logs.entry(tx, wanted.origin_id, wanted.leaf_index)
    if raw is None:
        raise AssertionError("a wanted part belongs to a stored entry")
    return scan_entries([raw])[0]
