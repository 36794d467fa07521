"""Accounts at the API: one's own, and everybody's for staff who manage people."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import ApiSession, AuditEntry, Role, User
from accounts.services import api_keys, api_sessions
from accounts.tests.tokens import LOGIN, PROFILE, bearer, post, refresh, tokens_of
from conftest import PASSWORD

USERS = "/api/v1/auth/users"
PASSWORD_DOOR = "/api/v1/auth/change-password"
NEW = "lousa-caderno-mochila"


@pytest.fixture
def clerk(db) -> User:
    """Staff without any power."""
    return User.objects.create_user(
        "clerk", "clerk@example.org", PASSWORD, role=Role.ADMIN, is_staff=True
    )


@pytest.fixture
def hr(clerk: User) -> User:
    """Staff who may manage people and nothing else."""
    power = Permission.objects.get(codename="manage_people", content_type__app_label="accounts")
    clerk.user_permissions.add(power)
    return User.objects.get(pk=clerk.pk)


def put(client, path, **body):
    return client.put(path, body, "application/json")


def patch(client, path, **body):
    return client.patch(path, body, "application/json")


def test_ana_reads_who_she_is(ana_client, ana):
    body = ana_client.get(PROFILE).json()
    assert body == {
        "id": ana.pk,
        "username": "ana",
        "email": "ana@example.org",
        "full_name": "Ana Lima",
        "role": "user",
        "is_active": True,
        "language": "",
        "created_at": body["created_at"],
        "last_login": body["last_login"],
        "second_factor": False,
        "powers": [],
    }


def test_ana_changes_her_name_and_language(ana_client, ana):
    assert put(ana_client, PROFILE, full_name="Ana L.", language="en").status_code == 200
    assert patch(ana_client, PROFILE, language="pt-br").json()["full_name"] == "Ana L."
    ana.refresh_from_db()
    assert (ana.full_name, ana.language) == ("Ana L.", "pt-br")


@pytest.mark.parametrize(
    "body",
    [
        {"full_name": "Ana"},
        {"full_name": "n" * 101, "language": ""},
        {"full_name": "Ana", "language": "fr"},
        {"full_name": "Ana", "language": "", "role": "admin"},
        {"full_name": "Ana", "language": "", "email": "root@example.org"},
        {"full_name": "a\0b", "language": ""},
    ],
)
def test_ana_cannot_change_what_is_not_hers_to_change(ana_client, ana, body):
    assert put(ana_client, PROFILE, **body).status_code == 400
    ana.refresh_from_db()
    assert (ana.full_name, ana.role, ana.email) == ("Ana Lima", "user", "ana@example.org")


def test_a_new_password_signs_out_every_other_program(ana):
    here, there = tokens_of(ana), tokens_of(ana)
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert post(bearer(here.access), PASSWORD_DOOR, **body).status_code == 204
    assert bearer(here.access).get(PROFILE).status_code == 200
    assert refresh(here.refresh).status_code == 200
    assert bearer(there.access).get(PROFILE).status_code == 401
    assert refresh(there.refresh).status_code == 401
    assert post(Client(), LOGIN, login="ana", password=PASSWORD).status_code == 401
    assert post(Client(), LOGIN, login="ana", password=NEW).status_code == 200
    assert AuditEntry.objects.filter(action="password.changed", actor_id=ana.pk).count() == 1


def test_a_browser_that_changes_the_password_stays_signed_in(ana_client, ana):
    tokens = tokens_of(ana)
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert post(ana_client, PASSWORD_DOOR, **body).status_code == 204
    assert ana_client.get(PROFILE).status_code == 200
    assert bearer(tokens.access).get(PROFILE).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"current_password": "wrong", "new_password": NEW}, "current_password"),
        ({"current_password": PASSWORD, "new_password": "password"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "ana"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "x" * 129}, "new_password"),
        ({"new_password": NEW}, "current_password"),
    ],
)
def test_a_password_is_not_changed_without_the_current_one_or_to_a_weak_one(ana, body, field):
    tokens, before = tokens_of(ana), ana.password
    answer = post(bearer(tokens.access), PASSWORD_DOOR, **body)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    ana.refresh_from_db()
    assert ana.password == before
    assert bearer(tokens.access).get(PROFILE).status_code == 200


def test_a_stolen_token_cannot_guess_the_password(ana, settings):
    settings.MAX_LOGIN_ATTEMPTS = 5
    client = bearer(tokens_of(ana).access)
    body = {"current_password": "wrong", "new_password": NEW}
    codes = [post(client, PASSWORD_DOOR, **body).json()["code"] for _ in range(7)]
    assert codes == ["wrong_password"] * 5 + ["locked"] * 2


def test_who_signs_in_with_google_has_no_password_to_change(ana):
    ana.set_unusable_password()
    ana.save()
    body = {"current_password": "x", "new_password": NEW}
    answer = post(bearer(tokens_of(ana).access), PASSWORD_DOOR, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_password")


def test_ana_sees_and_ends_her_own_sign_ins_alone(ana, bruno):
    here, there, his = tokens_of(ana), tokens_of(ana), tokens_of(bruno)
    client = bearer(here.access)
    rows = client.get("/api/v1/auth/sessions").json()["results"]
    assert [row["is_current"] for row in rows] == [False, True]
    assert (rows[0]["address"], rows[0]["agent"]) == ("203.0.113.7", "portal/1")
    brunos = ApiSession.objects.get(owner=bruno)
    for foreign in (brunos.pk, 999_999):
        answer = client.delete(f"/api/v1/auth/sessions/{foreign}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.delete(f"/api/v1/auth/sessions/{rows[0]['id']}").status_code == 204
    assert client.get(f"/api/v1/auth/sessions/{rows[0]['id']}").status_code == 404
    assert bearer(there.access).get(PROFILE).status_code == 401
    assert bearer(his.access).get(PROFILE).status_code == 200


def test_ana_signs_out_everywhere_else(ana, bruno):
    here, there, his = tokens_of(ana), tokens_of(ana), tokens_of(bruno)
    assert bearer(here.access).delete("/api/v1/auth/sessions").status_code == 204
    assert bearer(there.access).get(PROFILE).status_code == 401
    assert bearer(here.access).get(PROFILE).status_code == 200
    assert bearer(his.access).get(PROFILE).status_code == 200


def test_teachers_and_staff_without_the_power_manage_nobody(ana, bruno, clerk):
    for person in (ana, clerk):
        client = bearer(tokens_of(person).access)
        for answer in (
            client.get(USERS),
            client.get(f"{USERS}/{bruno.pk}"),
            client.get(f"{USERS}/999999"),
            patch(client, f"{USERS}/{bruno.pk}", is_active=False),
            post(client, f"{USERS}/{bruno.pk}/unlock"),
            post(client, USERS, username="eva", email="eva@example.org", password=NEW),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    bruno.refresh_from_db()
    assert bruno.is_active
    assert not User.objects.filter(username="eva").exists()


def test_staff_find_people_by_name_role_and_state(ana, bruno, hr, django_assert_max_num_queries):
    bruno.is_active = False
    bruno.save()
    client = bearer(tokens_of(hr).access)
    with django_assert_max_num_queries(7):
        body = client.get(USERS).json()
    assert [row["username"] for row in body["results"]] == ["ana", "bruno", "clerk"]

    def found(query: str) -> list[str]:
        return [row["username"] for row in client.get(f"{USERS}?{query}").json()["results"]]

    assert found("search=lima") == ["ana"]
    assert found("role=admin") == ["clerk"]
    assert found("is_active=false") == ["bruno"]
    assert found("limit=1&offset=1") == ["bruno"]


def test_staff_make_change_and_close_a_teacher(hr):
    client = bearer(tokens_of(hr).access)
    made = post(client, USERS, username="eva", email="eva@example.org", password=NEW)
    assert made.status_code == 201, made.content
    eva = f"{USERS}/{made.json()['id']}"
    theirs = post(Client(), LOGIN, login="eva", password=NEW).json()
    assert patch(client, eva, full_name="Eva Reis").json()["full_name"] == "Eva Reis"
    whole = {"username": "eva", "email": "eva@example.org", "full_name": "Eva", "language": "en"}
    closed = put(client, eva, **whole, role="user", is_active=False)
    assert (closed.status_code, closed.json()["is_active"]) == (200, False)
    assert bearer(theirs["access_token"]).get(PROFILE).status_code == 401
    assert refresh(theirs["refresh_token"]).status_code == 401


@pytest.mark.parametrize(
    "body", [{"email": "bruno@example.org"}, {"username": "a"}, {"email": "x"}, {"email": "a\0"}]
)
def test_an_account_is_not_changed_into_nonsense(ana, bruno, hr, body):
    answer = patch(bearer(tokens_of(hr).access), f"{USERS}/{ana.pk}", **body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(body)
    ana.refresh_from_db()
    assert (ana.username, ana.email) == ("ana", "ana@example.org")


def test_only_superusers_make_staff(ana, hr, clara):
    little = bearer(tokens_of(hr).access)
    assert patch(little, f"{USERS}/{ana.pk}", role="admin").status_code == 403
    body = {"username": "eva", "email": "eva@example.org", "password": NEW, "role": "admin"}
    assert post(little, USERS, **body).status_code == 403
    ana.refresh_from_db()
    assert ana.role == "user"
    assert not User.objects.filter(username="eva").exists()
    assert patch(bearer(tokens_of(clara).access), f"{USERS}/{ana.pk}", role="admin").json()[
        "role"
    ] == ("admin")


def test_staff_unlock_a_teacher(ana, hr, settings):
    settings.MAX_LOGIN_ATTEMPTS = 2
    for _ in range(3):
        refused = post(Client(), LOGIN, login="ana", password="wrong")
    assert (refused.status_code, refused.json()["code"]) == (429, "locked")
    assert int(refused["Retry-After"]) > 800
    client = bearer(tokens_of(hr).access)
    assert client.get(f"{USERS}/{ana.pk}").json()["locked_until"] is not None
    assert post(client, f"{USERS}/{ana.pk}/unlock").json()["locked_until"] is None
    assert post(Client(), LOGIN, login="ana", password=PASSWORD).status_code == 200


@pytest.mark.parametrize(("scope", "status"), [("admin", 200), ("downloads:read", 403)])
def test_a_key_of_staff_needs_the_scope_admin(clara, scope, status):
    secret = api_keys.create_api_key(by=clara, owner=clara, name="hr", scopes=[scope])[1]
    assert bearer(secret).get(USERS).status_code == status
    assert bearer(secret).get(PROFILE).status_code == 403  # for people alone


def test_staff_without_their_second_factor_get_no_tokens(clara, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    answer = post(Client(), LOGIN, login="clara", password=PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
    assert not ApiSession.objects.exists()


def test_ending_all_tells_how_many(ana):
    tokens_of(ana)
    tokens_of(ana)
    assert api_sessions.end_all(user=ana, why="closed") == 2
    assert api_sessions.end_all(user=ana, why="closed") == 0
    entry = AuditEntry.objects.get(action="session.ended")
    assert entry.details == {"number": 2, "why": "closed"}
