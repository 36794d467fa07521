"""Staff looking at Google accounts and connect links in the back office."""

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages

from accounts.google.scopes import Bundle, to_ask_for
from accounts.models import Credential, CredentialStatus
from accounts.tests.build import make_connect_link, make_credential

CREDENTIALS = "/admin/accounts/credential/"
LINKS = "/admin/accounts/connectlink/"
EMAIL = "ana@escola.example"


def rows(client, query: str = "") -> list[str]:
    return [one.email for one in client.get(CREDENTIALS + query).context["cl"].result_list]


def act(client, action: str, *chosen: Credential, **more: str):
    numbers = [one.pk for one in chosen]
    return client.post(CREDENTIALS, {"action": action, "_selected_action": numbers, **more})


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def hers(google, ana) -> Credential:
    """Ana's account, which Google knows."""
    google.user(EMAIL, "Ana Lima")
    scopes = to_ask_for([Bundle.CLASSROOM])
    return make_credential(
        ana,
        email=EMAIL,
        google_sub=google.users[EMAIL].sub,
        access_token=google.issue(EMAIL, scopes),
        refresh_token=google.new_refresh(EMAIL, scopes),
    )


def test_staff_find_an_account_by_address_tenant_owner_and_state(clara_client, ana, bruno):
    make_credential(ana, email="one@escola.example", tenant_id="azul")
    make_credential(bruno, email="two@escola.example", status=CredentialStatus.NEEDS_CONSENT)

    assert rows(clara_client) == ["two@escola.example", "one@escola.example"]
    assert rows(clara_client, "?q=one@") == ["one@escola.example"]
    assert rows(clara_client, "?q=azul") == ["one@escola.example"]
    assert rows(clara_client, "?q=bruno") == ["two@escola.example"]
    assert rows(clara_client, "?status__exact=needs_consent") == ["two@escola.example"]


def test_its_page_says_what_google_allows_and_offers_nothing_to_type(clara_client, ana):
    credential = make_credential(ana, bundles=[Bundle.CLASSROOM], access_token="ya29.secret")
    html = clara_client.get(f"{CREDENTIALS}{credential.pk}/change/").content.decode()

    assert "Class materials" in html
    assert "classroom.topics.readonly" in html
    assert "ya29" not in html
    assert 'name="email"' not in html
    assert clara_client.get(f"{CREDENTIALS}add/").status_code == 403
    assert clara_client.post(f"{CREDENTIALS}{credential.pk}/delete/").status_code == 403


def test_an_account_whose_key_is_lost_is_still_to_be_seen(clara_client, ana, settings):
    credential = make_credential(ana, email="lost@escola.example")
    settings.ENCRYPTION_KEYS = ["YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="]

    assert rows(clara_client) == ["lost@escola.example"]
    assert clara_client.get(f"{CREDENTIALS}{credential.pk}/change/").status_code == 200


def test_staff_check_accounts_with_google(clara_client, google, hers, bruno):
    dead = make_credential(bruno, email="dead@escola.example")

    answer = act(clara_client, "check_with_google", hers, dead)

    assert said(answer) == ["2 accounts checked."]
    states = dict(Credential.objects.values_list("email", "status"))
    assert states == {EMAIL: "active", "dead@escola.example": "needs_consent"}


def test_what_cannot_be_checked_is_named(clara_client, google, hers):
    google.fail("/tokeninfo", "html502", times=-1)

    answer = act(clara_client, "check_with_google", hers)

    away = "Google does not answer right now. Try again in a moment."
    assert said(answer) == [f"{EMAIL}: {away}", "0 accounts checked."]
    assert Credential.objects.get().status == "active"


def test_disconnecting_is_asked_first_and_then_done(clara_client, google, hers):
    question = act(clara_client, "disconnect", hers)

    assert question.status_code == 200
    assert EMAIL in question.content.decode()
    assert Credential.objects.get().status == "active"
    assert google.log == []

    answer = act(clara_client, "disconnect", hers, confirmed="yes")

    assert said(answer) == ["1 account disconnected."]
    kept = Credential.objects.get()
    assert (kept.status, kept.secrets) == ("revoked", None)
    assert google.calls("/revoke") == 1


def test_a_teacher_acts_on_nothing_there(ana_client, google, hers):
    act(ana_client, "disconnect", hers, confirmed="yes")

    assert Credential.objects.get().status == "active"
    assert google.log == []


def test_links_are_shown_with_their_end_and_without_their_address(clara_client, ana):
    used = make_credential(ana)
    link = make_connect_link(ana, token="a-secret-token", used_at=used.connected_at)
    make_connect_link(ana, problem="cancelled")
    html = clara_client.get(LINKS).content.decode()
    one = clara_client.get(f"{LINKS}{link.pk}/change/").content.decode()

    assert "connected" in html
    assert "failed" in html
    assert link.digest not in html + one
    assert clara_client.get(f"{LINKS}add/").status_code == 403


def test_many_rows_take_as_many_queries_as_one(clara_client, ana, django_assert_max_num_queries):
    make_connect_link(ana, credential=make_credential(ana))
    for address in (CREDENTIALS, LINKS):
        clara_client.get(address)
        with django_assert_max_num_queries(12) as few:
            clara_client.get(address)
        for _ in range(5):
            make_connect_link(ana, credential=make_credential(ana))
        with django_assert_max_num_queries(len(few)):
            clara_client.get(address)


def test_allauths_tables_are_not_offered():
    labels = {model._meta.label for model in admin.site._registry}

    assert not {label for label in labels if label.startswith("socialaccount.")}
