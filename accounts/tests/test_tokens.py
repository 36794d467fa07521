"""Access tokens: one renewal whoever needs it, no storm when there is none to be had."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.google.errors import GoogleError, Reason
from accounts.google.scopes import Bundle, to_ask_for
from accounts.models import Credential, CredentialStatus
from accounts.services import clients, credentials, grants, tokens
from accounts.tests.browsing import ANA
from accounts.tests.build import make_credential
from core.crypto import Undecipherable
from core.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

SCOPES = to_ask_for([Bundle.CLASSROOM, Bundle.DRIVE])
WORKERS = 10


@pytest.fixture
def credential(ana, google) -> Credential:
    """Ana's account, whose access token is over."""
    return make_credential(
        ana,
        email=ANA,
        google_sub=google.users[ANA].sub,
        granted_scopes=SCOPES,
        access_token=google.issue(ANA, SCOPES, ttl=0),
        refresh_token=google.new_refresh(ANA, SCOPES),
        expires_at=timezone.now() - timedelta(minutes=5),
    )


def at_once(work: Callable[[], Any], workers: int = WORKERS) -> list[Any]:
    """The results, or errors, of threads that begin together."""
    start = threading.Barrier(workers)

    def one(_number: int) -> Any:
        try:
            start.wait()
            return work()
        except (GoogleError, OperationalError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, range(workers)))


def refusal(credential: Credential, **how: Any) -> GoogleError:
    with pytest.raises(GoogleError) as refused:
        tokens.access_token(credential_id=credential.pk, **how)
    return refused.value


def test_a_fresh_token_is_taken_as_it_is(credential, google):
    Credential.objects.update(expires_at=timezone.now() + timedelta(seconds=240))

    token = tokens.access_token(credential_id=credential.pk)
    assert token == credential.secrets["access_token"]
    assert google.calls("/token") == 0


def test_ten_workers_renew_an_expired_token_once(credential, google):
    google.rotate_refresh_tokens = True
    google.fail("POST /token", delay=0.3, times=-1)

    found = at_once(lambda: tokens.access_token(credential_id=credential.pk))

    kept = Credential.objects.get()
    assert google.calls("/token") == 1
    assert set(found) == {kept.secrets["access_token"]}
    assert kept.secrets["refresh_token"] != credential.secrets["refresh_token"]
    assert (kept.status, kept.refreshing_until) == (CredentialStatus.ACTIVE, None)
    assert kept.expires_at > timezone.now() + timedelta(minutes=50)


def test_rotated_refresh_tokens_go_on_being_good(credential, google):
    google.rotate_refresh_tokens = True
    for _ in range(3):
        at_once(lambda: tokens.access_token(credential_id=credential.pk), workers=4)
        Credential.objects.update(
            expires_at=timezone.now(), last_refreshed_at=timezone.now() - timedelta(hours=1)
        )

    assert google.calls("/token") == 3
    assert Credential.objects.get().status == CredentialStatus.ACTIVE


def test_a_token_refused_to_ten_workers_is_renewed_once(credential, google):
    Credential.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    refused = credential.secrets["access_token"]

    found = at_once(lambda: tokens.access_token(credential_id=credential.pk, refused=refused))

    assert google.calls("/token") == 1
    assert set(found) == {Credential.objects.get().secrets["access_token"]}
    assert refused not in found


def test_a_new_token_that_is_refused_as_well_starts_no_storm(credential, google):
    token = tokens.access_token(credential_id=credential.pk)

    error = refusal(credential, refused=token)
    assert (error.reason, error.is_transient) == (Reason.UPSTREAM, True)
    assert 0 < error.retry_after <= 10
    assert google.calls("/token") == 1


def test_a_worker_that_dies_while_renewing_holds_nobody_up_for_long(credential, google):
    Credential.objects.update(refreshing_until=timezone.now() + timedelta(seconds=1))

    begun = time.monotonic()
    assert tokens.access_token(credential_id=credential.pk) in google.tokens()
    assert 0.8 < time.monotonic() - begun < 3


