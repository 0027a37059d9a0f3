"""Who a caller is and what it may do.

Rules (DESIGN section 10):

- A token reads `ydx_<id>_<secret>`. Only its SHA-256 is stored; the text is shown once.
- A token has roles, expires within a year, and can be revoked; a revocation is seen within 2 s, and
  by an open stream at its next message.
- The role platform is bound to one source_platform, the role partner to one organisation.
- A token may name its holder, for good. Four eyes go by that (`four_eyes`), request ids do not.
- A member is known by its certificate and has the one role member; no token gives that role.
- Secrets are compared in constant time, and an unknown id costs the same as a wrong secret.
"""

from __future__ import annotations

import re
from base64 import b32encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from federation.log.errors import Refused, YdxError
from federation.records import uscc
from federation.records.findings import finding
from node.services.errors import InvalidFields, invalid_field
from node.storage import tokens
from node.storage.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from node.storage.database import Database

EXPIRY_DAYS_MAX: Final = 365
HOLDER_CHARS_MAX: Final = 120
SCOPE_CHARS_MAX: Final = {"platform": 60, "partner": 120}
"""As long as what it is compared with: a source_platform, the name of an organisation."""
_IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Default ignorable characters that Python calls printable: two names would look like one."""
SEEN_FOR_S: Final = 1.0
"""How long a verified token is believed without asking the database."""

_SEEN_MAX: Final = 4096
_DAY_S: Final = 86_400
_TEXT: Final = re.compile(r"ydx_([a-z2-7]{8})_[a-z2-7]{32}")


class Role(StrEnum):
    """What a caller is to this node."""

    PLATFORM = "platform"
    """Writes listings of its own source_platform."""
    PARTNER = "partner"
    """Acts for one organisation."""
    CLERK = "clerk"
    """Proposes partnership and ledger documents of the region."""
    APPROVER = "approver"
    """Accepts proposals, never its own."""
    OPERATOR = "operator"
    """Runs the node."""
    SECURITY = "security"
    """Manages tokens, keys and the registry."""
    AUDITOR = "auditor"
    """Reads all, writes nothing."""
    MEMBER = "member"
    """Another member's node, known by its pinned certificate."""


