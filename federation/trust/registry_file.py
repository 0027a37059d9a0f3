"""`registry.json`: the registry as the bytes that TUF signs.

- Canonical JSON (see `typed_json`), at most 2 MiB; every number of elements is bounded.
- Hostile until TUF has verified it, and parsed as strictly after: a value or TRUST_FILE_REFUSED
  with the path of the field, never another exception.
- Every field is there, null where nothing stands; fields that this version does not know are left
  alone. Bytes are base64, keys C2SP verifier keys.
- Files that were made before log keys carried their versions stay readable: the first key of a
  member's first log is of the version in which it joined; nothing else can be left out.
- The file's version equals the version of the targets file that names it.
"""

from __future__ import annotations

import re
from typing import Final

from federation.log.errors import Refused
from federation.log.hashing import HASH_BYTES, MAX_TREE_SIZE
from federation.log.keys import COSIGNATURE_V1, ED25519, VerifierKey
from federation.log.strict_base64 import encode as to_base64
from federation.trust import names
from federation.trust.certificate import CERTIFICATE_BYTES_MAX
from federation.trust.registry import (
    Certificate,
    Log,
    LogKey,
    Member,
    QuorumPeriod,
    Quota,
    Registry,
    Role,
    Thaw,
    TreeHead,
    WitnessKey,
)
from federation.trust.registry_rules import check_registry
from federation.trust.typed_json import JsonField, encode_canonical, read_canonical

REGISTRY_BYTES_MAX: Final = 2 * 2**20

_MEMBERS_MAX: Final = 1_000
_PER_MEMBER_MAX: Final = 1_000  # logs, keys, certificates: years of rotations
_HISTORY_MAX: Final = 10_000
_ORIGIN: Final = re.compile(r"[a-z0-9./-]{3,240}")
_VKEY: Final = re.compile(r"[\x21-\x7e]{1,400}")


def parse_registry(raw: bytes) -> Registry:
    """Return the registry, checked by `check_registry`, or refuse it (TRUST_FILE_REFUSED)."""
    root = read_canonical(raw, REGISTRY_BYTES_MAX)
    registry = Registry(
        federation=root["federation"].text(names.DOMAIN),
        version=root["version"].number(1),
        formats=tuple(one.number(1, 2**31 - 1) for one in root["formats"].items(100)),
        members=tuple(_member(one) for one in root["members"].items(_MEMBERS_MAX)),
        periods=tuple(_period(one) for one in root["quorums"].items(_HISTORY_MAX)),
        absent=tuple(one.text(names.LABEL) for one in root["absent"].items(_MEMBERS_MAX)),
        thaws=tuple(_thaw(one) for one in root["thaws"].items(_HISTORY_MAX)),
    )
    check_registry(registry)
    return registry


def encode_registry(registry: Registry) -> bytes:
    """Return the bytes of a registry, or refuse what `parse_registry` would refuse."""
    raw = encode_canonical(
        {
            "federation": registry.federation,
            "version": registry.version,
            "formats": list(registry.formats),
            "members": [_member_json(one) for one in registry.members],
            "quorums": [
                {
                    "from_version": one.from_version,
                    "witnesses": list(one.witnesses),
                    "k": one.k,
                    "k_joining": one.k_joining,
                }
                for one in registry.periods
            ],
            "absent": list(registry.absent),
            "thaws": [
                {"version": one.version, "origin": one.origin, **_head_json(one.head)}
                for one in registry.thaws
            ],
        }
    )
    parse_registry(raw)
    return raw


def _member(at: JsonField) -> Member:
    name = at["name"].text(names.LABEL)
    certificates = at["certificates"].items(_PER_MEMBER_MAX)
    joined_version = at["joined_version"].number(1)
    return Member(
        name=name,
        region=at["region"].text(names.REGION),
        endpoint=at["endpoint"].text(names.ENDPOINT),
        logs=tuple(
            _log(one, None if i else joined_version)
            for i, one in enumerate(at["logs"].items(_PER_MEMBER_MAX))
        ),
        witness_keys=tuple(_witness_key(one) for one in at["witness_keys"].items(_PER_MEMBER_MAX)),
        trust_key=_key(at["trust_key"], ED25519),
        certificates=tuple(_certificate(one) for one in certificates),
        roles=tuple(_role(one) for one in at["roles"].items(100)),
        quota=Quota(at["quota"]["entries"].number(), at["quota"]["size_bytes"].number()),
        joined_version=joined_version,
        left_version=_number_or_none(at["left_version"], 1),
    )


def _member_json(member: Member) -> dict[str, object]:
    return {
        "name": member.name,
        "region": member.region,
        "endpoint": member.endpoint,
        "logs": [_log_json(one) for one in member.logs],
        "witness_keys": [_witness_key_json(one) for one in member.witness_keys],
        "trust_key": member.trust_key.text(),
        "certificates": [
            {"der": _text(one.der), "revoked_version": one.revoked_version}
            for one in member.certificates
        ],
        "roles": [
            {
                "role": one.name,
                "origin": one.origin,
                "first_size": one.first_size,
                "last_size": one.last_size,
            }
            for one in member.roles
        ],
        "quota": {"entries": member.quota.entries, "size_bytes": member.quota.size_bytes},
        "joined_version": member.joined_version,
        "left_version": member.left_version,
    }