def test_while_another_renews_it_the_old_token_serves_as_long_as_it_is_good(credential, google):
    Credential.objects.update(
        expires_at=timezone.now() + timedelta(seconds=100),
        refreshing_until=timezone.now() + timedelta(seconds=20),
    )

    token = tokens.access_token(credential_id=credential.pk)
    assert token == credential.secrets["access_token"]
    assert google.calls("/token") == 0


def test_a_dead_grant_is_asked_for_once_and_its_owner_told_once(credential, google, ana):
    google.revoke_grant(ANA)

    found = at_once(lambda: tokens.access_token(credential_id=credential.pk))
    again = refusal(credential)

    assert {error.reason for error in [*found, again]} == {Reason.NEEDS_CONSENT}
    assert google.calls("/token") == 1
    kept = Credential.objects.get()
    assert (kept.status, kept.last_error) == (CredentialStatus.NEEDS_CONSENT, "invalid_grant")
    assert [event.data["status"] for event in Event.objects.all()] == ["needs_consent"]
    assert [letter.to for letter in mail.outbox] == [[ana.email]]


def test_the_letter_says_which_account_and_where_to_go(credential, ana, settings):
    settings.PUBLIC_URL = "https://videos.school.example"
    ana.language = "en"
    ana.save()

    grants.mark_needs_consent(credential_id=credential.pk, detail="invalid_grant")

    [letter] = mail.outbox
    assert isinstance(letter, mail.EmailMultiAlternatives)
    assert ANA in letter.subject
    assert "https://videos.school.example/google" in letter.body
    page, kind = letter.alternatives[0]
    assert (kind, "https://videos.school.example/google" in str(page)) == ("text/html", True)
    assert credential.secrets["refresh_token"] not in letter.message().as_string()


def test_a_mail_server_that_is_away_breaks_nothing(credential, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert grants.mark_needs_consent(credential_id=credential.pk, detail="invalid_grant")
    assert Credential.objects.get().status == CredentialStatus.NEEDS_CONSENT
    assert "was not sent" in caplog.text


def test_whoever_was_deactivated_gets_no_letter(credential, ana):
    ana.is_active = False
    ana.save()

    grants.mark_needs_consent(credential_id=credential.pk, detail="invalid_grant")
    assert mail.outbox == []


@pytest.mark.parametrize("error", ["unavailable", "internal", "not_json", "hang_up"])
def test_a_token_endpoint_that_is_away_is_left_in_peace(credential, google, error):
    google.fail("POST /token", error, times=-1)

    found = at_once(lambda: tokens.access_token(credential_id=credential.pk))
    later = refusal(credential)

    assert google.calls("/token") == 1
    assert all(error.is_transient for error in found)
    assert (later.reason, 20 < later.retry_after <= 30) == (Reason.UNREACHABLE, True)
    kept = Credential.objects.get()
    assert (kept.status, kept.refreshing_until) == (CredentialStatus.ACTIVE, None)
    assert mail.outbox == []


def test_it_is_asked_again_later(credential, google):
    google.fail("POST /token", "unavailable")
    refusal(credential)
    Credential.objects.update(refresh_after=timezone.now())

    assert tokens.access_token(credential_id=credential.pk) in google.tokens()
    assert Credential.objects.get().refresh_after is None


def test_a_wrong_client_secret_is_nobodys_lost_grant(credential, google, settings):
    settings.GOOGLE_CLIENT_SECRET = "wrong"

    assert refusal(credential).reason == Reason.INVALID
    kept = Credential.objects.get()
    assert (kept.status, kept.last_error) == (CredentialStatus.ACTIVE, "invalid_client")
    assert mail.outbox == []


@pytest.mark.parametrize(
    "over",
    [
        {"status": CredentialStatus.NEEDS_CONSENT},
        {"status": CredentialStatus.BLOCKED},
        {"status": CredentialStatus.REVOKED, "secrets": None},
        {"enabled": False},
    ],
)
def test_what_is_not_connected_has_no_token_and_google_is_not_asked(credential, google, over):
    Credential.objects.update(**over)

    assert refusal(credential).reason == Reason.NEEDS_CONSENT
    assert google.calls("/token") == 0


def test_a_reconnection_meanwhile_is_not_undone_by_a_late_refusal(credential, google, ana):
    """The old grant is found dead while its owner is already giving a new one."""
    google.fail("POST /token", "invalid_grant", delay=0.5)
    take = partial(tokens.access_token, credential_id=credential.pk)
    found: list[str] = []
    waiting = threading.Thread(target=lambda: found.extend(at_once(take, workers=1)))
    waiting.start()
    time.sleep(0.2)
    fresh = google.issue(ANA, SCOPES)
    Credential.objects.update(
        secrets=grants.sealed(credential, fresh, google.new_refresh(ANA, SCOPES)),
        expires_at=timezone.now() + timedelta(hours=1),
        connected_at=timezone.now(),
    )
    waiting.join()

    kept = Credential.objects.get()
    assert (kept.status, kept.secrets["access_token"]) == (CredentialStatus.ACTIVE, fresh)
    assert found == [fresh]
    assert mail.outbox == []


def test_an_account_disconnected_meanwhile_gets_no_token_back(credential, google, ana):
    google.fail("POST /token", delay=0.5)
    take = partial(tokens.access_token, credential_id=credential.pk)
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.extend(at_once(take, workers=1)))
    waiting.start()
    time.sleep(0.2)
    credentials.disconnect_credential(by=ana, credential=credential)
    waiting.join()

    kept = Credential.objects.get()
    assert (kept.status, kept.secrets) == (CredentialStatus.REVOKED, None)
    assert [error.reason for error in found] == [Reason.NEEDS_CONSENT]


