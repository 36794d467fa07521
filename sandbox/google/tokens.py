"""Grants, codes and tokens: who allowed which client what, and what proves it."""

import json
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.google.calls import Call
from sandbox.google.errors import refusal
from sandbox.google.scopes import canonical

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"
DEFAULT_TTL_SECONDS = 3600.0


@dataclass(frozen=True)
class Proof:
    """What a token stands for; `expires` of access tokens alone."""

    email: str
    client: str
    scopes: frozenset[str]
    expires: float = 0.0


@dataclass(frozen=True)
class Code:
    """A consent on its way to become tokens."""

    proof: Proof
    redirect_uri: str
    nonce: str
    challenge: str
    challenge_method: str
    offline: bool


class Tokens:
    """`kept`: a file in which grants and refresh tokens outlive the process."""

    def __init__(self, kept: Path | None = None) -> None:
        self._kept = kept
        self._lock = threading.RLock()
        self.clients = {CLIENT_ID: CLIENT_SECRET}
        self.issued: list[str] = []
        self._access: dict[str, Proof] = {}
        self._refresh: dict[str, Proof] = {}
        self._codes: dict[str, Code] = {}
        self._grants: dict[tuple[str, str], frozenset[str]] = {}
        self._recall()

    def clear(self) -> None:
        with self._lock:
            for known in (self._access, self._refresh, self._codes, self._grants):
                known.clear()
            self.clients = {CLIENT_ID: CLIENT_SECRET}
            self.issued.clear()
            self._keep()

    def new_access(self, proof: Proof, ttl: float) -> str:
        token = f"ya29.{secrets.token_urlsafe(48)}"
        with self._lock:
            self._access[token] = replace(proof, expires=time.time() + ttl)
            self.issued.append(token)
        return token

    def new_refresh(self, proof: Proof) -> str:
        token = f"1//{secrets.token_urlsafe(48)}"
        with self._lock:
            self._refresh[token] = proof
            self._note_grant(proof)
            self.issued.append(token)
            self._keep()
        return token

    def new_code(self, code: Code) -> str:
        text = f"4/{secrets.token_urlsafe(32)}"
        with self._lock:
            self._codes[text] = code
            self._note_grant(code.proof)
        return text

    def take_code(self, text: str) -> Code | None:
        """Once only."""
        with self._lock:
            return self._codes.pop(text, None)

    def refreshable(self, token: str) -> Proof | None:
        with self._lock:
            return self._refresh.get(token)

    def rotate(self, token: str) -> str | None:
        """A new refresh token in place of this one; None if another caller was first."""
        with self._lock:
            proof = self._refresh.pop(token, None)
            return None if proof is None else self.new_refresh(proof)

    def granted(self, email: str, client: str) -> frozenset[str]:
        with self._lock:
            return self._grants.get((email, client), frozenset())

    def proof_of(self, token: str) -> Proof | None:
        """Of an access token that is still good."""
        with self._lock:
            proof = self._access.get(token)
        return proof if proof and proof.expires > time.time() else None

    def expire_access(self, email: str = "") -> None:
        """The access tokens of one account, or all, stop working; refresh tokens do not."""
        with self._lock:
            for token, proof in list(self._access.items()):
                if email in ("", proof.email):
                    del self._access[token]

    def revoke(self, token: str) -> bool:
        """The whole grant, whichever of its tokens is given."""
        with self._lock:
            proof = self._access.get(token) or self._refresh.get(token)
            if proof:
                self.revoke_grant(proof.email, proof.client)
            return proof is not None

    def revoke_grant(self, email: str, client: str = CLIENT_ID) -> None:
        with self._lock:
            for known in (self._access, self._refresh):
                for token, proof in list(known.items()):
                    if (proof.email, proof.client) == (email, client):
                        del known[token]
            self._grants.pop((email, client), None)
            self._keep()

    def who(self, call: Call, wanted: Iterable[str]) -> Proof:
        """
        :raises Refusal: no good token, or none of the wanted scopes
        """
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        proof = self.proof_of(token) if scheme == "Bearer" else None
        if proof is None:
            told = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
            raise refusal("unauthenticated", headers={"WWW-Authenticate": told})
        if not proof.scopes & frozenset(wanted):
            told = 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"'
            raise refusal("scope", headers={"WWW-Authenticate": told})
        return proof

    def _keep(self) -> None:
        if self._kept is None:
            return
        rows = [
            [token, proof.email, proof.client, sorted(proof.scopes)]
            for token, proof in self._refresh.items()
        ]
        partial = self._kept.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(rows), "utf-8")
        partial.replace(self._kept)

    def _recall(self) -> None:
        if self._kept is None or not self._kept.is_file():
            return
        for token, email, client, scopes in json.loads(self._kept.read_text("utf-8")):
            self._refresh[token] = Proof(email, client, frozenset(scopes))
            self._note_grant(self._refresh[token])
            self.issued.append(token)

    def _note_grant(self, proof: Proof) -> None:
        pair = proof.email, proof.client
        self._grants[pair] = self._grants.get(pair, frozenset()) | proof.scopes


def proof(email: str, scopes: Iterable[str], client: str = CLIENT_ID) -> Proof:
    return Proof(email, client, canonical(scopes))
