"""One TUF file as bytes: bounded, read strictly, and not trusted by that.

- A file has a size limit by role, and a version from 1 to 2^63 - 1 that is a whole number.
- Keys are Ed25519 of full order in canonical form, and each public key counts once, whatever key
  ids it goes by: python-tuf counts key ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp

from federation.log.errors import Refused
from federation.log.keys import check_ed25519_public
from federation.trust.registry_file import REGISTRY_BYTES_MAX
from federation.trust.typed_json import NUMBER_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Root.type
TIMESTAMP: Final = Timestamp.type
SNAPSHOT: Final = Snapshot.type
TARGETS: Final = Targets.type
REGISTRY: Final = "registry"
REGISTRY_TARGET: Final = "registry.json"
"""Name of the registry among the targets."""

SIZE_BYTES_MAX: Final[Mapping[str, int]] = {
    ROOT: 512 * 1024,
    TIMESTAMP: 16 * 1024,
    SNAPSHOT: 64 * 1024,
    TARGETS: 256 * 1024,
    REGISTRY: REGISTRY_BYTES_MAX,
}
"""Limits by role, in bytes."""


@dataclass(frozen=True, slots=True)
class TrustFile:
    """A file as it is stored, sent and hashed. `role` is one of `SIZE_BYTES_MAX`."""

    role: str
    version: int
    content: bytes


def trust_refused(role: str, what: str, cure: tuple[str, str] | None = None) -> Refused:
    """Return the refusal (TRUST_FILE_REFUSED) of a file of this role."""
    return Refused("TRUST_FILE_REFUSED", f"{role}: {what}", cure=cure, role=role)


def check_size(role: str, content: bytes) -> None:
    """Refuse a file that is over the limit of its role."""
    if len(content) > SIZE_BYTES_MAX[role]:
        raise trust_refused(role, f"larger than {SIZE_BYTES_MAX[role]} bytes")


def read_metadata(role: str, content: bytes) -> Metadata[Any]:
    """Return the parsed file, or refuse it (TRUST_FILE_REFUSED). No signature is verified."""
    check_size(role, content)
    try:
        metadata: Metadata[Any] = Metadata.from_bytes(content)
        _ = metadata.signed_bytes  # refuses what has no canonical form, fractions for one
    except RepositoryError as error:
        raise trust_refused(role, "not a TUF file") from error
    signed: Signed = metadata.signed
    if signed.type != role:
        raise trust_refused(role, f"is a {signed.type} file")
    for version in _versions_in(signed):
        if type(version) is not int or version > NUMBER_MAX:
            raise trust_refused(role, "a version is not a whole number up to 2^63 - 1")
    if isinstance(signed, Snapshot) and "targets.json" not in signed.meta:
        raise trust_refused(role, "does not name targets.json")
    if isinstance(signed, Root):
        _check_root_keys(signed)
    return metadata


def _versions_in(signed: Signed) -> list[int]:
    versions = [signed.version]
    if isinstance(signed, Timestamp):
        versions.append(signed.snapshot_meta.version)
    if isinstance(signed, Snapshot):
        versions += [one.version for one in signed.meta.values()]
    return versions


def _check_root_keys(root: Root) -> None:
    publics: set[str] = set()
    for key in root.keys.values():
        if (key.keytype, key.scheme) != ("ed25519", "ed25519"):
            raise trust_refused(ROOT, "a key is not Ed25519")
        try:
            public = bytes.fromhex(key.keyval["public"])
            check_ed25519_public(public)
        except (ValueError, Refused) as error:
            raise trust_refused(ROOT, "a key is of low order or malformed") from error
        if public.hex() in publics:
            raise trust_refused(ROOT, "one key goes by two key ids")
        publics.add(public.hex())
    for name, role in root.roles.items():
        if not set(role.keyids) <= root.keys.keys():
            raise trust_refused(ROOT, f"role {name} names a key that is not there")
        if len(role.keyids) < role.threshold:
            raise trust_refused(ROOT, f"role {name} can never reach its threshold")
