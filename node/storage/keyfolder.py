"""The key folder: a member's secret keys, and beside each signing key the file that bounds its use.

    log.key  log.state          key of the own log; the last (size, root) that it was meant to sign
    witness.key  witness.state  key that cosigns; the last (size, root) cosigned per origin
    trust.key                   online key that renews TUF's snapshot and timestamp
    tls.key  tls.crt            ECDSA P-256 and its self-signed certificate, PEM
    node.secret                 32 bytes that make idempotency keys unguessable, hex
    lock                        who uses the folder

- Keys and files are made together and appear together. A key without its file, or with one that is
  torn or another key's, is never used again (KEY_WITHOUT_FILE).
- It lies outside the database and its backups: a copy of it is a second signer.
- The folder is 0700, every secret 0600; otherwise it is refused with the command that mends it.
- One process holds the folder, under a lock (LOCK_HELD).
"""

from __future__ import annotations

import secrets
import stat
from typing import TYPE_CHECKING, Final, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from federation.log.errors import YdxError
from federation.log.keys import COSIGNATURE_V1, ED25519, Signer, generate_private
from federation.trust import names
from federation.trust.certificate import self_signed
from federation.trust.public_line import PublicLine
from node.storage.folder_lock import FolderLock
from node.storage.key_state import LogState, WitnessState, log_state_lines, witness_state_lines
from node.storage.private_key import private_key_text, read_private_key, tuf_signer
from node.storage.state_file import new_folder, replace_file, write_state

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from federation.log.keys import VerifierKey

SECRETS: Final = ("log.key", "witness.key", "trust.key", "tls.key", "node.secret")
"""Files that nobody but their owner may read."""


class KeyFolder:
    """An opened key folder, locked until `close`. Its methods may be called from any thread.

    log_signer, witness_signer, trust_signer: keys of the three roles; trust_key: public half
    log_state, witness_state: what they were used for last
    tls_key_pem, tls_certificate_pem: for gRPC and HTTPS; node_secret: 32 bytes
    """

    def __init__(self, path: Path) -> None:
        """Lock and read the folder.

        Raises LOCK_HELD, KEY_WITHOUT_FILE, or BAD_CONFIG for a folder that is missing, incomplete
        or readable by others.
        """
        self.path = path
        check_permissions(path)
        self._lock = FolderLock(path)
        try:
            self._read()
        except BaseException:
            self._lock.release()
            raise

    @classmethod
    def create(cls, path: Path, federation: str, member: str) -> Self:
        """Make all keys with their files at once, and open the folder.

        Raises BAD_CONFIG where the path is not free: keys are never overwritten.
        """
        with new_folder(path) as folder:
            _fill(folder, federation, member)
        return cls(path)

    def _read(self) -> None:
        self.log_signer = Signer(*read_private_key(self.path / "log.key", ED25519))
        self.witness_signer = Signer(*read_private_key(self.path / "witness.key", COSIGNATURE_V1))
        trust_name, trust_seed = read_private_key(self.path / "trust.key", ED25519)
        self.trust_signer = tuf_signer(trust_seed)
        self.trust_key = Signer(trust_name, trust_seed).verifier(ED25519)
        self.log_state = LogState(self.path / "log.state", self.log_signer.verifier(ED25519))
        self.witness_state = WitnessState(
            self.path / "witness.state", self.witness_signer.verifier(COSIGNATURE_V1)
        )
        self.tls_key_pem = (self.path / "tls.key").read_bytes()
        self.tls_certificate_pem = (self.path / "tls.crt").read_bytes()
        self.node_secret = bytes.fromhex((self.path / "node.secret").read_text().strip())

    @property
    def origin(self) -> str:
        """Return the origin of the own log: the name of its key."""
        return self.log_signer.name

    @property
    def federation(self) -> str:
        """Return the federation's domain."""
        return self.trust_key.name.split("/")[0]

    @property
    def member(self) -> str:
        """Return the name of the member that the keys belong to."""
        return self.trust_key.name.split("/")[1]

    @property
    def certificate_der(self) -> bytes:
        """Return the DER of the TLS certificate, the bytes whose SHA-256 is the pin."""
        return load_pem_x509_certificate(self.tls_certificate_pem).public_bytes(Encoding.DER)

    def public_line(self, region: str, endpoint: str) -> PublicLine:
        """Return what others need to know of this member."""
        return PublicLine(
            federation=self.federation,
            member=self.member,
            region=region,
            endpoint=endpoint,
            log_key=self.log_signer.verifier(ED25519),
            witness_key=self.witness_signer.verifier(COSIGNATURE_V1),
            trust_key=self.trust_key,
            certificate=self.certificate_der,
        )

    def close(self) -> None:
        """Give the lock up, once nothing can be signed any more."""
        self.log_state.close()
        self.witness_state.close()
        self._lock.release()

    def __enter__(self) -> Self:
        """Return the folder; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it, whatever happened."""
        self.close()


def check_permissions(path: Path) -> None:
    """Raise BAD_CONFIG, with the cure, where folder or secret is missing or open to others."""
    for file, mode in ((path, 0o700), *((path / name, 0o600) for name in SECRETS)):
        try:
            permissions = stat.S_IMODE(file.stat().st_mode)
        except FileNotFoundError as error:
            cure = (
                "新成员用 ydx init 生成密钥目录；已有的请检查 keys.folder",
                "A new member makes its key folder with ydx init; otherwise check keys.folder",
            )
            text = f"{file} is missing"
            raise YdxError("BAD_CONFIG", text, cure=cure, file=str(file)) from error
        if permissions & 0o077:
            text = f"{file} can be read by others; mend it with: chmod {mode:o} {file}"
            cure = (f"运行 chmod {mode:o} {file}", f"Run chmod {mode:o} {file}")
            raise YdxError("BAD_CONFIG", text, cure=cure, file=str(file))


def _fill(folder: Path, federation: str, member: str) -> None:
    """Write all files of a new key folder."""
    log = _new_key(folder / "log.key", names.origin_of(federation, member), ED25519)
    write_state(folder / "log.state", log_state_lines(log))
    witness_name = names.witness_key_name(federation, member)
    witness = _new_key(folder / "witness.key", witness_name, COSIGNATURE_V1)
    write_state(folder / "witness.state", witness_state_lines(witness, {}))
    _new_key(folder / "trust.key", names.trust_key_name(federation, member), ED25519)
    tls_key = ec.generate_private_key(ec.SECP256R1())
    pem = tls_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    replace_file(folder / "tls.key", pem)
    certificate = load_der_x509_certificate(self_signed(member, tls_key))
    replace_file(folder / "tls.crt", certificate.public_bytes(Encoding.PEM))
    replace_file(folder / "node.secret", secrets.token_hex(32).encode() + b"\n")


def _new_key(path: Path, name: str, key_type: int) -> VerifierKey:
    seed = generate_private()
    replace_file(path, private_key_text(name, key_type, seed).encode() + b"\n")
    return Signer(name, seed).verifier(key_type)
