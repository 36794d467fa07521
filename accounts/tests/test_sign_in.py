"""Signing in, with a name or an address, and what is closed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.account_adapter import AccountAdapter
from accounts.deeds import Deed
from accounts.models import AuditEntry, User
from conftest import PASSWORD

pytestmark = pytest.mark.django_db

SIGN_IN = reverse("account_login")


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
    assert "Accounts are made by staff here" in answer.content.decode()
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
    assert get_user(ana_client) == ana
    entry = AuditEntry.objects.get(action=Deed.PASSWORD_CHANGED)
    assert (entry.actor_id, entry.owner_id, entry.means) == (ana.pk, ana.pk, "page")
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


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


def reset_link(client, email="ana@example.org"):
    client.post(reverse("account_reset_password"), {"email": email})
    (message,) = mail.outbox
    mail.outbox.clear()
    return re.search(r"https://classes\.example(\S+)", str(message.body)).group(1)


@pytest.fixture
def public(settings):
    settings.PUBLIC_URL = "https://classes.example"
    settings.ALLOWED_HOSTS = ["*"]


def test_a_forgotten_password_is_reset_by_mail(ana, anonymous, public):
    form = anonymous.get(reset_link(anonymous), follow=True)
    new = "quite another secret"
    anonymous.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    ana.refresh_from_db()
    assert ana.check_password(new)
    assert get_user(anonymous).is_anonymous
    entry = AuditEntry.objects.get(action=Deed.PASSWORD_RESET)
    assert (entry.actor_id, entry.owner_id) == (ana.pk, ana.pk)
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]  # it is told


def test_whoever_resets_the_password_is_no_longer_locked(ana, anonymous, public):
    for _ in range(6):
        anonymous.post(SIGN_IN, {"login": "ana", "password": "wrong"})
    form = anonymous.get(reset_link(anonymous), follow=True)
    new = "quite another secret"
    anonymous.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    answer = anonymous.post(SIGN_IN, {"login": "ana", "password": new})

    assert answer["Location"] == "/"
    assert get_user(anonymous) == ana


def test_a_link_to_reset_is_good_once_and_for_a_day(ana, anonymous, public):
    link = reset_link(anonymous)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert "This link is used up" in anonymous.get(link, follow=True).content.decode()
    ana.set_password("quite another secret")
    ana.save()
    assert "This link is used up" in anonymous.get(link, follow=True).content.decode()


def test_mails_lead_to_this_site_whatever_the_request_says(ana, public):
    client = Client(headers={"Host": "evil.example"})

    client.post(reverse("account_reset_password"), {"email": "ana@example.org"})

    (message,) = mail.outbox
    assert "evil.example" not in f"{message.subject}{message.body}"
    assert "https://classes.example/accounts/password/reset/key/" in message.body


def test_mails_speak_the_language_of_their_reader(ana, anonymous, public):
    User.objects.filter(pk=ana.pk).update(language="pt-br")

    anonymous.post(reverse("account_reset_password"), {"email": "ana@example.org"})

    assert "senha" in mail.outbox[0].subject


def test_asking_to_reset_tells_nobody_who_has_an_account(ana, anonymous):
    answers = [
        anonymous.post(reverse("account_reset_password"), {"email": email})
        for email in ("ana@example.org", "nobody@example.org")
    ]

    assert [(one.status_code, one["Location"]) for one in answers] == [
        (302, reverse("account_reset_password_done"))
    ] * 2


def test_nobody_is_flooded_with_mails(ana, anonymous):
    for _ in range(9):
        answer = anonymous.post(reverse("account_reset_password"), {"email": "ana@example.org"})

    assert answer["Location"] == reverse("account_reset_password_done")
    assert len(mail.outbox) == 5


def test_one_address_may_not_ask_for_ever(anonymous):
    statuses = [
        anonymous.post(reverse("account_reset_password"), {"email": f"x{n}@x.org"}).status_code
        for n in range(61)
    ]

    assert statuses == [302] * 60 + [429]


def test_a_mail_server_that_is_away_breaks_nothing(ana, anonymous, settings, caplog):
    settings.EMAIL_BACKEND = "nowhere.at.all"

    answer = anonymous.post(reverse("account_reset_password"), {"email": "ana@example.org"})

    assert answer.status_code == 302
    assert "was not sent" in caplog.text


@pytest.mark.parametrize(
    "path", ["3rdparty/", "confirm-email/", "social/connections/", "2fa/webauthn/"]
)
def test_pages_nobody_has_thought_about_are_not_open(ana_client, path):
    assert ana_client.get(f"/accounts/{path}").status_code == 404


def test_signing_in_needs_a_form_of_ours(ana):
    client = Client(enforce_csrf_checks=True)

    answer = client.post(SIGN_IN, {"login": "ana", "password": PASSWORD})

    assert answer.status_code == 403
    assert get_user(client).is_anonymous
