"""The pages of Google accounts: what each may do, and the buttons that change it."""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts import tallies
from accounts.google.scopes import Bundle, Capability, bundle_of, to_ask_for
from accounts.models import Credential, CredentialStatus
from accounts.tests.build import make_credential
from accounts.wording import CAPABILITIES, PERMISSIONS
from sandbox.person import consent, consent_form

LIST = "/google"
EMAIL = "ana@escola.example"
DRIVE = "https://www.googleapis.com/auth/drive.readonly"


@pytest.fixture
def school(google):
    google.user(EMAIL, "Ana Lima", hd="escola.example")
    return google


def connected(google, owner, bundles=(Bundle.CLASSROOM,), **over) -> Credential:
    scopes = to_ask_for(bundles)
    return make_credential(
        owner,
        email=EMAIL,
        google_sub=google.users[EMAIL].sub,
        bundles=bundles,
        access_token=google.issue(EMAIL, scopes),
        refresh_token=google.new_refresh(EMAIL, scopes),
        **over,
    )


def text_of(client: Client, address: str = LIST) -> str:
    html = client.get(address).content.decode()
    words = re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1].split("</main>")[0])
    return re.sub(r"\s+", " ", words)


def cards_of(client: Client) -> list[str]:
    return re.findall(r'<h2 id="account-\d+">([^<]+)</h2>', client.get(LIST).content.decode())


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_every_permission_has_words():
    assert set(CAPABILITIES) == set(Capability)
    assert set(PERMISSIONS) == set(Bundle)


def test_a_card_says_what_the_account_may_and_what_not(school, ana_client, ana):
    connected(school, ana, tenant_id="azul")
    text = text_of(ana_client)

    assert EMAIL in text
    assert "for azul" in text
    assert "Announcements : allowed" in text
    assert "Private videos in Drive: not allowed" in text
    assert text.count("Add this") == 2  # Drive, and the names of teachers
    assert "Save videos into Drive" not in text
    assert "Not used yet" in text


def test_teachers_see_their_own_cards_alone_and_no_disconnected_ones(
    ana_client, clara_client, ana, bruno
):
    make_credential(ana, email="first@escola.example")
    make_credential(ana, status=CredentialStatus.REVOKED, secrets=None)
    make_credential(bruno, email="other@escola.example")

    assert cards_of(ana_client) == ["first@escola.example"]
    assert cards_of(clara_client) == []


def test_without_an_account_there_is_one_way_on(school, ana_client):
    html = ana_client.get(LIST).content.decode()

    assert html.count('href="/google/connect"') == 1
    assert "Connect the Google account you use in Classroom" in html


def test_the_page_takes_as_many_queries_for_many_as_for_one(
    ana_client, ana, django_assert_num_queries
):
    make_credential(ana)
    ana_client.get(LIST)
    with django_assert_num_queries(5):
        ana_client.get(LIST)
    for _ in range(10):
        make_credential(ana)
    with django_assert_num_queries(5):
        ana_client.get(LIST)


def test_figures_of_other_apps_stand_on_the_card(ana_client, ana, monkeypatch):
    first, second = make_credential(ana), make_credential(ana)
    monkeypatch.setattr(tallies, "_TALLIES", {})
    tallies.register("courses", lambda ids: {first.pk: 1} if first.pk in ids else {})
    tallies.register("waiting", lambda ids: {second.pk: 17})
    Credential.objects.filter(pk=second.pk).update(status="needs_consent")

    text = text_of(ana_client)

    assert "1 course " in text
    assert "0 courses" in text
    assert "17 downloads wait for it." in text
    question = text_of(ana_client, f"{LIST}/{second.pk}/disconnect")
    assert "17 downloads that need this account wait until it is connected again." in question


def test_one_click_asks_google_for_exactly_the_missing_permission(school, ana_client, ana):
    credential = connected(school, ana)

    start = ana_client.post(f"{LIST}/{credential.pk}/consent", {"bundle": "drive"})
    form = consent_form(start["Location"])
    back = ana_client.get(consent(start["Location"]).removeprefix("http://testserver"))

    assert form.chosen == EMAIL
    assert [box for box in form.boxes if "auth/" in box] == [DRIVE]
    assert back["Location"] == LIST
    after = Credential.objects.get()
    assert (after.pk, after.owner) == (credential.pk, ana)
    assert {bundle_of(one) for one in after.capabilities} == {Bundle.CLASSROOM, Bundle.DRIVE}


