"""The key with which id tokens are signed (RS256), and its certificate."""

import base64
import datetime
import json
import threading
from collections.abc import Mapping
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

KEY_ID = "sandbox-1"


class Signer:
    """The key is made when first needed: most tests never sign in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def jwt(self, claims: Mapping[str, object]) -> str:
        head = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
        text = ".".join(encoded(json.dumps(part).encode()) for part in (head, dict(claims)))
        signature = self._made().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{encoded(signature)}"

    def certificates(self) -> dict[str, str]:
        """As `/oauth2/v1/certs` gives them: a PEM certificate by key id."""
        now = datetime.datetime.now(datetime.UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox Google")])
        key = self._made()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        return {KEY_ID: certificate.public_bytes(serialization.Encoding.PEM).decode()}

    def _made(self) -> rsa.RSAPrivateKey:
        with self._lock:
            return self._key

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def encoded(data: bytes) -> str:
    """base64url without padding, as tokens and PKCE want it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
