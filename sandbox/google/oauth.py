"""Google's endpoints for tokens and for who one is: /token, /revoke, /tokeninfo, userinfo."""

import base64
import binascii
import hashlib
import time
from collections.abc import Mapping

from sandbox.google.calls import Answer, Call, json_answer
from sandbox.google.errors import refusal
from sandbox.google.faults import INVALID_CLIENT, INVALID_GRANT
from sandbox.google.school import School
from sandbox.google.scopes import USERINFO, canonical
from sandbox.google.signing import Signer, encoded
from sandbox.google.tokens import DEFAULT_TTL_SECONDS, Code, Proof, Tokens

_DEAD = "Token has been expired or revoked."


class OAuth:
    def __init__(self, school: School, tokens: Tokens) -> None:
        self._school = school
        self._tokens = tokens
        self._signer = Signer()
        self.ttl_seconds = DEFAULT_TTL_SECONDS
        self.rotates = False

    def token(self, call: Call) -> Answer:
        """`POST /token`; the client by its fields, or by HTTP Basic."""
        if call.fault.error == INVALID_GRANT:
            return _bad("invalid_grant", _DEAD)
        form = {name: values[-1] for name, values in call.form().items()} | _basic(call)
        client = form.get("client_id", "")
        secret = self._tokens.clients.get(client)
        known = secret is not None and secret == form.get("client_secret")
        if not known or call.fault.error == INVALID_CLIENT:
            return _bad("invalid_client", "The OAuth client was not found.", 401)
        if form.get("grant_type") == "authorization_code":
            return self._of_code(form)
        if form.get("grant_type") == "refresh_token":
            return self._of_refresh(form)
        return _bad("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")

    def revoke(self, call: Call) -> Answer:
        """`POST /revoke`: the whole grant, whichever token is given."""
        if self._tokens.revoke(call.field("token")):
            return json_answer({})
        return _bad("invalid_token", "Token expired or revoked")

    def tokeninfo(self, call: Call) -> Answer:
        proof = self._tokens.proof_of(call.field("access_token"))
        if proof is None:
            return _bad("invalid_token", "Invalid Value")
        user = self._school.known(proof.email)
        told: dict[str, object] = {
            "azp": proof.client,
            "aud": proof.client,
            "sub": user.sub,
            "scope": " ".join(sorted(proof.scopes)),
            "exp": str(int(proof.expires)),
            "expires_in": str(int(proof.expires - time.time())),
            "access_type": "offline",
        }
        if canonical(["email"]) <= proof.scopes:
            told |= {"email": user.email, "email_verified": "true"}
        return json_answer(told)

    def userinfo(self, call: Call) -> Answer:
        """Version 2 says `id` and `verified_email`, version 3 `sub` and `email_verified`."""
        proof = self._tokens.who(call, USERINFO)
        claims = self._school.known(proof.email).claims()
        if "/v2/" in call.path:
            claims["id"] = claims.pop("sub")
            claims["verified_email"] = claims.pop("email_verified")
        return json_answer(claims)

    def certificates(self, call: Call) -> Answer:
        told = {"Cache-Control": "public, max-age=3600"}
        return json_answer(self._signer.certificates(), headers=told)

    def avatar(self, call: Call, sub: str) -> Answer:
        user = self._school.user_by_sub(sub)
        if user is None:
            raise refusal("not_found")
        return Answer(user.avatar().encode(), content_type="image/svg+xml")

    def _of_code(self, form: Mapping[str, str]) -> Answer:
        code = self._tokens.take_code(form.get("code", ""))
        if code is None or code.proof.client != form["client_id"]:
            return _bad("invalid_grant", "Malformed auth code.")
        if code.redirect_uri != form.get("redirect_uri"):
            return _bad("redirect_uri_mismatch", "Bad Request")
        if not _proved(code, form.get("code_verifier", "")):
            return _bad("invalid_grant", "Invalid code verifier.")
        told = self._fresh(code.proof)
        if code.offline:
            told["refresh_token"] = self._tokens.new_refresh(code.proof)
        if "openid" in code.proof.scopes:
            told["id_token"] = self._id_token(code.proof, code.nonce)
        return json_answer(told)

    def _of_refresh(self, form: Mapping[str, str]) -> Answer:
        token = form.get("refresh_token", "")
        proof = self._tokens.refreshable(token)
        if proof is None or proof.client != form["client_id"]:
            return _bad("invalid_grant", _DEAD)
        if form.get("scope"):
            asked = canonical(form["scope"].split())
            if not asked <= proof.scopes:
                return _bad("invalid_scope", "Some requested scopes were invalid.")
            proof = Proof(proof.email, proof.client, asked)
        told = self._fresh(proof)
        if self.rotates:
            if (rotated := self._tokens.rotate(token)) is None:
                return _bad("invalid_grant", _DEAD)
            told["refresh_token"] = rotated
        if "openid" in proof.scopes:
            told["id_token"] = self._id_token(proof, "")
        return json_answer(told)

    def _fresh(self, proof: Proof) -> dict[str, object]:
        return {
            "access_token": self._tokens.new_access(proof, self.ttl_seconds),
            "expires_in": max(0, int(self.ttl_seconds) - 1),
            "scope": " ".join(sorted(proof.scopes)),
            "token_type": "Bearer",
        }

    def _id_token(self, proof: Proof, nonce: str) -> str:
        now = int(time.time())
        about = {"iss": self._school.origin, "aud": proof.client, "azp": proof.client}
        times = {"iat": now, "exp": now + 3600}
        extra = {"nonce": nonce} if nonce else {}
        return self._signer.jwt(about | self._school.known(proof.email).claims() | times | extra)


def _bad(error: str, description: str, status: int = 400) -> Answer:
    return json_answer({"error": error, "error_description": description}, status)


def _basic(call: Call) -> dict[str, str]:
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return {}
    try:
        client, _, secret = base64.b64decode(given).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {"client_id": ""}
    return {"client_id": client, "client_secret": secret}


def _proved(code: Code, verifier: str) -> bool:
    """PKCE: https://www.rfc-editor.org/rfc/rfc7636"""
    if not code.challenge:
        return True
    if code.challenge_method == "S256":
        verifier = encoded(hashlib.sha256(verifier.encode()).digest())
    return code.challenge == verifier
