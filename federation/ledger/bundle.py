"""The bundle of an agreement's books: receipts of all documents, and what is claimed of the sums.

    ydx/ledger-bundle/v1
    agreement <origin> <leaf index> <leaf hash>
    center <origin> <confirmed size>
    entries <how many journal entries>
    state <state digest>
    closed <YYYY-MM> <statement digest>            (left out where no period is closed)
    balance <account> <fen>                        (one each, by name; those at 0 are left out)
    void <origin> <leaf index> <number> <why>      (one for each void outcome, in their order)
    receipt <origin> <leaf index> <bytes> <sha256> (one for each receipt, in the order of the file)
                                                   (a blank line)
    <receipts, one directly after the other>

- Text is ASCII; numbers are decimal without leading zeros, hashes lower-case hexadecimal.
- What follows the blank line is a file of receipts like any other (`federation.log.receipt`); the
  first one may carry trust files (`federation.trust.carrying`).
- The list of receipts proves nothing. It cuts the file, so that what is damaged can be named, and
  leaves no byte of it without an effect: a note may hold signatures that nobody looks at.
- A bundle is read or refused (MALFORMED_RECEIPT), whatever its bytes; nothing is verified here, see
  `bundle_verification`. It holds at most 256 MiB, 100,000 receipts and void outcomes, 10,000
  balances.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.summary import OutcomeName, Summary
from federation.log.checkpoint import parse_checkpoint, parse_decimal
from federation.log.errors import Refused
from federation.log.note import parse_note
from federation.log.receipt import parse_receipt
from federation.records.refs import Ref, origin_of
from federation.trust import carrying

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from federation.trust.tuf_file import TrustFile

HEADER: Final = b"ydx/ledger-bundle/v1"
BUNDLE_BYTES_MAX: Final = 256 * 2**20
RECEIPTS_MAX: Final = 100_000
BALANCES_MAX: Final = 10_000
VOIDS_MAX: Final = 100_000
"""A lying center writes 200 with one entry, and the books are to be proven all the same."""
_HEAD_BYTES_MAX: Final = 32 * 2**20
_REASON: Final = "MALFORMED_RECEIPT"
_CURE: Final = (
    "不是完整的账目包；请用 ydx ledger export --form bundle 重新导出",
    "It is no whole bundle; export it anew with ydx ledger export --form bundle",
)
_FEN_LIMIT: Final = 1 << 63
_ORIGIN: Final = rb"([a-z0-9./-]{1,127})"
_NUMBER: Final = rb"(0|[1-9][0-9]{0,18})"
_HASH: Final = rb"([0-9a-f]{64})"


class Listed(NamedTuple):
    """What a bundle says of one of its receipts."""

    origin: str
    leaf_index: int
    size_bytes: int
    digest: bytes
    """SHA-256 of its bytes."""

    def __str__(self) -> str:
        """Return how the entry is called: `<origin>#<leaf index>`."""
        return f"{self.origin}#{self.leaf_index}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was read; nothing about it is verified."""

    summary: Summary
    listed: tuple[Listed, ...]
    raw_receipts: bytes

    def receipts(self) -> Iterator[tuple[Listed, bytes]]:
        """Yield each receipt with what the bundle says of it."""
        at = 0
        for one in self.listed:
            yield one, self.raw_receipts[at : at + one.size_bytes]
            at += one.size_bytes


def make_bundle(summary: Summary, receipts: Iterable[bytes]) -> bytes:
    """Return the bundle of these receipts.

    Refuses what `parse_receipt` and `parse_checkpoint` refuse, and MALFORMED_RECEIPT what is too
    much for one.
    """
    kept = tuple(receipts)
    lines = [HEADER, *_summary_lines(summary), *map(_listed_line, kept)]
    raw = b"\n".join(lines) + b"\n\n" + b"".join(kept)
    parse_bundle(raw)
    return raw


def parse_bundle(raw: bytes) -> Bundle:
    """Read a bundle, or refuse it (MALFORMED_RECEIPT); nothing is verified."""
    if len(raw) > BUNDLE_BYTES_MAX:
        raise _malformed("the bundle is too large")
    blank = raw.find(b"\n\n", 0, _HEAD_BYTES_MAX)
    if blank < 0 or not raw.startswith(HEADER + b"\n"):
        raise _malformed("not a bundle of a ledger's books")
    lines = _Lines(raw[:blank].split(b"\n")[1:])
    summary = _summary(lines)
    listed = tuple(map(_listed, lines.take("receipt", RECEIPTS_MAX)))
    lines.end()
    receipts = raw[blank + 2 :]
    if sum(one.size_bytes for one in listed) != len(receipts):
        raise _malformed("the receipts are not as long as the list of them says")
    return Bundle(summary, listed, receipts)


def carry(raw: bytes, files: Iterable[TrustFile]) -> bytes:
    """Return a bundle that carries these trust files instead of those it had.

    Refuses MALFORMED_RECEIPT, and MESSAGE_TOO_LARGE where no receipt, or the bundle, can hold them.
    """
    bundle = parse_bundle(raw)
    receipts = [receipt for _, receipt in bundle.receipts()]
    if not receipts:
        raise Refused("MESSAGE_TOO_LARGE", "a bundle without receipts carries no trust files")
    first = carrying.carry(receipts[0], files)
    # The line of the receipt may get longer by some digits.
    if len(raw) - len(receipts[0]) + len(first) + len(str(len(first))) > BUNDLE_BYTES_MAX:
        raise Refused("MESSAGE_TOO_LARGE", "the trust files are too large for this bundle")
    return make_bundle(bundle.summary, [first, *receipts[1:]])