def test_reconnecting_asks_for_all_the_account_had(school, ana_client, ana):
    credential = connected(school, ana, bundles=[Bundle.CLASSROOM, Bundle.DRIVE])
    school.revoke_grant(EMAIL)
    ana_client.post(f"{LIST}/{credential.pk}/check")
    assert "Google no longer lets us in with this account" in text_of(ana_client)

    start = ana_client.post(f"{LIST}/{credential.pk}/consent")
    ana_client.get(consent(start["Location"]).removeprefix("http://testserver"))

    after = Credential.objects.get()
    assert (after.pk, after.status) == (credential.pk, "active")
    assert after.may(Capability.DRIVE_READ)
    assert "Google no longer lets us in" not in text_of(ana_client)


def test_check_says_whether_it_works(school, ana_client, ana):
    credential = connected(school, ana)
    check = f"{LIST}/{credential.pk}/check"

    assert said(ana_client.post(check)) == [f"{EMAIL} works."]

    school.revoke_grant(EMAIL)
    assert said(ana_client.post(check)) == [
        f"{EMAIL} works.",
        f"{EMAIL} does not work any more: reconnect it.",
    ]
    assert Credential.objects.get().status == "needs_consent"


def test_check_while_google_is_away_leaves_the_account_as_it_is(school, ana_client, ana):
    credential = connected(school, ana)
    school.fail("/tokeninfo", "html502", times=-1)

    answer = ana_client.post(f"{LIST}/{credential.pk}/check")

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert said(answer) == ["Google does not answer right now. Try again in a moment."]
    assert Credential.objects.get().status == "active"


def test_disconnecting_is_asked_once_with_what_follows(school, ana_client, ana):
    credential = connected(school, ana)
    address = f"{LIST}/{credential.pk}/disconnect"

    question = text_of(ana_client, address)
    assert "The videos you have stay in your library." in question
    assert "Google is told to take the permission back." in question
    assert Credential.objects.get().status == "active"

    answer = ana_client.post(address)
    assert answer["Location"] == LIST
    assert said(answer) == [f"{EMAIL} is disconnected."]
    assert Credential.objects.get().status == "revoked"
    assert school.calls("/revoke") == 1


def test_an_account_that_is_connected_twice_says_that_google_is_not_told(
    school, ana_client, ana, bruno
):
    mine = connected(school, ana)
    theirs = connected(school, bruno)

    question = text_of(ana_client, f"{LIST}/{mine.pk}/disconnect")
    ana_client.post(f"{LIST}/{mine.pk}/disconnect")

    assert "So Google itself is not told." in question
    assert school.calls("/revoke") == 0
    assert Credential.objects.get(pk=theirs.pk).status == "active"


@pytest.mark.parametrize("what", ["check", "disconnect", "consent"])
def test_another_teachers_account_cannot_be_touched(school, bruno_client, ana, what):
    credential = connected(school, ana)

    answer = bruno_client.post(f"{LIST}/{credential.pk}/{what}")

    assert answer.status_code == 404
    assert Credential.objects.get().status == "active"
    assert school.log == []


def test_not_even_staff_consent_for_somebody_else(school, clara_client, ana):
    credential = connected(school, ana)

    assert clara_client.post(f"{LIST}/{credential.pk}/consent").status_code == 404


def test_a_permission_that_does_not_exist_is_not_asked_for(school, ana_client, ana):
    credential = connected(school, ana)

    answer = ana_client.post(f"{LIST}/{credential.pk}/consent", {"bundle": "gmail"})

    assert (answer.status_code, said(answer)) == (302, ["There is no such permission."])
    assert school.log == []


@pytest.mark.parametrize("what", ["check", "consent"])
def test_looking_changes_nothing(school, ana_client, ana, what):
    credential = connected(school, ana)

    assert ana_client.get(f"{LIST}/{credential.pk}/{what}").status_code == 405
    assert school.log == []


def test_no_token_is_on_any_page(school, ana_client, clara_client, ana):
    credential = connected(school, ana)
    pages = [
        ana_client.get(LIST),
        ana_client.get(f"{LIST}/{credential.pk}/disconnect"),
        clara_client.get("/admin/accounts/credential/"),
        clara_client.get(f"/admin/accounts/credential/{credential.pk}/change/"),
    ]

    assert [page.status_code for page in pages] == [200] * 4
    for page in pages:
        for token in school.tokens():
            assert token not in page.content.decode()
