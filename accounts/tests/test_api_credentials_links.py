"""Connect links: an integrator asks, somebody else's browser connects, the integrator learns."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from accounts.models import ConnectLink, Credential
from accounts.services import api_keys
from accounts.tests.build import make_connect_link, make_credential
from core.models import IdempotencyKey
from sandbox.person import consent

LINKS = "/api/v1/credentials/connect-links"
EMAIL = "ana@escola.example"
SITE = "http://testserver"


@pytest.fixture
def portal(ana) -> Client:
    scopes = ["credentials:read", "credentials:write"]
    _key, secret = api_keys.create_api_key(by=ana, owner=ana, name="portal", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def person(google) -> Client:
    """Somebody with an account at Google and none here."""
    google.user(EMAIL, "Ana Lima", hd="escola.example")
    return Client()


def make(client: Client, key: str = "", **body):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(LINKS, body, "application/json", headers=headers)


def go_to_google(person: Client, url: str) -> str:
    """Open the link and press its button: the address of Google's consent page."""
    path = url.removeprefix(SITE)
    assert person.get(path).status_code == 200
    answer = person.post(path)
    assert answer.status_code == 302
    return answer["Location"]


def come_back(person: Client, address: str):
    return person.get(address.removeprefix(SITE), follow=True)


def test_a_link_leads_somebody_elses_browser_to_a_connected_account(google, portal, person, ana):
    made = make(portal, tenant_id="azul", bundles=["classroom", "drive"], login_hint=EMAIL)

    assert made.status_code == 201
    told = made.json()
    url = told.pop("url")
    assert url.startswith(f"{SITE}/connect/")
    number, until = told["id"], told.pop("expires_at")
    told.pop("created_at")
    assert until.endswith("Z")
    assert told == {
        "id": number,
        "status": "pending",
        "tenant_id": "azul",
        "bundles": ["classroom", "drive"],
        "login_hint": EMAIL,
        "return_url": None,
        "credential_id": None,
        "problem": None,
    }

    page = come_back(person, consent(go_to_google(person, url)))

    credential = Credential.objects.get()
    followed = portal.get(f"{LINKS}/{number}").json()
    assert (followed["status"], followed["credential_id"]) == ("connected", credential.pk)
    assert followed["url"] is None
    assert (credential.owner, credential.tenant_id, credential.email) == (ana, "azul", EMAIL)
    assert "drive_read" in credential.capabilities
    assert page.status_code == 200
    assert f"{EMAIL} is connected to Ana Lima now." in page.content.decode()
    assert get_user(person).is_anonymous


def test_a_link_works_once(google, portal, person):
    url = make(portal).json()["url"]
    come_back(person, consent(go_to_google(person, url)))

    again = person.get(url.removeprefix(SITE))
    pressed = person.post(url.removeprefix(SITE))

    assert (again.status_code, pressed.status_code) == (410, 410)
    assert Credential.objects.count() == 1


def test_whoever_says_no_at_google_fails_the_link_and_reads_what_to_do(google, portal, person):
    made = make(portal).json()

    page = come_back(person, consent(go_to_google(person, made["url"]), deny=True))

    told = portal.get(f"{LINKS}/{made['id']}").json()
    assert (told["status"], told["problem"]) == ("failed", "cancelled")
    assert "Google was told no" in page.content.decode()
    assert "Ask Ana Lima for a new one" in page.content.decode()
    assert not Credential.objects.exists()


def test_the_requesters_own_page_follows_where_its_origin_is_allowed(
    google, portal, person, settings
):
    settings.CONNECT_RETURN_ORIGINS = ["https://portal.example"]
    made = make(portal, return_url="https://portal.example/done?step=2").json()

    back = consent(go_to_google(person, made["url"])).removeprefix(SITE)
    result = person.get(person.get(back)["Location"])

    expected = f"?step=2&connect_link_id={made['id']}&status=connected"
    assert result["Location"] == f"https://portal.example/done{expected}"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "https://portal.example:444/", "http://portal.example/", "portal"],
)
def test_no_other_origin_is_returned_to(google, portal, settings, address):
    settings.CONNECT_RETURN_ORIGINS = ["https://portal.example"]

    answer = make(portal, return_url=address)

    assert (answer.status_code, answer.json()["code"]) == (400, "return_url_not_allowed")
    assert not ConnectLink.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"bundles": ["gmail"]}, "bundles.0"),
        ({"bundles": []}, "bundles"),
        ({"bundles": "classroom"}, "bundles"),
        ({"tenant_id": 5}, "tenant_id"),
        ({"login_hint": "x" * 321}, "login_hint"),
        ({"owner": 1}, "owner"),
    ],
)
def test_what_is_no_link_is_not_made(google, portal, body, field):
    answer = make(portal, **body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert not ConnectLink.objects.exists()


def test_asked_twice_under_one_key_one_link_is_made(google, portal):
    first, second = (
        make(portal, key="a1", tenant_id="azul"),
        make(portal, key="a1", tenant_id="azul"),
    )

    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert ConnectLink.objects.count() == 1
    assert make(portal, key="a1", tenant_id="verde").status_code == 422


def test_only_a_hash_of_the_address_is_kept_in_clear(google, portal):
    token = make(portal, key="a1").json()["url"].rpartition("/")[2]

    assert len(token) >= 43
    assert token not in str([*ConnectLink.objects.values(), *IdempotencyKey.objects.values()])


def test_each_state_is_told(portal, ana):
    now = timezone.now()
    used = make_credential(ana)
    links = {
        "pending": make_connect_link(ana),
        "expired": make_connect_link(ana, expires_at=now - timedelta(seconds=1)),
        "connected": make_connect_link(ana, used_at=now, credential=used),
        "failed": make_connect_link(ana, used_at=now, problem="cancelled"),
    }

    for state, link in links.items():
        assert portal.get(f"{LINKS}/{link.pk}").json()["status"] == state
    listed = portal.get(f"{LINKS}?limit=3").json()
    assert [one["status"] for one in listed["results"]] == ["failed", "connected", "expired"]
    assert listed["total"] == 4


def test_another_teacher_finds_neither_link_nor_list(bruno_client, ana):
    link = make_connect_link(ana)

    assert bruno_client.get(f"{LINKS}/{link.pk}").status_code == 404
    assert bruno_client.get(LINKS).json()["total"] == 0


def test_a_site_without_a_google_client_makes_no_links(google, portal, settings):
    settings.GOOGLE_CLIENT_ID = ""

    answer = make(portal)

    assert (answer.status_code, answer.json()["code"]) == (409, "google_not_configured")
    assert not ConnectLink.objects.exists()


def test_the_api_leads_a_browser_to_googles_sign_in(google, ana, anonymous):
    google.user(ana.email, "Ana Lima", hd="example.org")

    address = anonymous.get("/api/v1/auth/google/login").json()["authorization_url"]
    come_back(anonymous, consent(address, ana.email))

    assert get_user(anonymous) == ana
    assert not Credential.objects.exists()


def test_without_a_google_client_there_is_no_sign_in_with_it(anonymous, db, settings):
    settings.GOOGLE_CLIENT_ID = ""

    answer = anonymous.get("/api/v1/auth/google/login")

    assert (answer.status_code, answer.json()["code"]) == (409, "google_not_configured")
    assert "sessionid" not in answer.cookies
