"""The page before Google's: what it explains, and where its button leads."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.google.scopes import Bundle, to_ask_for
from accounts.models import Credential
from accounts.tests.build import make_connect_link, make_credential
from sandbox.person import consent

CONNECT = "/google/connect"
EMAIL = "ana@escola.example"
REDIRECT_URI = "http://testserver/accounts/google/login/callback/"


@pytest.fixture
def school(google):
    google.user(EMAIL, "Ana Lima", hd="escola.example")
    return google


def asked(answer) -> dict[str, str]:
    """What the consent page is asked with."""
    parts = urlsplit(answer["Location"])
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def page(client: Client, address: str = CONNECT) -> str:
    return client.get(address).content.decode()


def test_the_button_leads_to_google_for_classroom_alone(school, ana_client):
    answer = ana_client.post(CONNECT)
    query = asked(answer)

    assert answer["Location"].startswith(f"{school.origin}/o/oauth2/v2/auth?")
    assert set(query["scope"].split()) == set(to_ask_for([Bundle.CLASSROOM]))
    assert query["redirect_uri"] == REDIRECT_URI
    assert (query["access_type"], query["code_challenge_method"]) == ("offline", "S256")


def test_drive_and_names_are_asked_for_when_ticked(school, ana_client):
    query = asked(ana_client.post(CONNECT, {"drive": "on", "rosters": "on"}))

    wanted = [Bundle.CLASSROOM, Bundle.DRIVE, Bundle.ROSTERS]
    assert set(query["scope"].split()) == set(to_ask_for(wanted))


def test_the_way_ends_with_an_account_of_the_tenant_that_was_typed(school, ana_client, ana):
    start = ana_client.post(CONNECT, {"tenant_id": " azul "})
    back = ana_client.get(consent(start["Location"], EMAIL).removeprefix("http://testserver"))

    credential = Credential.objects.get()
    assert (credential.owner, credential.email, credential.tenant_id) == (ana, EMAIL, "azul")
    assert back["Location"] == "/courses"


def test_a_no_at_google_is_explained_where_it_can_be_tried_again(school, ana_client):
    start = ana_client.post(CONNECT)
    address = consent(start["Location"], EMAIL, deny=True).removeprefix("http://testserver")
    shown = ana_client.get(address, follow=True)

    assert shown.redirect_chain[-1][0] == "/google?problem=cancelled"
    assert "Google was told no" in shown.content.decode()
    assert not Credential.objects.exists()


def test_a_problem_nobody_has_words_for_shows_none(school, ana_client):
    assert 'role="alert"' not in page(ana_client, "/google?problem=<b>")


def test_a_tenant_that_is_too_long_keeps_what_was_typed(school, ana_client):
    answer = ana_client.post(CONNECT, {"tenant_id": "a" * 256, "drive": "on"})
    html = answer.content.decode()

    assert answer.status_code == 200
    assert "a" * 256 in html
    assert re.search(r'name="drive"[^>]*checked', html)
    assert '<details class="fold" open>' in html


def test_the_text_for_the_school_names_client_site_and_scopes(school, ana_client):
    text = re.search(r'id="it-text"[^>]*>(.*?)</textarea>', page(ana_client), re.DOTALL)[1]

    assert "sandbox-client" in text
    assert "http://testserver" in text
    for scope in to_ask_for([Bundle.CLASSROOM, Bundle.DRIVE, Bundle.ROSTERS]):
        assert f"- {scope}\n" in text


def test_the_redirect_uri_is_staffs_business(school, ana_client, clara_client):
    assert REDIRECT_URI not in page(ana_client)
    assert f'value="{REDIRECT_URI}"' in page(clara_client)


def test_the_address_set_for_it_is_the_one_shown_and_sent(
    school, ana_client, clara_client, settings
):
    settings.GOOGLE_REDIRECT_URI = "https://downloads.example/back"

    assert 'value="https://downloads.example/back"' in page(clara_client)
    assert asked(ana_client.post(CONNECT))["redirect_uri"] == "https://downloads.example/back"


def test_pages_with_a_button_to_google_let_the_browser_follow_it(
    school, ana_client, anonymous, ana
):
    make_connect_link(ana, token="open")
    for client, address in (
        (ana_client, CONNECT),
        (ana_client, "/google"),
        (anonymous, "/accounts/login/"),
        (anonymous, "/connect/open"),
    ):
        policy = client.get(address)["Content-Security-Policy"]
        assert f"form-action 'self' {school.origin};" in f"{policy};"
    assert school.origin not in ana_client.get("/")["Content-Security-Policy"]


@pytest.mark.parametrize("client_id", ["", "sandbox-client"])
def test_the_sign_in_page_offers_google_where_it_works(
    school, anonymous, ana, settings, client_id
):
    settings.GOOGLE_CLIENT_ID = client_id
    html = page(anonymous, "/accounts/login/?next=/library")

    assert ("Sign in with Google" in html) is bool(client_id)


def test_signing_in_with_google_leads_to_the_page_that_was_asked_for(school, anonymous, ana):
    school.user(ana.email, "Ana Lima", hd="example.org")
    html = page(anonymous, "/accounts/login/?next=/library")
    form = html.split('action="/accounts/google/login/"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form))
    fields.pop("csrfmiddlewaretoken")

    start = anonymous.post("/accounts/google/login/", fields)
    back = anonymous.get(consent(start["Location"], ana.email).removeprefix("http://testserver"))

    assert back["Location"] == "/library"


def test_without_a_google_client_the_page_says_what_staff_must_set(
    ana_client, clara_client, settings
):
    settings.GOOGLE_CLIENT_ID = ""

    assert "GOOGLE_CLIENT_ID" in page(clara_client)
    assert REDIRECT_URI in page(clara_client)
    hers = page(ana_client).split("<main")[1]
    assert "The people who run this site have to set up Google first." in hers
    assert "GOOGLE_CLIENT_ID" not in hers
    assert "<form" not in hers.split("</main>")[0]
    assert ana_client.post(CONNECT).status_code == 200


def test_accounts_stay_to_be_seen_when_the_client_is_taken_away(ana_client, ana, settings):
    settings.GOOGLE_CLIENT_ID = ""
    make_credential(ana, email=EMAIL, status="needs_consent")
    html = page(ana_client, "/google")

    assert EMAIL in html
    assert "Google is not set up on this site" in html
    assert "Reconnect</button>" not in html
    assert "consent" not in html


def test_a_link_says_who_asks_for_whom_and_what_for(school, anonymous, ana):
    make_connect_link(
        ana,
        token="open",
        tenant_id="escola-azul",
        login_hint=EMAIL,
        bundles=["classroom", "drive"],
    )
    html = page(anonymous, "/connect/open")

    for words in ("Ana Lima", ana.email, "escola-azul", EMAIL, "Google Classroom", "Drive"):
        assert words in html
    assert anonymous.get("/connect/open")["Cache-Control"].startswith("max-age=0")


def test_a_link_that_is_over_says_so_and_leads_nowhere(school, anonymous, ana):
    now = timezone.now()
    make_connect_link(ana, token="old", expires_at=now - timedelta(seconds=1))
    make_connect_link(ana, token="used", used_at=now)
    make_connect_link(ana, token="failed", used_at=now, problem="blocked_by_admin")

    for token, words in (
        ("old", "This link has expired"),
        ("used", "This link was used."),
        ("failed", "The school has not allowed this app"),
    ):
        for ask in (anonymous.get, anonymous.post):
            answer = ask(f"/connect/{token}")
            assert answer.status_code == 410
            assert words in answer.content.decode()
    assert school.log == []


def test_a_link_nobody_made_and_one_of_a_closed_account_are_the_same(school, anonymous, ana):
    make_connect_link(ana, token="hers")
    ana.is_active = False
    ana.save()

    for address in ("/connect/nobodys", "/connect/hers", "/connect/hers/result"):
        answer = anonymous.get(address)
        assert answer.status_code == 404
        assert "This link leads nowhere." in answer.content.decode()


def test_a_link_of_a_site_that_lost_its_google_client_is_not_used_up(
    school, anonymous, ana, settings
):
    link = make_connect_link(ana, token="open")
    settings.GOOGLE_CLIENT_ID = ""

    for ask in (anonymous.get, anonymous.post):
        answer = ask("/connect/open")
        assert answer.status_code == 503
        assert "Google is not set up on this site" in answer.content.decode()
    link.refresh_from_db()
    assert link.used_at is None


def test_the_result_of_a_link_that_is_still_open_is_the_link(school, anonymous, ana):
    make_connect_link(ana, token="open")

    assert anonymous.get("/connect/open/result")["Location"] == "/connect/open"
