"""Signing in, with a name or an address, and what is closed."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.adapters import AccountAdapter
from accounts.models import User
from conftest import PASSWORD

pytestmark = pytest.mark.django_db

SIGN_IN = reverse("account_login")


@pytest.fixture(autouse=True)
def _nobody_has_tried_before() -> Iterator[None]:
    """The mistakes of one test must not lock out the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("name", ["ana", "ana@example.org", "ANA@EXAMPLE.ORG"])
def test_a_teacher_signs_in_with_name_or_address(ana, anonymous, name):
    answer = anonymous.post(f"{SIGN_IN}?next=/library", {"login": name, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/library")
    assert get_user(anonymous) == ana


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "wrong"), ("nobody", PASSWORD), ("ana", "")]
)
def test_a_wrong_password_keeps_the_name_and_lets_nobody_in(ana, anonymous, name, password):
    answer = anonymous.post(SIGN_IN, {"login": name, "password": password})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{name}"' in page
    assert PASSWORD not in page
    assert get_user(anonymous).is_anonymous


def test_the_answer_does_not_tell_who_has_an_account(ana, anonymous):
    known = anonymous.post(SIGN_IN, {"login": "ana", "password": "wrong"}).content.decode()
    unknown = anonymous.post(SIGN_IN, {"login": "nobody", "password": "wrong"}).content.decode()

    text = "The username and/or password you specified are not correct."
    assert text in known
    assert text in unknown


def test_mistakes_lock_the_name_they_are_made_with_and_not_the_whole_school(ana, bruno, anonymous):
    for _ in range(4):
        for name in ("ana", "nobody", "noone"):
            anonymous.post(SIGN_IN, {"login": name, "password": "wrong"})
    anonymous.post(SIGN_IN, {"login": "ana", "password": "wrong"})

    anonymous.post(SIGN_IN, {"login": "ana", "password": PASSWORD})
    assert get_user(anonymous).is_anonymous

    anonymous.post(SIGN_IN, {"login": "bruno", "password": PASSWORD})
    assert get_user(anonymous) == bruno


def test_whoever_was_deactivated_stays_outside(ana, anonymous):
    User.objects.filter(pk=ana.pk).update(is_active=False)

    anonymous.post(SIGN_IN, {"login": "ana", "password": PASSWORD})

    assert get_user(anonymous).is_anonymous


def test_signing_in_leads_to_no_other_site(ana, anonymous):
    answer = anonymous.post(
        f"{SIGN_IN}?next=https://evil.example/", {"login": "ana", "password": PASSWORD}
    )

    assert answer["Location"] == "/"


def test_the_sign_in_page_offers_no_account(ana, anonymous):
    page = anonymous.get(SIGN_IN).content.decode()

    assert "sign up" not in page.lower()
    assert "Username or email" in page
    assert "Nobody has an account here yet" not in page


def test_the_first_visitor_learns_how_to_begin(anonymous):
    assert "Nobody has an account here yet" in anonymous.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_signing_up_is_closed(anonymous, method):
    answer = getattr(anonymous, method)(
        reverse("account_signup"),
        {"email": "eve@example.org", "username": "eve", "password1": PASSWORD},
    )

    assert answer.status_code == 403
    assert "Sign Up Closed" in answer.content.decode()
    assert not User.objects.exists()
    assert AccountAdapter().is_open_for_signup(answer.wsgi_request) is False


def test_a_teacher_signs_out_and_is_asked_to_sign_in(ana_client):
    answer = ana_client.post(reverse("account_logout"))

    assert answer["Location"] == SIGN_IN
    assert get_user(ana_client).is_anonymous


def test_a_teacher_changes_the_password(ana, ana_client):
    address = reverse("account_change_password")
    new = "quite another secret"

    answer = ana_client.post(
        address, {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    ana.refresh_from_db()
    assert answer.status_code == 302
    assert ana.check_password(new)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "at least 8 characters"),
        ("x1" * 65, "at most 128 characters"),
        ("password", "too common"),
        ("ana@example.org", "too similar"),
    ],
)
def test_a_weak_or_endless_password_is_refused(ana, ana_client, new, said):
    answer = ana_client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    ana.refresh_from_db()
    assert said in answer.content.decode()
    assert ana.check_password(PASSWORD)


def test_a_forgotten_password_is_reset_by_mail(ana, anonymous):
    answer = anonymous.post(reverse("account_reset_password"), {"email": "ana@example.org"})

    assert answer["Location"] == reverse("account_reset_password_done")
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    link = mail.outbox[0].body.partition("http://testserver")[2].split()[0]
    form = anonymous.get(link, follow=True)
    new = "quite another secret"
    anonymous.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    ana.refresh_from_db()
    assert ana.check_password(new)


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "social/connections/"])
def test_pages_nobody_has_thought_about_are_not_open(ana_client, path):
    assert ana_client.get(f"/accounts/{path}").status_code == 404


def test_signing_in_needs_a_form_of_ours(ana):
    client = Client(enforce_csrf_checks=True)

    answer = client.post(SIGN_IN, {"login": "ana", "password": PASSWORD})

    assert answer.status_code == 403
    assert get_user(client).is_anonymous
