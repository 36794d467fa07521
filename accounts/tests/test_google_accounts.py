"""Disconnecting, checking and importing Google accounts: what is told to Google, and when."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from accounts import selectors
from accounts.google.scopes import Bundle, Capability, to_ask_for
from accounts.models import Credential, CredentialStatus
from accounts.services import credentials
from accounts.tests.browsing import ANA
from accounts.tests.build import make_credential
from core.errors import Conflict, Invalid, NotFound, Unavailable

pytestmark = pytest.mark.django_db

SCOPES = to_ask_for([Bundle.CLASSROOM])
OTHER_KEY = "bS1mIHkxg3Zz5b9Q2l1YQ0nXy0v3tq0mKp7bYk9o1mE="


def connected(google, owner, **over) -> Credential:
    return make_credential(
        owner,
        email=ANA,
        google_sub=google.users[ANA].sub,
        access_token=google.issue(ANA, SCOPES),
        refresh_token=google.new_refresh(ANA, SCOPES),
        **over,
    )


@pytest.fixture
def tokeninfo() -> Iterator[str]:
    """An address that says of every token that it is another client's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"aud": "another", "sub": "1", "email": "a@b.example"}')

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tokeninfo"
        server.shutdown()


def test_disconnecting_forgets_the_tokens_here_and_at_google(ana, google):
    credential = connected(google, ana)

    assert credentials.disconnect_credential(by=ana, credential=credential)
    kept = Credential.objects.get()
    assert (kept.secrets, kept.status) == (None, CredentialStatus.REVOKED)
    assert google.calls("/revoke") == 1
    assert not selectors.list_credentials(user=ana).exists()


def test_a_grant_that_somebody_else_uses_lives_on(ana, bruno, google):
    mine, other = connected(google, ana), connected(google, bruno)

    assert not credentials.disconnect_credential(by=ana, credential=mine)
    assert google.calls("/revoke") == 0
    assert Credential.objects.get(pk=mine.pk).secrets is None
    assert credentials.disconnect_credential(by=bruno, credential=other)
    assert google.calls("/revoke") == 1


@pytest.mark.parametrize("error", ["unavailable", "hang_up", "not_json"])
def test_google_being_away_holds_nobody_back(ana, google, error):
    credential = connected(google, ana)
    google.fail("POST /revoke", error, times=-1)

    assert not credentials.disconnect_credential(by=ana, credential=credential)
    assert Credential.objects.get().secrets is None


def test_a_dead_grant_counts_as_revoked(ana, google):
    credential = connected(google, ana)
    google.revoke_grant(ANA)

    assert credentials.disconnect_credential(by=ana, credential=credential)
    assert Credential.objects.get().status == CredentialStatus.REVOKED


def test_disconnecting_twice_asks_google_once(ana, google):
    credential = connected(google, ana)
    credentials.disconnect_credential(by=ana, credential=credential)

    assert not credentials.disconnect_credential(by=ana, credential=credential)
    assert google.calls("/revoke") == 1


def test_what_no_key_opens_can_be_disconnected(ana, google, settings):
    credential = connected(google, ana)
    settings.ENCRYPTION_KEYS = [OTHER_KEY]

    credentials.disconnect_credential(by=ana, credential=credential)
    assert Credential.objects.get().status == CredentialStatus.REVOKED


def test_what_no_key_opens_is_mended_by_connecting_anew(ana, ana_client, browser, settings):
    browser(ana_client).connect()
    settings.ENCRYPTION_KEYS = [OTHER_KEY]

    browser(ana_client).connect()
    assert Credential.objects.get().secrets["refresh_token"]


@pytest.mark.parametrize(
    "work", ["check_credential", "refresh_credential", "disconnect_credential"]
)
def test_nobody_touches_anothers_account(ana, bruno, google, work):
    credential = connected(google, ana)
    before = Credential.objects.values().get()

    with pytest.raises(NotFound):
        getattr(credentials, work)(by=bruno, credential=credential)
    assert Credential.objects.values().get() == before
    assert len(google.log) == 0


def test_a_check_tells_what_google_allows_by_now(ana, google):
    credential = connected(google, ana, granted_scopes=["openid"])

    checked = credentials.check_credential(by=ana, credential=credential)
    assert Capability.LIST_COURSES in checked.capabilities
    assert checked.is_active


def test_a_check_finds_a_dead_grant(ana, google):
    credential = connected(google, ana)
    google.revoke_grant(ANA)

    checked = credentials.check_credential(by=ana, credential=credential)
    assert (checked.status, checked.is_active) == (CredentialStatus.NEEDS_CONSENT, False)
    again = credentials.check_credential(by=ana, credential=credential)
    assert again.status == CredentialStatus.NEEDS_CONSENT
    assert google.calls("/token") == 1


