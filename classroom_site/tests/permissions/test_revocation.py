"""Who may no longer come in is out at once, by whatever means they came."""

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import ApiSession, Role, User
from accounts.roles import Power
from accounts.services import api_sessions, closing
from classroom_site.tests.permissions.stage import by_key, by_session, by_token, make_staff
from conftest import PASSWORD
from downloads.tests.build import make_download

pytestmark = pytest.mark.usefixtures("no_limits")
HERS = "/api/v1/downloads"
MEANS: dict[str, Callable[[User], Client]] = {
    "session": by_session,
    "token": by_token,
    "key": lambda user: by_key(user, "downloads:read"),
}


def closed(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)


def with_a_new_password(ana: User) -> None:
    ana.set_password("another long secret")
    ana.save()


@pytest.mark.parametrize("means", MEANS)
def test_a_closed_account_is_out_at_once(ana, means):
    client = MEANS[means](ana)
    assert client.get(HERS).status_code == 200

    closed(ana)

    assert client.get(HERS).status_code == 401


def test_a_closed_account_that_is_opened_again_is_not_signed_in(ana, bruno):
    session, token, stranger = Client(), by_token(ana), by_session(bruno)
    session.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    of_before = by_session(ana)  # from when no list was kept
    UserSession.objects.filter(session_key=of_before.session.session_key).delete()
    UserSession.objects.filter(user=bruno).delete()
    hers = [session, of_before, token]
    assert [one.get(HERS).status_code for one in hers] == [200, 200, 200]

    closing.end_everything(user=ana, why="closed")

    assert [one.get(HERS).status_code for one in hers] == [401, 401, 401]
    assert stranger.get(HERS).status_code == 200


@pytest.mark.parametrize("means", ["session", "token"])
def test_a_new_password_ends_what_was_opened_with_the_old_one(ana, means):
    client = MEANS[means](ana)

    with_a_new_password(ana)

    assert client.get(HERS).status_code == 401


@pytest.mark.parametrize("end", [closed, with_a_new_password])
def test_a_refresh_token_is_dead_with_its_session(ana, anonymous, end):
    tokens = api_sessions.begin(user=ana, address="127.0.0.1", agent="x")

    end(ana)

    body = {"refresh_token": tokens.refresh}
    answer = anonymous.post("/api/v1/auth/refresh", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_a_signed_out_program_is_out_and_the_others_of_that_person_are_not(ana, anonymous):
    stays = by_token(ana)
    tokens = api_sessions.begin(user=ana, address="127.0.0.1", agent="x")
    leaves = Client(headers={"Authorization": f"Bearer {tokens.access}"})

    answer = leaves.post("/api/v1/auth/logout", {}, content_type="application/json")

    assert answer.status_code == 204
    assert (leaves.get(HERS).status_code, stays.get(HERS).status_code) == (401, 200)
    assert ApiSession.objects.filter(owner=ana, revoked_at=None).count() == 1


@pytest.mark.parametrize("means", MEANS)
def test_staff_who_lose_the_role_or_the_power_see_their_own_things_only(ana, db, means):
    staff = make_staff(Power.WORK)
    hers = make_download(ana)
    opened = {**MEANS, "key": lambda user: by_key(user, "downloads:read", "admin")}
    client = opened[means](staff)
    assert client.get(f"{HERS}/{hers.pk}").status_code == 200

    staff.user_permissions.clear()
    assert client.get(f"{HERS}/{hers.pk}").status_code == 404

    staff.user_permissions.set(Permission.objects.filter(codename=Power.WORK.value))
    User.objects.filter(pk=staff.pk).update(role=Role.USER)
    assert client.get(f"{HERS}/{hers.pk}").status_code == 404
