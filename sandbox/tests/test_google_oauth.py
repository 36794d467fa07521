"""Signing in: the consent page, codes, tokens, and how a grant ends."""

import base64
import hashlib
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from sandbox.person import consent, consent_form
from sandbox.tests.googling import CLASSROOM, DRIVE, LOGIN, PREFIX, STUDENT, TEACHER

BACK = "http://127.0.0.1:9/accounts/google/login/callback/"
CLIENT = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
VERIFIER = "a" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


@pytest.fixture
def web():
    with requests.Session() as session:
        session.trust_env = False
        yield session


def address(sandbox, *scopes, **more):
    asked = {
        "client_id": "sandbox-client",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": " ".join(scopes or LOGIN),
        "state": "s&1",
        "access_type": "offline",
    }
    return f"{sandbox.origin}/o/oauth2/v2/auth?{urlencode(asked | more)}"


def told(back):
    parts = urlsplit(back)
    assert back.startswith(BACK)
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def exchanged(web, sandbox, code, **more):
    fields = CLIENT | {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return web.post(f"{sandbox.origin}/token", data=fields | more)


def connected(web, sandbox, *scopes, account=TEACHER, **more):
    """The token's answer of a whole consent."""
    code = told(consent(address(sandbox, *scopes, **more), account))["code"]
    return exchanged(web, sandbox, code).json()


def refreshed(web, sandbox, token, **more):
    fields = CLIENT | {"grant_type": "refresh_token", "refresh_token": token}
    return web.post(f"{sandbox.origin}/token", data=fields | more)


def test_the_page_offers_accounts_and_boxes(sandbox, google):
    form = consent_form(address(sandbox, *LOGIN, *CLASSROOM, login_hint=STUDENT))

    assert form.accounts == [TEACHER, STUDENT]
    assert form.chosen == STUDENT
    assert form.boxes == CLASSROOM
    assert ("grant", "openid") in form.hidden


@pytest.mark.parametrize(
    ("accepts", "words"), [("en", "Choose an account"), ("pt-BR,pt", "Escolha uma conta")]
)
def test_the_page_speaks_both_languages(sandbox, google, web, accepts, words):
    page = web.get(address(sandbox, *LOGIN, DRIVE), headers={"Accept-Language": accepts})

    assert "<title>Google (sandbox)</title>" in page.text
    assert words in page.text


def test_consent_gives_a_code_once_and_the_code_tokens(sandbox, google, web):
    back = told(consent(address(sandbox, *LOGIN, *CLASSROOM), TEACHER))
    assert back["state"] == "s&1"

    answer = exchanged(web, sandbox, back["code"])
    tokens = answer.json()
    assert answer.status_code == 200
    assert tokens["expires_in"] == 3599
    assert tokens["refresh_token"].startswith("1//")
    assert f"{PREFIX}classroom.student-submissions.students.readonly" in tokens["scope"].split()
    assert f"{PREFIX}userinfo.email" in tokens["scope"].split()
    assert google.tokens() == [tokens["access_token"], tokens["refresh_token"]]

    again = exchanged(web, sandbox, back["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_boxes_that_were_unticked_are_not_granted(sandbox, google, web):
    url = address(sandbox, *LOGIN, *CLASSROOM, DRIVE)
    code = told(consent(url, TEACHER, untick=[DRIVE]))["code"]

    assert DRIVE not in exchanged(web, sandbox, code).json()["scope"].split()


def test_one_may_refuse(sandbox, google):
    assert told(consent(address(sandbox), TEACHER, deny=True)) == {
        "error": "access_denied",
        "state": "s&1",
    }


def test_an_account_of_another_domain_is_not_offered(sandbox, google):
    google.user("ana@example.com", "Ana")

    assert consent_form(address(sandbox, hd="escola.example")).accounts == [TEACHER, STUDENT]


def test_nothing_to_ask_without_a_page(sandbox, google, web):
    answer = web.get(address(sandbox, prompt="none"), allow_redirects=False)

    assert told(answer.headers["Location"])["error"] == "interaction_required"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
        ({"client_id": "other"}, "invalid_client"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": ""}, "Missing parameter: scope"),
    ],
)
def test_google_itself_refuses_what_it_cannot_trust(sandbox, google, web, more, words):
    answer = web.get(address(sandbox, **more))

    assert answer.status_code == 400
    assert words in answer.text
    assert google.tokens() == []


@pytest.mark.parametrize("method", ["S256", "plain"])
def test_pkce_is_checked(sandbox, google, web, method):
    proof = CHALLENGE if method == "S256" else VERIFIER
    url = address(sandbox, code_challenge=proof, code_challenge_method=method)

    for given in ("", "wrong"):
        code = told(consent(url, TEACHER))["code"]
        assert exchanged(web, sandbox, code, code_verifier=given).json() == {
            "error": "invalid_grant",
            "error_description": "Invalid code verifier.",
        }
    code = told(consent(url, TEACHER))["code"]
    assert exchanged(web, sandbox, code, code_verifier=VERIFIER).status_code == 200


def test_a_refresh_token_comes_at_first_and_when_consent_is_asked_for(sandbox, google, web):
    assert "refresh_token" not in connected(web, sandbox, access_type="online")
    assert "refresh_token" not in connected(web, sandbox)
    assert "refresh_token" in connected(web, sandbox, prompt="consent select_account")
    assert "refresh_token" in connected(web, sandbox, account=STUDENT)


def test_what_was_granted_before_can_be_included(sandbox, google, web):
    connected(web, sandbox, *LOGIN, CLASSROOM[0])

    alone = connected(web, sandbox, DRIVE)["scope"].split()
    both = connected(web, sandbox, DRIVE, include_granted_scopes="true")["scope"].split()
    assert alone == [DRIVE]
    assert {DRIVE, CLASSROOM[0], "openid"} <= set(both)


def test_the_id_token_is_signed_and_says_who(sandbox, google, web):
    jwt = connected(web, sandbox, nonce="n1")["id_token"]
    head, body, signature = jwt.split(".")
    kid = json.loads(decoded(head))["kid"]
    pem = web.get(f"{sandbox.origin}/oauth2/v1/certs").json()[kid]
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    assert isinstance(key, RSAPublicKey)

    key.verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    claims = json.loads(decoded(body))
    assert (claims["iss"], claims["aud"]) == (sandbox.origin, "sandbox-client")
    assert (claims["email"], claims["hd"]) == (TEACHER, "escola.example")
    assert (claims["nonce"], claims["sub"]) == ("n1", google.users[TEACHER].sub)


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_userinfo_and_tokeninfo_say_whose_token_it_is(sandbox, google, web):
    token = connected(web, sandbox)["access_token"]
    sub = google.users[TEACHER].sub

    bearer = {"Authorization": f"Bearer {token}"}
    info = web.get(f"{sandbox.origin}/oauth2/v2/userinfo", headers=bearer).json()
    assert (info["id"], info["email"], info["verified_email"]) == (sub, TEACHER, True)
    told = web.post(f"{sandbox.origin}/tokeninfo", data={"access_token": token}).json()
    assert (told["aud"], told["sub"], told["email"]) == ("sandbox-client", sub, TEACHER)
    assert web.get(info["picture"]).headers["Content-Type"] == "image/svg+xml"
    assert web.get(f"{sandbox.origin}/tokeninfo?access_token=x").status_code == 400


def test_refreshing_needs_the_client_and_gives_no_new_refresh_token(sandbox, google, web):
    token = google.new_refresh(TEACHER, [*LOGIN, CLASSROOM[0]])

    fresh = refreshed(web, sandbox, token).json()
    assert fresh["scope"].split()[0] == CLASSROOM[0]
    assert "refresh_token" not in fresh
    assert refreshed(web, sandbox, token, client_secret="x").status_code == 401
    assert refreshed(web, sandbox, token, scope=DRIVE).json()["error"] == "invalid_scope"
    assert refreshed(web, sandbox, "1//x").json()["error"] == "invalid_grant"
    basic = requests.auth.HTTPBasicAuth(*CLIENT.values())
    fields = {"grant_type": "refresh_token", "refresh_token": token}
    assert web.post(f"{sandbox.origin}/token", data=fields, auth=basic).status_code == 200
    assert web.post(f"{sandbox.origin}/token", data=CLIENT).json()["error"] == (
        "unsupported_grant_type"
    )


def test_another_projects_refresh_token_is_worth_nothing(sandbox, google, web):
    google.add_client("other", "secret")
    token = google.new_refresh(TEACHER, LOGIN)

    other = {"client_id": "other", "client_secret": "secret"}
    assert refreshed(web, sandbox, token, **other).json()["error"] == "invalid_grant"


def test_refresh_tokens_rotate_when_told(sandbox, google, web):
    google.rotate_refresh_tokens = True
    first = google.new_refresh(TEACHER, LOGIN)

    second = refreshed(web, sandbox, first).json()["refresh_token"]
    assert second != first
    assert refreshed(web, sandbox, first).json()["error"] == "invalid_grant"
    assert refreshed(web, sandbox, second).status_code == 200


def test_revoking_ends_the_whole_grant_and_only_once(sandbox, google, web):
    one, two = google.issue(TEACHER, LOGIN), google.issue(TEACHER, LOGIN)
    refresh, other = google.new_refresh(TEACHER, LOGIN), google.issue(STUDENT, LOGIN)

    assert web.post(f"{sandbox.origin}/revoke", data={"token": refresh}).json() == {}
    info = f"{sandbox.origin}/tokeninfo?access_token="
    assert [web.get(info + token).status_code for token in (one, two, other)] == [400, 400, 200]
    again = web.post(f"{sandbox.origin}/revoke", data={"token": one})
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_tokens_expire_by_themselves_and_when_told(sandbox, google, web):
    google.token_ttl = 0.3
    info = f"{sandbox.origin}/tokeninfo?access_token="
    short, long = google.issue(TEACHER, LOGIN), google.issue(TEACHER, LOGIN, ttl=60)
    assert web.get(info + short).status_code == 200

    time.sleep(0.35)
    assert [web.get(info + token).status_code for token in (short, long)] == [400, 200]
    google.expire_tokens()
    assert web.get(info + long).status_code == 400


def test_numbers_of_people_stay(google):
    assert google.user(TEACHER).sub == google.user(TEACHER).sub != google.user(STUDENT).sub
    assert len(google.users[TEACHER].sub) == 21
