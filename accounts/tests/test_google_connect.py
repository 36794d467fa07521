"""Connecting Google accounts: what is kept, for whom, and that a wrong return keeps nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.messages import get_messages
from django.db import connection
from django.urls import reverse

from accounts import connected, selectors
from accounts.google.scopes import Capability
from accounts.models import Credential, CredentialStatus, User
from accounts.services import tokens
from accounts.tests.browsing import ANA, PRIVATE
from core.models import Event

pytestmark = pytest.mark.django_db

LIST = reverse("google:list")
CLASSROOM = [
    Capability.LIST_COURSES,
    Capability.COURSEWORK_TEACHER,
    Capability.COURSEWORK_STUDENT,
    Capability.MATERIALS,
    Capability.ANNOUNCEMENTS,
    Capability.TOPICS,
]


def refused(answer, problem: str) -> bool:
    return (answer.status_code, answer["Location"]) == (302, f"{LIST}?problem={problem}")


def test_an_account_is_connected(ana, ana_client, browser, google, settings):
    answer = browser(ana_client).connect()

    credential = Credential.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse(settings.CONNECTED_URL))
    assert str(next(iter(get_messages(answer.wsgi_request)))) == f"{ANA} is connected."
    assert (credential.owner, credential.tenant_id, credential.status) == (ana, "", "active")
    assert (credential.email, credential.name) == (ANA, "Ana Lima")
    assert credential.google_sub == google.users[ANA].sub
    assert credential.hosted_domain == "escola.example"
    assert credential.client_id == "sandbox-client"
    assert credential.capabilities == CLASSROOM
    assert google.calls("/token") == 1


def test_it_can_be_used_at_once(ana_client, browser, google):
    browser(ana_client).connect()

    credential = Credential.objects.get()
    token = tokens.access_token(credential_id=credential.pk)
    assert token in google.tokens()
    assert credential.secrets["refresh_token"] in google.tokens()
    assert google.calls("/token") == 1


def test_connecting_signs_nobody_in_by_it(ana, ana_client, browser):
    browser(ana_client).connect()

    assert not SocialAccount.objects.exists()


def test_google_is_asked_for_lasting_access_on_top_of_what_it_gave_before(ana_client, google):
    start = ana_client.post(reverse("google:connect"), {"drive": "on"})

    asked = {name: value[0] for name, value in parse_qs(urlsplit(start["Location"]).query).items()}
    assert asked["access_type"] == "offline"
    assert asked["include_granted_scopes"] == "true"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["prompt"].split()) == {"consent", "select_account"}
    assert "https://www.googleapis.com/auth/drive.readonly" in asked["scope"].split()
    assert "https://www.googleapis.com/auth/drive.file" not in asked["scope"].split()


def test_two_accounts_and_two_tenants_live_side_by_side(ana, ana_client, browser):
    browser(ana_client).connect()
    browser(ana_client).connect(PRIVATE)
    browser(ana_client).connect(fields={"tenant_id": "azul"})

    rows = Credential.objects.order_by("pk").values_list("email", "tenant_id")
    assert list(rows) == [(ANA, ""), (PRIVATE, ""), (ANA, "azul")]
    assert selectors.list_credentials(user=ana, tenant_id="azul").count() == 1


def test_two_people_may_connect_the_same_account(ana, bruno, ana_client, bruno_client, browser):
    browser(ana_client).connect()
    browser(bruno_client).connect()

    assert list(Credential.objects.order_by("pk").values_list("owner", flat=True)) == [
        ana.pk,
        bruno.pk,
    ]
    assert [one.owner for one in selectors.list_credentials(user=bruno)] == [bruno]


def test_boxes_may_be_left_unticked(ana_client, browser):
    answer = browser(ana_client).connect(untick=["classroom.announcements.readonly"])

    credential = Credential.objects.get()
    assert "problem" not in answer["Location"]
    assert str(next(iter(get_messages(answer.wsgi_request)))) == (
        f"{ANA} is connected, but not for everything. Left out: Announcements."
    )
    assert Capability.ANNOUNCEMENTS in credential.missing
    assert [one for one in CLASSROOM if one in credential.missing] == [Capability.ANNOUNCEMENTS]


def test_without_the_courses_nothing_is_connected(ana_client, browser):
    answer = browser(ana_client).connect(untick=["classroom.courses.readonly"])

    assert refused(answer, "missing_scope")
    assert not Credential.objects.exists()


def test_one_click_adds_what_is_missing_and_keeps_the_rest(ana_client, browser, google):
    browser(ana_client).connect()
    before = Credential.objects.get()

    consent = reverse("google:consent", args=[before.pk])
    browser(ana_client).consent(ana_client.post(consent, {"bundle": "drive"}))

    after = Credential.objects.get()
    assert after.capabilities == [*CLASSROOM, Capability.DRIVE_READ]
    assert after.pk == before.pk


def test_reconnecting_brings_a_lost_account_back(ana_client, browser, google):
    browser(ana_client).connect()
    lost = Credential.objects.get()
    google.revoke_grant(ANA)
    Credential.objects.update(status=CredentialStatus.NEEDS_CONSENT, last_error="invalid_grant")

    browser(ana_client).connect()
    found = Credential.objects.get()
    assert (found.pk, found.status, found.last_error) == (lost.pk, "active", "")
    assert found.connected_at > lost.connected_at
    assert found.secrets["refresh_token"] != lost.secrets["refresh_token"]


def test_the_wrong_account_at_reconnecting_changes_nothing(ana_client, browser):
    browser(ana_client).connect()
    before = Credential.objects.get()

    consent = reverse("google:consent", args=[before.pk])
    answer = browser(ana_client).consent(ana_client.post(consent, {"bundle": "drive"}), PRIVATE)

    assert refused(answer, "other_account")
    after = Credential.objects.get()
    assert (after.email, after.granted_scopes) == (ANA, before.granted_scopes)
    assert after.secrets == before.secrets


def test_saying_no_connects_nothing(ana_client, browser):
    assert refused(browser(ana_client).connect(go="deny"), "cancelled")
    assert not Credential.objects.exists()


@pytest.mark.parametrize("error", ["unavailable", "not_json", "hang_up", "invalid_grant"])
def test_whatever_google_answers_nothing_breaks(ana_client, browser, google, error):
    google.fail("POST /token", error)

    assert refused(browser(ana_client).connect(), "failed")
    assert not Credential.objects.exists()


def test_the_school_that_forbids_us_is_named(ana_client, google):
    start = ana_client.post(reverse("google:connect"), {"tenant_id": ""})
    state = parse_qs(urlsplit(start["Location"]).query)["state"][0]

    answer = ana_client.get(
        reverse("google_callback"), {"state": state, "error": "admin_policy_enforced"}
    )
    assert refused(answer, "blocked_by_admin")


def test_a_return_works_once(ana_client, browser, google):
    way_back = browser(ana_client).way_back(
        ana_client.post(reverse("google:connect"), {"tenant_id": ""})
    )
    ana_client.get(way_back)
    kept = Credential.objects.get().secrets

    assert refused(ana_client.get(way_back), "state_lost")
    assert Credential.objects.get().secrets == kept
    assert google.calls("/token") == 1


def test_another_persons_return_connects_nothing(ana_client, bruno_client, browser, google):
    way_back = browser(ana_client).way_back(
        ana_client.post(reverse("google:connect"), {"tenant_id": ""})
    )

    assert refused(bruno_client.get(way_back), "state_lost")
    assert not Credential.objects.exists()
    assert google.calls("/token") == 0


def test_whoever_takes_over_the_browser_connects_nothing(ana, bruno, ana_client, browser):
    way_back = browser(ana_client).way_back(
        ana_client.post(reverse("google:connect"), {"tenant_id": ""})
    )
    session = ana_client.session
    states = session["socialaccount_states"]
    ana_client.force_login(bruno, backend="django.contrib.auth.backends.ModelBackend")
    session = ana_client.session
    session["socialaccount_states"] = states
    session.save()

    assert refused(ana_client.get(way_back), "state_lost")
    assert not Credential.objects.exists()


def test_whoever_was_deactivated_meanwhile_connects_nothing(ana, ana_client, browser):
    way_back = browser(ana_client).way_back(
        ana_client.post(reverse("google:connect"), {"tenant_id": ""})
    )
    User.objects.filter(pk=ana.pk).update(is_active=False)

    ana_client.get(way_back)
    assert not Credential.objects.exists()


def test_a_connection_is_told_and_announced(
    ana, ana_client, browser, monkeypatch, django_capture_on_commit_callbacks
):
    announced: list[int] = []
    monkeypatch.setattr(connected, "_CALLBACKS", [lambda one: announced.append(one.pk)])

    with django_capture_on_commit_callbacks(execute=True):
        browser(ana_client).connect()

    credential = Credential.objects.get()
    assert announced == [credential.pk]
    event = Event.objects.get(type="credential_update")
    assert (event.topic, event.owner_id) == (f"credential.{credential.pk}", ana.pk)
    assert event.data == {
        "id": credential.pk,
        "email": ANA,
        "status": "active",
        "is_active": True,
    }


def test_no_token_stands_in_clear_in_any_table(ana, ana_client, browser, google):
    """Sessions among them, also in the middle of the way."""
    User.objects.filter(pk=ana.pk).update(email=ANA)
    browser(ana_client).connect()
    ana_client.post(reverse("google:connect"), {"tenant_id": ""})
    browser(ana_client).connect(untick=["classroom.courses.readonly"])
    ana_client.logout()
    browser(ana_client).sign_in()
    tokens.renew(credential_id=Credential.objects.get().pk)

    issued = google.tokens()
    assert len(issued) >= 5
    stored = _everything()
    assert [token for token in issued if token in stored] == []
    assert "sandbox-secret" not in stored


def _everything() -> str:
    """The whole database, sessions and their contents opened."""
    from django.contrib.sessions.models import Session

    found = [repr(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)