def _log(at: JsonField, joined_version: int | None) -> Log:
    """Return a log; `joined_version` is given with a member's first one."""
    predecessor = at["predecessor"].optional()
    closed = at["closed"].optional()
    return Log(
        origin=at["origin"].text(_ORIGIN),
        keys=tuple(
            _log_key(one, None if i else joined_version)
            for i, one in enumerate(at["keys"].items(_PER_MEMBER_MAX))
        ),
        closed=_head(closed) if closed else None,
        predecessor=predecessor.text(_ORIGIN) if predecessor else None,
        closed_version=_version_if_there(at, "closed_version"),
    )


def _log_json(log: Log) -> dict[str, object]:
    return {
        "origin": log.origin,
        "keys": [
            {
                "vkey": one.key.text(),
                "first_size": one.first_size,
                "last_size": one.end.size if one.end else None,
                "end_root": _text(one.end.root) if one.end else None,
                "from_version": one.from_version,
                "ended_version": one.ended_version,
            }
            for one in log.keys
        ],
        "closed": _head_json(log.closed) if log.closed else None,
        "closed_version": log.closed_version,
        "predecessor": log.predecessor,
    }


def _log_key(at: JsonField, joined_version: int | None) -> LogKey:
    """Return a key of a log; `joined_version` is given with the key that a member joined with."""
    size, root = at["last_size"].optional(), at["end_root"].optional()
    if (size is None) != (root is None):
        raise at.refused("last_size and end_root stand together or not at all")
    end = TreeHead(size.number(0, MAX_TREE_SIZE), _root(root)) if size and root else None
    return LogKey(
        key=_key(at["vkey"], ED25519),
        first_size=at["first_size"].number(0, MAX_TREE_SIZE),
        end=end,
        from_version=_version_if_there(at, "from_version")
        or joined_version
        or at["from_version"].number(1),
        ended_version=_version_if_there(at, "ended_version"),
    )


def _witness_key(at: JsonField) -> WitnessKey:
    ends: dict[str, TreeHead] = {}
    for one in at["ends"].items(_HISTORY_MAX):
        origin = one["origin"].text(_ORIGIN)
        if origin in ends:
            raise one.refused("the origin has an end already")
        ends[origin] = _head(one)
    return WitnessKey(
        key=_key(at["vkey"], COSIGNATURE_V1),
        from_version=at["from_version"].number(1),
        ended_version=_number_or_none(at["ended_version"], 1),
        ends=ends,
    )


def _witness_key_json(key: WitnessKey) -> dict[str, object]:
    return {
        "vkey": key.key.text(),
        "from_version": key.from_version,
        "ended_version": key.ended_version,
        "ends": [{"origin": origin, **_head_json(head)} for origin, head in key.ends.items()],
    }


def _certificate(at: JsonField) -> Certificate:
    der = at["der"].octets(CERTIFICATE_BYTES_MAX)
    return Certificate(der, _number_or_none(at["revoked_version"], 1))


def _role(at: JsonField) -> Role:
    return Role(
        name=at["role"].text(names.LABEL),
        origin=at["origin"].text(_ORIGIN),
        first_size=at["first_size"].number(0, MAX_TREE_SIZE),
        last_size=_number_or_none(at["last_size"], 0),
    )


def _period(at: JsonField) -> QuorumPeriod:
    return QuorumPeriod(
        from_version=at["from_version"].number(1),
        witnesses=tuple(one.text(names.LABEL) for one in at["witnesses"].items(_MEMBERS_MAX)),
        k=at["k"].number(0, _MEMBERS_MAX),
        k_joining=at["k_joining"].number(0, _MEMBERS_MAX),
    )


def _thaw(at: JsonField) -> Thaw:
    return Thaw(at["version"].number(1), at["origin"].text(_ORIGIN), _head(at))


def _head(at: JsonField) -> TreeHead:
    return TreeHead(at["size"].number(0, MAX_TREE_SIZE), _root(at["root"]))


def _head_json(head: TreeHead) -> dict[str, object]:
    return {"size": head.size, "root": _text(head.root)}


def _root(at: JsonField) -> bytes:
    root = at.octets(HASH_BYTES)
    if len(root) != HASH_BYTES:
        raise at.refused("a root hash has 32 bytes")
    return root


def _key(at: JsonField, key_type: int) -> VerifierKey:
    try:
        key = VerifierKey.parse(at.text(_VKEY))
    except Refused as error:
        raise at.refused(error.what) from error
    if key.key_type != key_type:
        raise at.refused(f"a key of type {key_type:02x} belongs here")
    return key


def _number_or_none(at: JsonField, low: int) -> int | None:
    present = at.optional()
    return present.number(low) if present else None


def _version_if_there(at: JsonField, name: str) -> int | None:
    present = at.if_there(name)
    return present.number(1) if present else None


def _text(raw: bytes) -> str:
    return to_base64(raw).decode()
