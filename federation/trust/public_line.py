"""A member's public line: what `ydx init` prints and `ydx federation init` takes.

    ydx-member/1 federation=… member=… region=… endpoint=… log=… witness=… trust=… cert=… sum=…

- One line of `name=value` pairs in this order, one blank between them; no secret stands in it.
- log, witness and trust are C2SP verifier keys; cert is the base64 of the certificate's DER.
- sum is the first 16 hex digits of the SHA-256 of everything before the blank that precedes it, so
  that a line which was cut, wrapped or mistyped is refused as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from federation.log import strict_base64 as base64
from federation.log.errors import Refused
from federation.log.keys import COSIGNATURE_V1, ED25519, VerifierKey
from federation.trust import names
from federation.trust.certificate import check_certificate

if TYPE_CHECKING:
    from re import Pattern

_TAG: Final = "ydx-member/1"
_FIELDS: Final = (
    *("federation", "member", "region", "endpoint"),
    *("log", "witness", "trust", "cert", "sum"),
)
_LINE_CHARS_MAX: Final = 8_192


@dataclass(frozen=True, slots=True)
class PublicLine:
    """The public half of one member."""

    federation: str
    member: str
    region: str
    endpoint: str
    log_key: VerifierKey
    witness_key: VerifierKey
    trust_key: VerifierKey
    certificate: bytes
    """DER."""

    def text(self) -> str:
        """Return the line, without a newline; the inverse of `parse_public_line`."""
        pairs = {
            "federation": self.federation,
            "member": self.member,
            "region": self.region,
            "endpoint": self.endpoint,
            "log": self.log_key.text(),
            "witness": self.witness_key.text(),
            "trust": self.trust_key.text(),
            "cert": base64.encode(self.certificate).decode(),
        }
        text = " ".join([_TAG, *(f"{name}={value}" for name, value in pairs.items())])
        return f"{text} sum={_sum_of(text)}"


def parse_public_line(text: str) -> PublicLine:
    """Read a line; blanks around it do not matter. Refuses (BAD_FILE) and says which field."""
    text = text.strip()
    if len(text) > _LINE_CHARS_MAX:
        raise _bad("line", "longer than a public line can be")
    tag, *pairs = text.split(" ")
    values = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if tag != _TAG:
        raise _bad("line", f"does not begin with {_TAG}")
    if tuple(values) != _FIELDS or len(pairs) != len(_FIELDS):
        raise _bad("line", f"has not the fields {', '.join(_FIELDS)}; was it cut or wrapped?")
    if values["sum"] != _sum_of(text.rpartition(" ")[0]):
        raise _bad("sum", "does not fit; the line was changed on its way")
    federation = _matched("federation", values, names.DOMAIN)
    member = _matched("member", values, names.LABEL)
    origin = names.origin_of(federation, member)
    try:
        certificate = base64.decode(values["cert"].encode(), "BAD_FILE")
        check_certificate(certificate, member)
    except Refused as error:
        raise _bad("cert", error.what) from error
    return PublicLine(
        federation=federation,
        member=member,
        region=_matched("region", values, names.REGION),
        endpoint=_matched("endpoint", values, names.ENDPOINT),
        log_key=_key("log", values, origin, ED25519),
        witness_key=_key(
            "witness", values, names.witness_key_name(federation, member), COSIGNATURE_V1
        ),
        trust_key=_key("trust", values, names.trust_key_name(federation, member), ED25519),
        certificate=certificate,
    )


def _matched(field: str, values: dict[str, str], pattern: Pattern[str]) -> str:
    if not pattern.fullmatch(values[field]):
        raise _bad(field, "is not of the form that it should have")
    return values[field]


def _key(field: str, values: dict[str, str], name: str, key_type: int) -> VerifierKey:
    try:
        key = VerifierKey.parse(values[field])
    except Refused as error:
        raise _bad(field, error.what) from error
    if (key.name, key.key_type) != (name, key_type):
        raise _bad(field, f"is not the key {name} of type {key_type:02x}")
    return key


def _sum_of(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _bad(field: str, what: str) -> Refused:
    return Refused("BAD_FILE", f"public line, {field}: {what}", field=field)
