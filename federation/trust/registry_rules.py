"""What must hold within one registry, and from one version to the next.

Within one version:
- Members ascend by name, each named once; a name, an origin, a public key or a certificate belongs
  to one member and one purpose only, whatever has ended meanwhile.
- Keys bear the names that `names` gives them; a certificate follows the rules of `certificate`.
- A member's logs are numbered from 1 in order; each but the last is closed, and each but the first
  names the one before as its predecessor.
- A log's keys follow on: each starts where the one before ended; only the last is without an end.
- What is ended or closed says in which version. Logs and their keys come in the order of their
  versions, none before its member, none ends before it came.
- A member has at most one witness key that has not ended.
- The periods of the quorum ascend from version 1. Any two quorums of one period share a witness.
- At most one member holds the role of the center at any time.

From one version to a later one:
- Nothing is deleted, re-assigned or re-opened: what has ended stays ended where it ended.
- What is new says a version above the earlier one: nothing is put into the past. So a registry
  tells of every earlier version who its members, logs, keys and witnesses were.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from federation.log.errors import Refused
from federation.trust import names
from federation.trust.certificate import check_certificate
from federation.trust.registry import CENTER
from federation.trust.typed_json import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from federation.trust.registry import Log, Member, QuorumPeriod, Registry, WitnessKey


def check_registry(registry: Registry) -> None:
    """Refuse (TRUST_FILE_REFUSED, with the path) a registry that breaks a rule within itself."""
    member_names = [member.name for member in registry.members]
    if not member_names or any(a >= b for a, b in pairwise(member_names)):
        raise refused("members", "at least one, ascending by name, each once")
    for i, member in enumerate(registry.members):
        _check_member(f"members[{i}]", registry, member)
    _check_used_once("key", _publics(registry))
    _check_used_once("certificate", _pins(registry))
    _check_periods(registry)
    known = set(member_names)
    if not known.issuperset(registry.absent):
        raise refused("absent", "names who is no member")
    for i, thaw in enumerate(registry.thaws):
        if not registry.has_origin(thaw.origin) or thaw.version > registry.version:
            raise refused(f"thaws[{i}]", "of an unknown origin or a later version")
    centers = [m.name for m in registry.members if m.holds(CENTER)]
    if len(centers) > 1:
        raise refused("members", "two members hold the role of the center")


def _check_member(path: str, registry: Registry, member: Member) -> None:
    _check_versions(path, registry, member)
    if not member.logs or not member.witness_keys or not member.certificates:
        raise refused(path, "a member has a log, a witness key and a certificate")
    for number, log in enumerate(member.logs, 1):
        _check_log(f"{path}.logs[{number - 1}]", registry, member, number)
        if number < len(member.logs) and log.closed is None:
            raise refused(f"{path}.logs", "a member has one open log, its last")
    _check_witness_keys(f"{path}.witness_keys", registry, member)
    if member.trust_key.name != names.trust_key_name(registry.federation, member.name):
        raise refused(f"{path}.trust_key", "the key's name is not the member's")
    for i, certificate in enumerate(member.certificates):
        try:
            check_certificate(certificate.der, member.name)
        except Refused as error:
            raise refused(f"{path}.certificates[{i}]", error.what) from error
    own_origins = {log.origin for log in member.logs}
    for i, role in enumerate(member.roles):
        if role.origin not in own_origins:
            raise refused(f"{path}.roles[{i}]", "the origin is not a log of the member")
        if role.last_size is not None and role.last_size < role.first_size:
            raise refused(f"{path}.roles[{i}]", "the role ends before it starts")


def _check_versions(path: str, registry: Registry, member: Member) -> None:
    versions = [
        member.joined_version,
        member.left_version or 1,
        *(key.from_version for key in member.witness_keys),
        *(key.ended_version or 1 for key in member.witness_keys),
        *(log.closed_version or 1 for log in member.logs),
        *(key.from_version for log in member.logs for key in log.keys),
        *(key.ended_version or 1 for log in member.logs for key in log.keys),
        *(one.revoked_version or 1 for one in member.certificates),
    ]
    if max(versions) > registry.version:
        raise refused(path, "speaks of a version that is yet to come")
    brought = [key.from_version for log in member.logs for key in log.keys]
    if any(a > b for a, b in pairwise([member.joined_version, *brought])):
        raise refused(f"{path}.logs", "a log or key is of an earlier version than what it follows")
    for i, log in enumerate(member.logs):
        _check_log_versions(f"{path}.logs[{i}]", log)


def _check_log_versions(path: str, log: Log) -> None:
    for i, one in enumerate(log.keys):
        if (one.end is None) != (one.ended_version is None):
            raise refused(f"{path}.keys[{i}]", "an end and its version stand together")
        if one.ended_version is not None and one.ended_version < one.from_version:
            raise refused(f"{path}.keys[{i}]", "ends before the version that brought it")
    if (log.closed is None) != (log.closed_version is None):
        raise refused(path, "a closed log says in which version, an open one does not")


def _check_log(path: str, registry: Registry, member: Member, number: int) -> None:
    log = member.logs[number - 1]
    if log.origin != names.origin_of(registry.federation, member.name, number):
        raise refused(path, "the origin is not the member's next one")
    if log.predecessor != (member.logs[number - 2].origin if number > 1 else None):
        raise refused(path, "the predecessor is not the member's log before")
    if not log.keys:
        raise refused(path, "a log has a key")
    start: int | None = 0
    for i, one in enumerate(log.keys):
        if one.key.name != log.origin:
            raise refused(f"{path}.keys[{i}]", "the key's name is not the origin")
        if one.first_size != start:
            raise refused(f"{path}.keys[{i}]", "starts elsewhere than the key before ended")
        if one.end is not None and one.end.size < one.first_size:
            raise refused(f"{path}.keys[{i}]", "ends before it starts")
        start = one.end.size if one.end is not None else None
    if log.closed is not None and log.closed.size < log.keys[-1].first_size:
        raise refused(path, "is closed below the start of its last key")


def _check_witness_keys(path: str, registry: Registry, member: Member) -> None:
    expected = names.witness_key_name(registry.federation, member.name)
    for i, one in enumerate(member.witness_keys):
        if one.key.name != expected:
            raise refused(f"{path}[{i}]", "the key's name is not the member's")
        if one.ends and one.ended_version is None:
            raise refused(f"{path}[{i}]", "has ends and no version that ended it")
        if not all(registry.has_origin(origin) for origin in one.ends):
            raise refused(f"{path}[{i}]", "ends at an unknown origin")
    if sum(one.ended_version is None for one in member.witness_keys) > 1:
        raise refused(path, "only one witness key may be without an end")


def _check_used_once(what: str, used: Iterable[tuple[str, bytes]]) -> None:
    seen: dict[bytes, str] = {}
    for path, value in used:
        if value in seen:
            raise refused(path, f"the same {what} as {seen[value]}")
        seen[value] = path


def _publics(registry: Registry) -> Iterator[tuple[str, bytes]]:
    for i, member in enumerate(registry.members):
        for j, log in enumerate(member.logs):
            for k, log_key in enumerate(log.keys):
                yield f"members[{i}].logs[{j}].keys[{k}]", log_key.key.public
        for j, witness_key in enumerate(member.witness_keys):
            yield f"members[{i}].witness_keys[{j}]", witness_key.key.public
        yield f"members[{i}].trust_key", member.trust_key.public


def _pins(registry: Registry) -> Iterator[tuple[str, bytes]]:
    for i, member in enumerate(registry.members):
        for j, certificate in enumerate(member.certificates):
            yield f"members[{i}].certificates[{j}]", certificate.pin


def _check_periods(registry: Registry) -> None:
    starts = [period.from_version for period in registry.periods]
    if not starts or starts[0] != 1 or any(a >= b for a, b in pairwise(starts)):
        raise refused("quorums", "periods ascend from version 1")
    if starts[-1] > registry.version:
        raise refused("quorums", "speaks of a version that is yet to come")
    known = {member.name for member in registry.members}
    for i, period in enumerate(registry.periods):
        if any(a >= b for a, b in pairwise(period.witnesses)):
            raise refused(f"quorums[{i}].witnesses", "ascending, each once")
        if not known.issuperset(period.witnesses):
            raise refused(f"quorums[{i}].witnesses", "names who is no member")
        _check_overlap(f"quorums[{i}]", period)


def _check_overlap(path: str, period: QuorumPeriod) -> None:
    """Of n witnesses any two quorums of k share one if 2k > n; without a witness k is 0."""
    count = len(period.witnesses)
    for n, k in ((max(count - 1, 0), period.k), (count, period.k_joining)):
        if k > n or (n > 0 and 2 * k <= n):
            raise refused(path, f"{k} of {n} witnesses is no quorum")


def check_succession(old: Registry, new: Registry) -> None:
    """Refuse (TRUST_FILE_REFUSED) a newer registry that deletes or re-opens what `old` holds."""
    if new.federation != old.federation:
        raise refused("federation", "is another federation")
    if new.version <= old.version:
        raise refused("version", f"is not above {old.version}")
    if new.periods[: len(old.periods)] != old.periods or any(
        period.from_version <= old.version for period in new.periods[len(old.periods) :]
    ):
        raise refused("quorums", "changes the quorum of an earlier version")
    if new.thaws[: len(old.thaws)] != old.thaws:
        raise refused("thaws", "changes an earlier thaw")
    if not set(new.formats) >= set(old.formats):
        raise refused("formats", "takes a format back")
    by_name = {member.name: member for member in new.members}
    for member in old.members:
        if member.name not in by_name:
            raise refused("members", f"deletes {member.name}")
        _check_member_kept(f"member {member.name}", member, by_name[member.name])
    said_before = set(_said_versions(old))
    for path, version in sorted(set(_said_versions(new)) - said_before):
        if version <= old.version:
            raise refused(path, f"is new and says version {version}, not above {old.version}")


def _said_versions(registry: Registry) -> Iterator[tuple[str, int]]:
    """Yield what a version brought or ended, by a path that later versions keep, and the version.

    Member names ascend; lists of a member only grow (`_check_member_kept`).
    """
    for member in registry.members:
        path = f"member {member.name}"
        yield path, member.joined_version
        if member.left_version is not None:
            yield f"{path} that left", member.left_version
        for i, log in enumerate(member.logs):
            if log.closed_version is not None:
                yield f"{path}.logs[{i}] that is closed", log.closed_version
            for j, log_key in enumerate(log.keys):
                yield f"{path}.logs[{i}].keys[{j}]", log_key.from_version
                if log_key.ended_version is not None:
                    yield f"{path}.logs[{i}].keys[{j}] that ended", log_key.ended_version
        for i, witness_key in enumerate(member.witness_keys):
            yield f"{path}.witness_keys[{i}]", witness_key.from_version
            if witness_key.ended_version is not None:
                yield f"{path}.witness_keys[{i}] that ended", witness_key.ended_version


def _check_member_kept(path: str, old: Member, new: Member) -> None:
    if old.joined_version != new.joined_version:
        raise refused(path, "joined in another version before")
    if old.left_version is not None and new.left_version != old.left_version:
        raise refused(path, "had left; names are never used again")
    if len(new.logs) < len(old.logs) or not all(
        _is_log_kept(a, b) for a, b in zip(old.logs, new.logs, strict=False)
    ):
        raise refused(f"{path}.logs", "deletes or re-opens a log or a key")
    if len(new.witness_keys) < len(old.witness_keys) or not all(
        _is_witness_key_kept(a, b) for a, b in zip(old.witness_keys, new.witness_keys, strict=False)
    ):
        raise refused(f"{path}.witness_keys", "deletes or re-opens a key")
    if len(new.certificates) < len(old.certificates) or not all(
        a.der == b.der and a.revoked_version in {None, b.revoked_version}
        for a, b in zip(old.certificates, new.certificates, strict=False)
    ):
        raise refused(f"{path}.certificates", "deletes or re-opens a certificate")
    if len(new.roles) < len(old.roles) or not all(
        (a.name, a.origin, a.first_size) == (b.name, b.origin, b.first_size)
        and a.last_size in {None, b.last_size}
        for a, b in zip(old.roles, new.roles, strict=False)
    ):
        raise refused(f"{path}.roles", "deletes or re-opens a role")


def _is_log_kept(old: Log, new: Log) -> bool:
    return (
        old.origin == new.origin
        and (old.closed, old.closed_version) in {(None, None), (new.closed, new.closed_version)}
        and len(old.keys) <= len(new.keys)
        and all(
            (a.key, a.first_size, a.from_version) == (b.key, b.first_size, b.from_version)
            and (a.end, a.ended_version) in {(None, None), (b.end, b.ended_version)}
            for a, b in zip(old.keys, new.keys, strict=False)
        )
    )


def _is_witness_key_kept(old: WitnessKey, new: WitnessKey) -> bool:
    if (old.key, old.from_version) != (new.key, new.from_version):
        return False
    return old.ended_version is None or (old.ended_version, old.ends) == (
        new.ended_version,
        new.ends,
    )
