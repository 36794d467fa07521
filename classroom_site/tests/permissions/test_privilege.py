"""Nobody gives themselves, or takes from others, what is not theirs to give."""

import json
from collections.abc import Mapping

import pytest

from accounts.models import ApiKey, Role, User
from accounts.roles import Power
from classroom_site.tests.permissions.stage import (
    Things,
    by_session,
    by_token,
    make_root,
    make_staff,
)
from classroom_site.tests.permissions.writes import changes_noted

pytestmark = pytest.mark.usefixtures("google_away", "no_limits")
RIGHTS = ("role", "is_superuser", "is_staff")


def rights_of(user: User) -> tuple[object, ...]:
    user = User.objects.get(pk=user.pk)
    return user.role, user.is_staff, user.is_superuser, sorted(user.get_all_permissions())


def sent(client, method: str, path: str, body: Mapping[str, object]):
    return client.generic(method, path, json.dumps(body), "application/json")


@pytest.mark.parametrize(
    "field", ["role", "is_superuser", "is_staff", "powers", "user_permissions"]
)
def test_a_teacher_cannot_write_rights_into_the_profile(ana, field):
    before = rights_of(ana)

    answer = sent(by_token(ana), "PATCH", "/api/v1/auth/profile", {field: "admin"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert rights_of(ana) == before


@pytest.mark.parametrize("door", ["/api/v1/auth/register", "/api/v1/users"])
@pytest.mark.parametrize("field", RIGHTS)
def test_nobody_signs_up_as_staff(db, settings, anonymous, door, field):
    settings.SIGN_UP = "open"
    newcomer = {"email": "eve@example.org", "password": "a long enough secret", field: "admin"}

    assert sent(anonymous, "POST", door, newcomer).status_code == 400
    assert not User.objects.exists()


def test_the_form_of_the_profile_gives_no_rights(ana, ana_client):
    before = rights_of(ana)

    ana_client.post("/profile", {"full_name": "A", "language": "", "role": "admin", **FORM_RIGHTS})

    assert rights_of(ana) == before
    assert User.objects.get(pk=ana.pk).full_name == "A"


FORM_RIGHTS = {"is_superuser": "on", "is_staff": "on", "powers": "manage_work"}


@pytest.mark.parametrize("facts", [{"role": "admin"}, {"is_active": False}, {"username": "mine"}])
def test_staff_for_people_change_no_member_of_staff(clara, facts):
    before = User.objects.values().get(pk=clara.pk)
    staff = by_session(make_staff(Power.PEOPLE))

    answer = sent(staff, "PATCH", f"/api/v1/auth/users/{clara.pk}", facts)

    assert answer.status_code in {403, 404}
    assert User.objects.values().get(pk=clara.pk) == before


def test_staff_for_people_make_no_staff_of_a_teacher(ana):
    staff = make_staff(Power.PEOPLE)
    before = rights_of(ana), rights_of(staff)

    for person in (ana, staff):
        path = f"/api/v1/auth/users/{person.pk}"
        answer = sent(by_session(staff), "PATCH", path, {"role": "admin"})
        assert answer.status_code in {200, 403}
        form = {"username": person.username, "email": person.email, "role": "admin"}
        page = f"/admin/accounts/user/{person.pk}/change/"
        by_session(staff).post(page, form | FORM_RIGHTS | {"is_active": "on"})

    assert (rights_of(ana), rights_of(staff)) == before


def test_staff_for_people_make_no_new_staff(db):
    staff = by_session(make_staff(Power.PEOPLE))
    eve = {"username": "eve", "email": "eve@example.org", "password": "a long enough secret"}

    assert sent(staff, "POST", "/api/v1/auth/users", eve | {"role": "admin"}).status_code == 403
    staff.post("/admin/accounts/user/add/", eve | {"role": "admin"} | FORM_RIGHTS)

    assert not User.objects.exclude(username="staff").filter(role=Role.ADMIN).exists()


def test_staff_for_people_make_no_key_in_the_name_of_who_may_more(db):
    """With it they would have every power of its owner."""
    root, staff = make_root(), by_session(make_staff(Power.PEOPLE))
    form = {"owner": root.pk, "name": "x", "scopes": ["admin", "downloads:read"]}

    staff.post("/admin/accounts/apikey/add/", form)

    assert not ApiKey.objects.exists()


def test_staff_for_people_set_no_password_of_who_may_more(db):
    root, staff = make_root(), by_session(make_staff(Power.PEOPLE))
    before = root.password
    form = {"password1": "a long enough secret", "password2": "a long enough secret"}

    answer = staff.post(f"/admin/accounts/user/{root.pk}/password/", form)

    assert answer.status_code == 403
    assert User.objects.get(pk=root.pk).password == before


@pytest.mark.parametrize("action", ["shut_out", "unlock", "hand_over", "erase", "export_data"])
def test_actions_of_staff_for_people_do_not_reach_who_may_more(db, action):
    root, staff = make_root(), by_session(make_staff(Power.PEOPLE))
    form = {"action": action, "_selected_action": [root.pk], "post": "yes", "apply": "yes"}

    with changes_noted() as changed:
        staff.post("/admin/accounts/user/", form)

    assert changed.tables == set()
    assert User.objects.get(pk=root.pk).is_active


# Field of the body, what the route calls it, and the route.
FOREIGN = [
    ("/api/v1/downloads", "credential_id", {"url": "https://example.org/a.mp4"}),
    ("/api/v1/subscriptions", "course_id", {}),
    ("/api/v1/courses/sync", "credential_id", {}),
    ("/api/v1/downloads/bulk", "ids", {"action": "cancel"}),
]


@pytest.mark.parametrize(("path", "field", "rest"), FOREIGN)
def test_bruno_can_name_nothing_of_anas_in_what_he_sends(ana, bruno_client, path, field, rest):
    things = Things(ana)
    value = [things["queued"]] if field == "ids" else things[field]

    with changes_noted() as changed:
        answer = sent(bruno_client, "POST", path, {**rest, field: value})

    assert changed.tables - {"core_idempotencykey"} == set()
    if field == "ids":
        assert answer.json()["done"] == 0
    else:
        assert answer.status_code in {400, 404, 409}
