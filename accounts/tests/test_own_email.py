"""Changing one's own e-mail: only with the password, and only once the new one is proved."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.deeds import Deed
from accounts.models import AuditEntry, User
from accounts.tests.staff import make_staff, signed_in
from conftest import PASSWORD

pytestmark = pytest.mark.django_db

PAGE = reverse("account_email")
NEW = "a quite different horse 77"


@pytest.fixture
def proved(ana_client, settings):
    settings.PUBLIC_URL = "https://classes.example"
    ana_client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return ana_client


def link():
    return re.search(r"https://classes\.example(\S+)", str(mail.outbox[-1].body))[1]


def test_it_changes_when_the_link_is_opened(ana, proved, anonymous):
    answer = proved.post(PAGE, {"email": "New@example.org"})

    assert answer["Location"] == reverse("profile")
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    assert "new@example.org" in proved.get(reverse("profile")).content.decode()

    anonymous.post(link())

    ana.refresh_from_db()
    assert ana.email == "new@example.org"
    assert AuditEntry.objects.get(action=Deed.EMAIL_CHANGED).owner_id == ana.pk
    assert mail.outbox[-1].to == ["ana@example.org"]  # the old one is told
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("new@example.org", True, True)
    ]


def test_the_password_is_asked_for_first(ana, ana_client):
    answer = ana_client.post(PAGE, {"email": "new@example.org"})

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert mail.outbox == []
    assert not EmailAddress.objects.exists()


def test_an_account_goes_on_with_its_old_address_until_then(ana, proved, anonymous):
    proved.post(PAGE, {"email": "new@example.org"})

    for name in ("ana@example.org", "ana"):
        answer = anonymous.post(reverse("account_login"), {"login": name, "password": PASSWORD})
        assert answer["Location"] == "/"
        anonymous.logout()
    answer = anonymous.post(
        reverse("account_login"), {"login": "new@example.org", "password": PASSWORD}
    )
    assert answer.status_code == 200


def test_an_address_of_somebody_else_is_not_told_and_not_taken(ana, bruno, proved):
    answer = proved.post(PAGE, {"email": "bruno@example.org"})

    assert answer["Location"] == reverse("profile")
    assert mail.outbox == []
    assert not EmailAddress.objects.filter(email="bruno@example.org").exists()


def test_who_was_faster_keeps_it(ana, bruno, proved, anonymous):
    proved.post(PAGE, {"email": "new@example.org"})
    User.objects.filter(pk=bruno.pk).update(email="new@example.org")

    answer = anonymous.post(link())

    ana.refresh_from_db()
    assert answer.status_code < 500
    assert ana.email == "ana@example.org"


def test_a_newer_wish_ends_the_older_one(ana, proved, anonymous):
    proved.post(PAGE, {"email": "first@example.org"})
    first = link()
    proved.post(PAGE, {"email": "second@example.org"})

    anonymous.post(first)

    ana.refresh_from_db()
    assert ana.email == "ana@example.org"


def test_it_can_be_left_as_it_is(ana, proved, anonymous):
    proved.post(PAGE, {"email": "new@example.org"})
    proved.post(PAGE, {"drop": "1"})

    anonymous.post(link())

    ana.refresh_from_db()
    assert ana.email == "ana@example.org"


def test_an_address_that_is_not_proved_resets_no_password(ana, proved, anonymous):
    """It may have been mistyped, and be a stranger's."""
    proved.post(PAGE, {"email": "new@example.org"})
    mail.outbox.clear()

    anonymous.post(reverse("account_reset_password"), {"email": "new@example.org"})

    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    assert "password/reset/key" not in mail.outbox[0].body


def test_the_one_there_is_is_no_change(ana, proved):
    page = proved.post(PAGE, {"email": "ANA@example.org"}).content.decode()

    assert "This is your address already." in page
    assert mail.outbox == []


def by_the_page(ana, client):
    new = {"password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})


def by_the_api(ana, client):
    given = {"current_password": PASSWORD, "new_password": NEW}
    client.post("/api/v1/auth/change-password", given, content_type="application/json")


def by_staff(ana, client):
    root = make_staff("root")
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    given = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    signed_in(root).post(f"/admin/accounts/user/{ana.pk}/password/", given)


def by_a_mail(ana, client):
    Client().post(reverse("account_reset_password"), {"email": ana.email})
    asks = Client()
    form = asks.get(link(), follow=True).request["PATH_INFO"]
    asks.post(form, {"password1": NEW, "password2": NEW})


@pytest.mark.parametrize("change", [by_the_page, by_the_api, by_staff, by_a_mail])
def test_a_new_password_ends_what_a_thief_has_asked_for(ana, proved, anonymous, change):
    proved.post(PAGE, {"email": "thief@example.org"})
    to_the_thief = link()

    change(ana, proved)
    anonymous.post(to_the_thief)

    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert ana.email == "ana@example.org"
