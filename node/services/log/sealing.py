"""Sealing documents: writing them to the own log for the members that they name, and nobody else.

- What a document means is not known here. Who writes one has made its content and checked it; what
  has to hold at the moment of writing is its `precondition`, which runs in the transaction of the
  write and sees all writes before it, of the same group too. What it raises refuses the write.
- A request id acts once, as for records: the same request has the same place, without a look at the
  precondition; another body under it is REQUEST_ID_REUSED. The body is the caller's request as it
  came, since a document may be made anew with another subject or time.
- Who is named must be a member: a document that is sealed for nobody cannot be taken back.
- With `ack_peer` the answer waits until another member has stored the entry too. `validate_only`
  goes the same way over a snapshot and writes nothing; the place is then only a guess, but that of
  the write where its request id was used before.
- `write` is for a document that depends on the log as the write finds it, or that stands already;
  `add` puts one behind what the same write has added before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.errors import Refused
from federation.log.hashing import HASH_BYTES
from node.services.errors import invalid_field
from node.services.log.sequencer import Write
from node.services.log.write_options import WriteOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from node.services.log.drafts import SealedDocument
    from node.services.log.sequencer import Sequencer
    from node.services.log.view import LogView

_LEAF_BYTES: Final = 8


class SealedPlace(NamedTuple):
    """Where a document stands in the own log."""

    leaf_index: int
    leaf_hash: bytes
    is_new: bool = True
    """Whether it was written now, or by an earlier try of the same request."""
    is_check: bool = False
    """It was only checked and nothing stands there: its request id was not used before."""


class Sealing:
    """Seals documents for one member. Safe for many threads."""

    def __init__(
        self,
        sequencer: Sequencer,
        member: str,
        members: Callable[[], Collection[str]],
        ack_wait_s: float = 8.0,
    ) -> None:
        """`members` gives the members that may be named; `ack_wait_s` bounds the wait for one."""
        self._sequencer = sequencer
        self._member = member
        self._members = members
        self._ack_wait_s = ack_wait_s

    def seal(
        self,
        document: SealedDocument,
        options: WriteOptions | None = None,
        precondition: Callable[[LogView], None] = lambda _view: None,
    ) -> SealedPlace:
        """Append a document and return where it stands, once it is on the disk.

        `document.named` may be in any order and have the own member in it. Refuses what `add`
        does, what `precondition` raises, and what `Sequencer.submit` refuses.
        """
        self._checked(document.named)

        def make(view: LogView) -> SealedPlace:
            precondition(view)
            return self.add(view, document)

        return self.write(make, options, sum(map(len, document.contents.values())))

    def add(self, view: LogView, document: SealedDocument) -> SealedPlace:
        """Add a document to a write.

        Refuses INVALID_FIELD for who is named and no member, PART_TOO_LARGE with the `field`
        (`content` or `personal`).
        """
        personal_named = document.personal_named
        if personal_named is not None:
            personal_named = self._checked(personal_named)
        named = self._checked(document.named)
        added = view.seal(replace(document, named=named, personal_named=personal_named))
        return SealedPlace(added.leaf_index, added.leaf_hash)

    def write(
        self,
        make: Callable[[LogView], SealedPlace],
        options: WriteOptions | None = None,
        size_bytes: int = 0,
    ) -> SealedPlace:
        """Let `make` add what it will, and return the place that it tells, once it is on the disk.

        `make` runs in the transaction of the write; see `Write`. Refuses what it raises, and what
        `Sequencer.submit` refuses.
        """
        options = options or WriteOptions()

        def prepare(view: LogView) -> bytes:
            place = make(view)
            return place.leaf_index.to_bytes(_LEAF_BYTES) + place.leaf_hash + bytes((place.is_new,))

        write = Write(prepare, options.request, lambda: size_bytes)
        if options.validate_only:
            outcome = self._sequencer.rehearse(write)
            return _place(outcome.content)._replace(is_check=not outcome.replayed)
        outcome = self._sequencer.submit(write)
        if options.ack_peer:
            self._sequencer.wait_stored_by_peer(self._ack_wait_s)
        return _place(outcome.content)

    def strangers(self, named: Collection[str]) -> list[str]:
        """Return who is named and no member, ascending: nothing can be sealed for them."""
        return sorted({*named} - {self._member, *self._members()})

    def _checked(self, named: Collection[str]) -> tuple[str, ...]:
        """Return the other members that are named, ascending."""
        for unknown in self.strangers(named):
            raise invalid_field("named", "MEMBER_UNKNOWN", unknown, "不是成员", "is no member")
        return tuple(sorted({*named} - {self._member}))


def _place(outcome: bytes) -> SealedPlace:
    if len(outcome) != _LEAF_BYTES + HASH_BYTES + 1:
        what = "this request id was used for another kind of write"
        raise Refused("REQUEST_ID_REUSED", what, field="request_id")
    leaf_hash = outcome[_LEAF_BYTES:-1]
    return SealedPlace(int.from_bytes(outcome[:_LEAF_BYTES]), leaf_hash, bool(outcome[-1]))
