"""Where a person is signed in: listed, ended elsewhere, and never for ever."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.deeds import Deed
from accounts.models import ApiSession, AuditEntry
from accounts.services import api_sessions
from conftest import PASSWORD

pytestmark = pytest.mark.django_db

PAGE = reverse("sessions")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604.1"


def signed_in(agent=FIREFOX, name="ana"):
    client = Client(headers={"User-Agent": agent})
    client.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    assert get_user(client).is_authenticated
    return client


def test_a_session_begins_under_a_new_id(ana):
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = session.session_key

    client.post(reverse("account_login"), {"login": "ana", "password": PASSWORD})

    assert client.cookies["sessionid"].value != before
    stranger = Client()
    stranger.cookies["sessionid"] = before
    assert get_user(stranger).is_anonymous


def test_the_page_lists_browsers_and_programs(ana, bruno):
    here, phone = signed_in(), signed_in(IPHONE)
    signed_in(name="bruno")
    api_sessions.begin(user=ana, address="192.0.2.7", agent="classroom-client/1.0")

    page = here.get(PAGE).content.decode()

    assert page.count("Firefox · Linux") == 1
    assert page.count("Safari · iPhone") == 1
    assert page.count("this browser") == 1
    assert "classroom-client/1.0" in page
    assert phone.get(PAGE).content.decode().count("this browser") == 1


def test_signing_out_everywhere_else(ana, bruno):
    here, phone, other = signed_in(), signed_in(IPHONE), signed_in(name="bruno")
    tokens = api_sessions.begin(user=ana, address="", agent="")

    here.post(reverse("sessions-end-others"))

    assert get_user(here) == ana
    assert get_user(phone).is_anonymous
    assert get_user(other) == bruno
    assert api_sessions.read_access(tokens.access) is None
    assert AuditEntry.objects.filter(action=Deed.SESSIONS_ENDED, actor_id=ana.pk).exists()


def test_signing_out_one_browser(ana):
    here, phone = signed_in(), signed_in(IPHONE)
    session = UserSession.objects.get(session_key=phone.session.session_key)

    here.post(reverse("session-end-browser", args=[session.pk]))

    assert get_user(phone).is_anonymous
    assert get_user(here) == ana


def test_signing_out_one_program(ana):
    here = signed_in()
    tokens = api_sessions.begin(user=ana, address="", agent="")

    here.post(reverse("session-end-program", args=[ApiSession.objects.get().pk]))

    assert api_sessions.read_access(tokens.access) is None


def test_nobody_ends_what_is_anothers(ana, bruno):
    here, other = signed_in(), signed_in(name="bruno")
    tokens = api_sessions.begin(user=bruno, address="", agent="")
    session = UserSession.objects.get(user=bruno)

    answers = [
        here.post(reverse("session-end-browser", args=[session.pk])),
        here.post(reverse("session-end-program", args=[ApiSession.objects.get().pk])),
        here.post(reverse("session-end-browser", args=[999_999])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert get_user(other) == bruno
    assert api_sessions.read_access(tokens.access).owner == bruno


def test_a_new_password_ends_every_other_sign_in(ana):
    here, phone = signed_in(), signed_in(IPHONE)
    tokens = api_sessions.begin(user=ana, address="", agent="")
    new = "quite another secret"

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert get_user(here) == ana
    assert get_user(phone).is_anonymous
    assert api_sessions.read_access(tokens.access) is None


def test_two_weeks_without_a_visit_end_it(ana):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in()
        clock.shift(timedelta(days=13))
        assert client.get(reverse("profile")).status_code == 200
        clock.shift(timedelta(days=13))
        assert client.get(reverse("profile")).status_code == 200
        clock.shift(timedelta(days=14, seconds=1))
        assert client.get(reverse("profile")).status_code == 302


def test_ninety_days_end_it_however_often_it_is_used(ana):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in()
        for _ in range(9):
            clock.shift(timedelta(days=10))
            assert client.get(reverse("profile")).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get(reverse("profile")).status_code == 302
        assert get_user(client).is_anonymous


def test_a_visit_is_noted_every_ten_minutes(ana, django_assert_num_queries):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in()
        began = UserSession.objects.get().last_seen_at
        clock.shift(timedelta(minutes=9))
        client.get(reverse("profile"))
        assert UserSession.objects.get().last_seen_at == began
        clock.shift(timedelta(minutes=2))
        client.get(reverse("profile"))
        assert UserSession.objects.get().last_seen_at == began + timedelta(minutes=11)


def test_signing_in_and_out_is_written_down(ana):
    client = signed_in()
    client.post(reverse("account_logout"))

    entries = AuditEntry.objects.filter(owner_id=ana.pk).order_by("pk")
    assert [(one.action, one.actor_id, one.means, one.address) for one in entries] == [
        (Deed.SIGNED_IN, ana.pk, "page", "127.0.0.1"),
        (Deed.SIGNED_OUT, ana.pk, "page", "127.0.0.1"),
    ]
