"""A certificate authority of our own: signs a leaf certificate for any host on the fly."""

import datetime
import os
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FOR = datetime.timedelta(days=30)

# Python 3.13 trusts no authority that does not say that it is one.
_SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """Lives in memory; only its public certificate (`file`) is meant for others."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._key = ec.generate_private_key(ec.SECP256R1())
        # One key pair for every leaf: making one per host would only cost time.
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Sandbox authority")
        self._certificate = self._sign(self._name, self._key.public_key(), host=None)
        # A name per process: sandboxes sharing a folder must not replace each other's authority.
        self.file = folder / f"ca-{os.getpid()}-{id(self):x}.pem"
        self.file.write_bytes(_pem(self._certificate))

    def context(self, host: str) -> ssl.SSLContext:
        """The server side of TLS for this host."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._make_context(host)
            return self._contexts[host]

    def close(self) -> None:
        self.file.unlink(missing_ok=True)

    def _make_context(self, host: str) -> ssl.SSLContext:
        leaf = self._sign(_name(host[:60]), self._leaf_key.public_key(), host=host)
        private = self._leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        # The ssl module loads certificates from files only.
        chain = self._folder / f"leaf-{os.getpid()}-{threading.get_ident():x}.pem"
        chain.touch(mode=0o600)
        try:
            chain.write_bytes(private + _pem(leaf))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain)
        finally:
            chain.unlink()
        return context

    def _sign(
        self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey, host: str | None
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + VALID_FOR)
            .add_extension(x509.BasicConstraints(host is None, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(issuer_key, critical=False)
        )
        if host is None:
            builder = builder.add_extension(_SIGNS_CERTIFICATES, critical=True)
        else:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