def test_another_rows_secret_is_not_taken(credential, ana):
    other = make_credential(ana)
    Credential.objects.filter(pk=other.pk).update(secrets=credential.secrets)

    with pytest.raises(Undecipherable, match="another account"):
        tokens.access_token(credential_id=other.pk)


def test_a_wrong_key_is_an_error_and_never_a_token(credential, google, settings):
    settings.ENCRYPTION_KEYS = ["bS1mIHkxg3Zz5b9Q2l1YQ0nXy0v3tq0mKp7bYk9o1mE="]

    with pytest.raises(Undecipherable, match="no key of ENCRYPTION_KEY opens this secret"):
        tokens.access_token(credential_id=credential.pk)
    assert google.calls("/token") == 0


def test_a_client_notes_the_use_of_the_account(credential, google):
    google.course("c1", "Math", ANA)
    client = clients.client_for(credential)
    classroom = client.api("classroom", "v1")

    assert client.execute(classroom.courses().list())["courses"][0]["name"] == "Math"
    noted = Credential.objects.get().last_used_at
    client.execute(classroom.courses().list())

    assert timezone.now() - noted < timedelta(seconds=10)
    assert Credential.objects.get().last_used_at == noted
    assert google.calls("/token") == 1
    client.close()


_ONE_MORE_PROCESS = """
import sys, django
django.setup()
from django.conf import settings
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from accounts.google.endpoints import endpoints
settings.GOOGLE = endpoints(sys.argv[2])
settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "sandbox-client", "sandbox-secret"
settings.ENCRYPTION_KEYS = [sys.argv[4]]
from accounts.services import tokens
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
print(tokens.access_token(credential_id=int(sys.argv[3])))
"""


@pytest.mark.slow
def test_three_processes_renew_an_expired_token_once(credential, google, settings):
    google.rotate_refresh_tokens = True
    google.fail("POST /token", delay=0.3, times=-1)
    name, key = connection.settings_dict["NAME"], settings.ENCRYPTION_KEYS[0]
    arguments = [str(name), google.origin, str(credential.pk), key]
    environment = {"DJANGO_SETTINGS_MODULE": "classroom_site.settings", "PATH": ""}
    if connection.vendor == "postgresql":
        environment["DATABASE_URL"] = os.environ["DATABASE_URL"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _ONE_MORE_PROCESS, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for one in running:
        assert one.stdout.readline() == "ready\n"
    found = {one.communicate("go\n", timeout=20)[0].strip() for one in running}

    assert google.calls("/token") == 1
    assert found == {Credential.objects.get().secrets["access_token"]}