_SCOPES: Final = {
    Role.PLATFORM: ("来源平台", "source_platform"),
    Role.PARTNER: ("机构", "organisation"),
}
MEMBERS_READERS = frozenset(
    {Role.PLATFORM, Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR, Role.MEMBER}
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The party behind one call. A token's caller has a token id, a member's a name and a pin."""

    roles: frozenset[Role]
    token_id: str = ""
    source_platform: str = ""
    organisation: str = ""
    member: str = ""
    pin: bytes = b""
    holder: str = ""
    """The person who uses the token, as it names them; in no log."""

    @property
    def identity(self) -> str:
        """Under what name request ids are remembered; it survives a change of token."""
        if self.member:
            return f"member/{self.member}"
        if self.source_platform:
            return f"platform/{self.source_platform}"
        if self.organisation:
            return f"organisation/{self.organisation}"
        return f"token/{self.token_id}"

    @property
    def reads_members_parts(self) -> bool:
        """Whether MEMBERS parts may be shown (DESIGN section 4: members and platforms)."""
        return not self.roles.isdisjoint(MEMBERS_READERS)

    def check_writes_for(self, source_platform: str) -> None:
        """Raise PLATFORM_MISMATCH unless this caller may write records of that platform."""
        if Role.PLATFORM in self.roles and source_platform != self.source_platform:
            raise Refused(
                "PLATFORM_MISMATCH",
                f"a token of {self.source_platform} writes for {source_platform or 'no platform'}",
                own_platform=self.source_platform,
                source_platform=source_platform,
            )


class Access:
    """Makes, lists, revokes and verifies tokens. Safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._clock = clock
        self._random_bytes = random_bytes
        # By digest of the token text: the caller, and until when that is believed.
        self._seen: dict[bytes, tuple[Caller, float, float]] = {}
        """By the SHA-256 of a token: whose it is, when it was looked up, when it expires."""

    def create(
        self,
        roles: Collection[Role],
        *,
        scope: str = "",
        label: str = "",
        holder: str = "",
        days: int,
    ) -> str:
        """Make a token and return its text, which nobody can read again.

        `scope` is the source_platform of a platform token or the organisation of a partner token,
        `holder` the person who uses it, "" for nobody that is known. Raises INVALID_FIELD.
        """
        _check(roles, scope, days)
        holder = _holder(holder)
        token_id, secret = _base32(self._random_bytes(5)), _base32(self._random_bytes(20))
        text = f"ydx_{token_id}_{secret}"
        now = self._clock()
        token = Token(
            id=token_id,
            sha256=sha256(text.encode()).digest(),
            label=label,
            roles=frozenset(map(str, roles)),
            scope=scope,
            created_at_s=now,
            expires_at_s=now + days * _DAY_S,
            holder=holder,
        )
        with self._database.write() as tx:
            tokens.add(tx, token)
        return text

    def every(self) -> list[Token]:
        """Return all tokens, oldest first; none holds its text."""
        with self._database.read() as tx:
            return tokens.every(tx)

    def revoke(self, token_id: str) -> None:
        """End a token. Raises RECORD_NOT_FOUND."""
        with self._database.write() as tx:
            found = tokens.revoke(tx, token_id)
        self._seen = {}
        if not found:
            cure = (
                "请核对编号；ydx token list 列出现有的令牌",
                "Check the id; ydx token list lists the tokens there are",
            )
            what = f"there is no token {token_id}"
            raise Refused("RECORD_NOT_FOUND", what, cure=cure, name=token_id)

    def verify(self, text: str) -> Caller:
        """Return who presents this token. Raises TOKEN_INVALID."""
        digest = sha256(text.encode()).digest()
        now = self._clock()
        caller, seen_at_s, until_s = self._seen.get(digest, _UNSEEN)
        if 0.0 <= now - seen_at_s < SEEN_FOR_S and now < until_s:  # the clock may be set back
            return caller
        token = self._find(text, digest, now)
        caller = _caller(token)
        if len(self._seen) >= _SEEN_MAX:
            self._seen = {}
        self._seen[digest] = (caller, now, token.expires_at_s)
        return caller

    def current(self, token_id: str) -> Caller:
        """Return who the holder of a token is now. Raises TOKEN_INVALID.

        For what goes on after its call: streams, and what is sent on behalf of a caller.
        """
        with self._database.read(snapshot=False) as tx:
            token = tokens.find(tx, token_id)
        if token is None or token.revoked or self._clock() >= token.expires_at_s:
            raise Refused("TOKEN_INVALID", "the token is unknown, expired or revoked")
        return _caller(token)

    def _find(self, text: str, digest: bytes, now: float) -> Token:
        matched = _TEXT.fullmatch(text)
        if matched is None:
            raise Refused("TOKEN_INVALID", "the token does not read ydx_<id>_<secret>")
        with self._database.read(snapshot=False) as tx:
            token = tokens.find(tx, matched[1])
        known = compare_digest(token.sha256 if token else bytes(32), digest)
        if token is None or not known or token.revoked or now >= token.expires_at_s:
            raise Refused("TOKEN_INVALID", "the token is unknown, expired or revoked")
        self._note_use(token, now)
        return token

    def _note_use(self, token: Token, now: float) -> None:
        today = datetime.fromtimestamp(now, UTC).date().isoformat()
        if token.last_used_on != today:
            # Who reads must not be refused because the disk is full.
            with suppress(YdxError), self._database.write() as tx:
                tokens.set_last_used(tx, token.id, today)


_UNSEEN: Final = (Caller(frozenset()), 0.0, 0.0)


def _caller(token: Token) -> Caller:
    roles = frozenset(map(Role, token.roles))
    return Caller(
        roles,
        token_id=token.id,
        source_platform=token.scope if Role.PLATFORM in roles else "",
        organisation=token.scope if Role.PARTNER in roles else "",
        holder=token.holder,
    )


def _check(roles: Collection[Role], scope: str, days: int) -> None:
    given = ", ".join(sorted(roles))
    scoped = [role for role in (Role.PLATFORM, Role.PARTNER) if role in roles]
    if not roles or Role.MEMBER in roles:
        raise invalid_field(
            "roles", "ROLES", given, "须为可授予的角色", "must name roles that a token can have"
        )
    if len(scoped) > 1:
        raise invalid_field(
            "roles", "ROLES", given, "只能有一个受限角色", "must not join platform and partner"
        )
    if scoped and not scope:
        raise invalid_field(
            "scope",
            "SCOPE",
            scope,
            f"未给出：角色 {scoped[0]} 须以 --scope 写明其{_SCOPES[scoped[0]][0]}",
            f"is missing: give the {_SCOPES[scoped[0]][1]} of the role {scoped[0]} with --scope",
        )
    if scope and not scoped:
        raise invalid_field(
            "scope",
            "SCOPE",
            scope,
            "须且仅须随 platform（来源平台）或 partner（机构）给出",
            "must be given with platform (its source_platform) or partner (its organisation) only",
        )
    most = max((SCOPE_CHARS_MAX[role] for role in scoped), default=0)
    if len(scope) > most or not scope.isprintable() or scope.strip() != scope:
        raise invalid_field(
            "scope",
            "SCOPE_FORM",
            scope,
            f"至多 {most} 个可见字符，首尾无空格",
            f"has at most {most} visible characters and no blanks at its ends",
        )
    if Role.PARTNER in roles and uscc.has_form(scope) and not uscc.is_valid(scope):
        raise InvalidFields([finding("USCC_CHECK_DIGIT", "scope", scope)])
    if not 1 <= days <= EXPIRY_DAYS_MAX:
        raise invalid_field(
            "days", "EXPIRY", str(days), "须为 1 至 365", f"must be 1 to {EXPIRY_DAYS_MAX}"
        )


def _holder(said: str) -> str:
    """Return a holder's name in its one form, so that the same name is the same person."""
    name = " ".join(normalize("NFKC", said).split())
    is_seen = name.isprintable() and not _IGNORABLE.search(name)
    if len(name) > HOLDER_CHARS_MAX or not is_seen or (said and not name):
        raise invalid_field(
            "holder",
            "HOLDER",
            said,
            f"须为 1 至 {HOLDER_CHARS_MAX} 个可见字符",
            f"must be 1 to {HOLDER_CHARS_MAX} visible characters",
        )
    return name


def _base32(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").lower()