def carried(raw: bytes) -> list[TrustFile]:
    """Return the trust files that a bundle carries; refuses MALFORMED_RECEIPT."""
    first = next(parse_bundle(raw).receipts(), None)
    return [] if first is None else carrying.carried(first[1])


_FORMS: Final = {
    "agreement": re.compile(rb"agreement %b %b %b" % (_ORIGIN, _NUMBER, _HASH)),
    "center": re.compile(rb"center %b %b" % (_ORIGIN, _NUMBER)),
    "entries": re.compile(rb"entries %b" % _NUMBER),
    "state": re.compile(rb"state %b" % _HASH),
    "closed": re.compile(rb"closed ([0-9]{4}-[0-9]{2}) %b" % _HASH),
    "balance": re.compile(rb"balance ([A-Z]{1,20}:[A-Za-z0-9-]{1,40}) (-?[1-9][0-9]{0,18})"),
    "void": re.compile(rb"void %b %b %b ([A-Z_]{1,40})" % (_ORIGIN, _NUMBER, _NUMBER)),
    "receipt": re.compile(rb"receipt %b %b %b %b" % (_ORIGIN, _NUMBER, _NUMBER, _HASH)),
}


class _Lines:
    """The lines above the blank one, taken from the top."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self._at = 0

    def take(self, form: str, most: int) -> list[tuple[bytes, ...]]:
        """Return the fields of the next lines of a form, refusing more than `most`."""
        begin = form.encode() + b" "
        taken: list[tuple[bytes, ...]] = []
        while self._at < len(self._lines) and self._lines[self._at].startswith(begin):
            match = _FORMS[form].fullmatch(self._lines[self._at])
            self._at += 1
            if match is None:
                raise _malformed(f"line {self._at + 1} is no {form} line")
            if len(taken) == most:
                raise _malformed(f"there are more than {most} {form} lines")
            taken.append(match.groups())
        return taken

    def one(self, form: str) -> tuple[bytes, ...]:
        """Return the fields of the next line, which has to be of this form."""
        taken = self.take(form, 1)
        if not taken:
            raise _malformed(f"line {self._at + 2} is no {form} line")
        return taken[0]

    def end(self) -> None:
        """Refuse what is left."""
        if self._at < len(self._lines):
            raise _malformed(f"line {self._at + 2} has no place there")


def _summary(lines: _Lines) -> Summary:
    origin, leaf_index, leaf = lines.one("agreement")
    center, center_size = lines.one("center")
    (entries,) = lines.one("entries")
    (state,) = lines.one("state")
    closed = lines.take("closed", 1)
    balances = lines.take("balance", BALANCES_MAX)
    voids = lines.take("void", VOIDS_MAX)
    accounts = [account for account, _ in balances]
    if accounts != sorted(set(accounts)) or len({one[:3] for one in voids}) != len(voids):
        raise _malformed("balances ascend by name, and an outcome is void once")
    return Summary(
        agreement=Ref(_origin(origin), _number(leaf_index), bytes.fromhex(leaf.decode())),
        center=_origin(center),
        center_size=_number(center_size),
        entry_count=_number(entries),
        state_digest=bytes.fromhex(state.decode()),
        closed=(closed[0][0].decode(), bytes.fromhex(closed[0][1].decode())) if closed else None,
        balances=tuple((account.decode(), _fen(fen)) for account, fen in balances),
        voids=tuple(
            (OutcomeName(_origin(where), _number(leaf), _number(number)), why.decode())
            for where, leaf, number, why in voids
        ),
    )


def _summary_lines(summary: Summary) -> Iterator[bytes]:
    agreement = summary.agreement
    texts = [
        f"agreement {agreement.origin} {agreement.leaf_index} {agreement.leaf_hash.hex()}",
        f"center {summary.center} {summary.center_size}",
        f"entries {summary.entry_count}",
        f"state {summary.state_digest.hex()}",
    ]
    if summary.closed is not None:
        texts.append(f"closed {summary.closed[0]} {summary.closed[1].hex()}")
    texts += (f"balance {account} {fen}" for account, fen in summary.balances)
    texts += (
        f"void {one.origin} {one.leaf_index} {one.number} {why}" for one, why in summary.voids
    )
    return map(str.encode, texts)


def _listed_line(raw: bytes) -> bytes:
    receipt = parse_receipt(raw)
    origin = parse_checkpoint(parse_note(receipt.checkpoint).text).origin
    digest = sha256(raw).hexdigest()
    return f"receipt {origin} {receipt.leaf_index} {len(raw)} {digest}".encode()


def _listed(fields: tuple[bytes, ...]) -> Listed:
    origin, leaf_index, size, digest = fields
    return Listed(
        _origin(origin), _number(leaf_index), _number(size), bytes.fromhex(digest.decode())
    )


def _origin(text: bytes) -> str:
    origin = text.decode()
    try:
        origin_of(origin)
    except Refused as refusal:
        raise _malformed(refusal.what) from refusal
    return origin


def _number(text: bytes) -> int:
    return parse_decimal(text, _REASON)


def _fen(text: bytes) -> int:
    fen = int(text)
    if not -_FEN_LIMIT <= fen < _FEN_LIMIT:
        raise _malformed("a balance has at most 64 bits")
    return fen


def _malformed(what: str) -> Refused:
    return Refused(_REASON, what, cure=_CURE)
