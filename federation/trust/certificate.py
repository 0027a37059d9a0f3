"""TLS certificates of members: self-signed, and trusted by their pin alone (DESIGN section 8).

- ECDSA P-256, since gRPC's TLS refuses Ed25519 certificates.
- A unique subject per key: TLS libraries choose among roots by subject.
- SAN `<member>.ydx`, the target name that clients dial; KeyUsage digitalSignature, critical; no CA.
- Valid to the end of 9999: a certificate ends when the registry says so, not by a clock.
- The pin is the SHA-256 of the DER. Who a caller is follows from the pin, never from a name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from federation.log.errors import Refused

CERTIFICATE_BYTES_MAX: Final = 2_048

_VALID_FROM: Final = datetime(2000, 1, 1, tzinfo=UTC)
_VALID_TO: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def target_name(member: str) -> str:
    """Return the name that a member's certificate carries and that clients dial it by."""
    return f"{member}.ydx"


def pin_of(der: bytes) -> bytes:
    """Return the 32-byte pin of a certificate."""
    return sha256(der).digest()


def self_signed(member: str, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the DER of the one certificate that this module's rules allow for the key."""
    public = key.public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key_digest = sha256(spki).digest()
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, target_name(member)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, key_digest[:16].hex()),
        ]
    )
    builder = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=public)
        .serial_number(int.from_bytes(key_digest[16:]) >> 1 | 1)
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_TO)
        .add_extension(_only_name(member), critical=False)
        .add_extension(_signing_only(), critical=True)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def check_certificate(der: bytes, member: str) -> None:
    """Refuse (BAD_KEY) a certificate that does not follow this module's rules for the member."""
    if len(der) > CERTIFICATE_BYTES_MAX:
        raise _bad("the certificate is too large")
    try:
        certificate = x509.load_der_x509_certificate(der)
        extensions = {one.oid: one for one in certificate.extensions}
        names = extensions[x509.SubjectAlternativeName.oid].value
        usage = extensions[x509.KeyUsage.oid]
        key = certificate.public_key()
        certificate.verify_directly_issued_by(certificate)
    except KeyError as error:
        raise _bad("the certificate lacks SAN or KeyUsage") from error
    except Exception as error:  # the parser of hostile bytes names no closed set of exceptions
        raise _bad("the certificate is not a self-signed X.509 certificate") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _bad("the certificate's key is not ECDSA P-256")
    if names != _only_name(member):
        raise _bad(f"the certificate's name is not {target_name(member)}")
    if not usage.critical or usage.value != _signing_only():
        raise _bad("the certificate's KeyUsage is not critical digitalSignature alone")
    if certificate.not_valid_after_utc != _VALID_TO:
        raise _bad("the certificate does not end with the year 9999")
    constraints = extensions.get(x509.BasicConstraints.oid)
    if constraints is not None and constraints.value.ca:
        raise _bad("the certificate is a CA's")


def _only_name(member: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(target_name(member))])


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _bad(what: str) -> Refused:
    return Refused("BAD_KEY", what)