def test_a_check_renews_an_old_token(ana, google):
    credential = connected(google, ana)
    google.expire_tokens()

    assert credentials.check_credential(by=ana, credential=credential).is_active
    assert google.calls("/token") == 1


def test_while_google_is_away_a_check_says_so_and_changes_nothing(ana, google):
    credential = connected(google, ana)
    google.fail("GET /tokeninfo", "unavailable", times=-1)
    before = Credential.objects.values().get()

    with pytest.raises(Unavailable) as refused:
        credentials.check_credential(by=ana, credential=credential)
    assert refused.value.code == "google_unreachable"
    assert Credential.objects.values().get() == before


def test_a_check_names_a_lost_key(ana, google, settings):
    credential = connected(google, ana)
    settings.ENCRYPTION_KEYS = [OTHER_KEY]

    with pytest.raises(Unavailable) as refused:
        credentials.check_credential(by=ana, credential=credential)
    assert refused.value.code == "undecipherable"
    assert "ENCRYPTION_KEY" in str(refused.value)
    assert len(google.log) == 0


def test_a_renewal_brings_a_new_token(ana, google):
    credential = connected(google, ana)

    credentials.refresh_credential(by=ana, credential=credential)
    kept = Credential.objects.get().secrets
    assert kept["access_token"] != credential.secrets["access_token"]
    assert kept["refresh_token"] == credential.secrets["refresh_token"]


def test_an_import_takes_the_account_from_google(ana, google):
    token = google.new_refresh(ANA, SCOPES)

    for _ in range(2):
        credentials.import_refresh_token(by=ana, tenant_id="azul", refresh_token=token)
    credential = Credential.objects.get()
    assert (credential.email, credential.google_sub) == (ANA, google.users[ANA].sub)
    assert (credential.tenant_id, credential.status) == ("azul", CredentialStatus.ACTIVE)
    assert Capability.LIST_COURSES in credential.capabilities


def test_an_import_keeps_the_newest_of_rotating_tokens(ana, google):
    google.rotate_refresh_tokens = True
    token = google.new_refresh(ANA, SCOPES)

    credential = credentials.import_refresh_token(by=ana, tenant_id="", refresh_token=token)
    assert Credential.objects.get(pk=credential.pk).secrets["refresh_token"] != token
    credentials.refresh_credential(by=ana, credential=credential)
    assert Credential.objects.get().status == CredentialStatus.ACTIVE


def test_another_clients_token_is_refused(ana, google, settings):
    token = google.new_refresh(ANA, SCOPES)
    google.add_client("another", "secret")
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "another", "secret"

    with pytest.raises(Invalid) as refused:
        credentials.import_refresh_token(by=ana, tenant_id="", refresh_token=token)
    assert refused.value.code == "refresh_token_refused"
    assert not Credential.objects.exists()


def test_a_token_that_was_issued_to_another_client_is_refused(ana, google, settings, tokeninfo):
    """Even if Google renews it for us: what counts is for whom it says the token is."""
    settings.GOOGLE = replace(settings.GOOGLE, tokeninfo=tokeninfo)
    token = google.new_refresh(ANA, SCOPES)

    with pytest.raises(Invalid) as refused:
        credentials.import_refresh_token(by=ana, tenant_id="", refresh_token=token)
    assert refused.value.code == "foreign_client"
    assert not Credential.objects.exists()


def test_nothing_is_imported_without_a_client(ana, google, settings):
    settings.GOOGLE_CLIENT_ID = ""

    with pytest.raises(Conflict):
        credentials.import_refresh_token(by=ana, tenant_id="", refresh_token="1//x")
    assert len(google.log) == 0


def test_drive_is_read_with_an_account_that_may(ana, bruno, google):
    make_credential(ana)
    make_credential(ana, bundles=[Bundle.DRIVE], status=CredentialStatus.REVOKED)
    make_credential(bruno, bundles=[Bundle.DRIVE])
    assert selectors.drive_credential(user=ana) is None

    # Better to wait for its owner than to ask for a private file without any name.
    waits = make_credential(ana, bundles=[Bundle.DRIVE], status=CredentialStatus.NEEDS_CONSENT)
    assert selectors.drive_credential(user=ana) == waits

    reader = make_credential(ana, bundles=[Bundle.CLASSROOM, Bundle.DRIVE])
    assert selectors.drive_credential(user=ana) == reader
