"""What staff may do follows from their powers, and only superusers give them."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import ApiKey, AuditEntry, Role, User
from accounts.roles import Power
from accounts.services import api_keys, editing, people
from accounts.tests.staff import make_staff, signed_in
from core.errors import Forbidden, Invalid

USERS = "/admin/accounts/user/"
SCOPE = "downloads:read"

PAGES = {
    Power.WORK: "/admin/downloads/download/",
    Power.PEOPLE: "/admin/accounts/apikey/",
    Power.SETTINGS: "/admin/downloads/preset/",
    Power.AUDIT: "/admin/accounts/auditentry/",
}


@pytest.fixture
def clerk(db) -> User:
    """Staff who look after people, and nothing else."""
    return make_staff("clerk", Power.PEOPLE)


def deeds() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


@pytest.mark.parametrize("power", PAGES)
def test_staff_find_the_pages_of_their_power_and_no_others(power, db):
    client = signed_in(make_staff("clerk", power))
    assert client.get("/admin/").status_code == 200
    seen = {other: client.get(address).status_code for other, address in PAGES.items()}
    assert seen == {other: 200 if other == power else 403 for other in PAGES}


def test_the_console_is_for_those_who_manage_the_work(db):
    assert "console" in signed_in(make_staff("worker", Power.WORK)).get("/admin/").context
    answer = signed_in(make_staff("clerk", Power.AUDIT)).get("/admin/")
    assert "console" not in answer.context
    assert "/admin/accounts/auditentry/" in answer.content.decode()
    assert "/admin/downloads/download/" not in answer.content.decode()


def test_staff_without_any_power_find_an_empty_back_office(db):
    answer = signed_in(make_staff("newcomer")).get("/admin/")
    assert (answer.status_code, answer.context["app_list"]) == (200, [])


def test_a_teacher_with_a_power_by_mistake_is_no_staff(ana):
    people.grant(ana, [Power.WORK])
    assert people.powers_of(ana) == []
    assert not ana.may(Power.WORK)


def test_a_superuser_gives_powers(clara_client, ana):
    facts = {"username": "ana", "email": ana.email, "full_name": "", "language": ""}
    facts |= {"role": "admin", "powers": ["read_audit", "view_as"], "is_active": "on"}

    clara_client.post(f"{USERS}{ana.pk}/change/", facts)
    now = User.objects.get(pk=ana.pk)

    assert (now.role, now.is_staff, now.is_superuser) == (Role.ADMIN, True, False)
    assert now.powers == [Power.AUDIT, Power.VIEW_AS]
    entry = AuditEntry.objects.get(action="user.role_changed")
    assert entry.details == {
        "before": {"role": "user", "superuser": False, "powers": []},
        "after": {"role": "admin", "superuser": False, "powers": ["read_audit", "view_as"]},
    }
    assert (entry.actor_name, entry.target_name, entry.means) == ("clara", "ana", "admin")


def test_who_is_no_longer_staff_has_no_power_left(clara):
    clerk = make_staff("clerk", Power.WORK, Power.AUDIT)
    now = editing.edit_user(by=clara, user=clerk, role="user")
    assert (now.is_staff, now.powers, people.powers_of(now)) == (False, [], [])
    again = editing.edit_user(by=clara, user=clerk, role="admin")
    assert again.powers == []


@pytest.mark.parametrize(
    "rights",
    [
        {"role": "admin"},
        {"is_superuser": True, "role": "admin"},
        {"role": "admin", "powers": ["view_as"]},
    ],
)
def test_the_clerk_makes_nobody_staff(clerk, ana, rights):
    with pytest.raises(Forbidden) as refusal:
        editing.edit_user(by=clerk, user=ana, full_name="Ana!", **rights)
    assert refusal.value.code == "superusers_only"
    now = User.objects.get(pk=ana.pk)
    assert (now.full_name, now.role, now.is_superuser, now.powers) == (
        "Ana Lima",
        "user",
        False,
        [],
    )
    assert deeds() == []


def test_the_clerk_makes_teachers_and_no_staff(clerk):
    facts: dict[str, Any] = {"email": "d@example.org", "password": None}
    with pytest.raises(Forbidden):
        people.create_user(by=clerk, username="dora", role="admin", **facts)
    assert not User.objects.filter(username="dora").exists()
    people.create_user(by=clerk, username="dora", **facts)
    assert deeds() == ["user.made"]


def test_slipping_rights_in_by_hand_gets_the_clerk_nowhere(clerk, ana):
    facts = {"username": "ana", "email": ana.email, "full_name": "A. Lima", "language": ""}
    slipped = {"role": "admin", "powers": ["manage_work"], "is_superuser": "on", "is_active": "on"}

    signed_in(clerk).post(f"{USERS}{ana.pk}/change/", facts | slipped)
    now = User.objects.get(pk=ana.pk)

    assert (now.full_name, now.role, now.is_superuser, now.powers) == (
        "A. Lima",
        "user",
        False,
        [],
    )


def test_the_clerk_does_nothing_to_staff(clerk, clara):
    client = signed_in(clerk)
    assert client.get(f"{USERS}{clara.pk}/change/").status_code == 200  # to look at
    assert client.post(f"{USERS}{clara.pk}/change/", {"username": "x"}).status_code == 403
    assert client.post(f"{USERS}{clara.pk}/password/", {}).status_code == 403
    client.post(USERS, {"action": "shut_out", "_selected_action": [clara.pk]})
    with pytest.raises(Forbidden):
        editing.edit_user(by=clerk, user=clara, full_name="x")
    now = User.objects.get(pk=clara.pk)
    assert (now.username, now.full_name, now.is_active) == ("clara", "Clara Dias", True)
    assert now.password == clara.password
    assert deeds() == []


def test_of_two_superusers_who_demote_each_other_one_stays(clara):
    carl = User.objects.create_user("carl", "carl@example.org", role="admin", is_superuser=True)
    editing.edit_user(by=clara, user=carl, role="user")
    with pytest.raises(Forbidden):
        editing.edit_user(by=carl, user=clara, role="user")  # carl as he was read before
    assert User.objects.get(pk=clara.pk).is_superuser


def test_a_key_without_the_scope_has_none_of_the_powers(clara):
    clara.is_limited = True
    assert clara.powers == []
    assert not clara.may_manage(User(role="user"))


def test_closing_and_opening_an_account_is_written_down(clara, ana, ana_client):
    editing.edit_user(by=clara, user=ana, is_active=False)
    editing.edit_user(by=clara, user=ana, is_active=True, full_name="Ana L.")
    assert deeds() == ["user.closed", "user.changed", "user.opened"]
    assert AuditEntry.objects.get(action="user.changed").details == {"fields": ["full_name"]}


def test_what_is_wrong_with_a_change_is_said_by_field(clara, ana, bruno):
    with pytest.raises(Invalid) as refusal:
        editing.edit_user(by=clara, user=ana, username="BRUNO", email="x", full_name="a\0b")
    assert sorted(refusal.value.errors) == ["email", "full_name", "username"]
    assert User.objects.get(pk=ana.pk).username == "ana"
    assert deeds() == []


def test_staff_without_the_second_factor_they_need_are_led_to_it(clara, clara_client, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    for address in ("/admin/", PAGES[Power.WORK]):
        answer = clara_client.get(address, follow=True)
        assert "/accounts/2fa/app/on/" in [step for step, _status in answer.redirect_chain]


def test_without_it_they_are_no_staff_anywhere(clara, clara_client, settings):
    """Not on the pages, not at the API, and not by a key that a thief of the password makes."""
    secret = api_keys.create_api_key(by=clara, owner=clara, name="x", scopes=["admin"])[1]
    key = Client(headers={"Authorization": f"Bearer {secret}"})
    settings.STAFF_NEED_SECOND_FACTOR = True
    for client in (clara_client, key):
        answer = client.get("/api/v1/auth/users")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert clara_client.get("/api/v1/auth/profile").json()["powers"] == []

    TOTP.activate(clara, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

    for client in (clara_client, key):
        assert client.get("/api/v1/auth/users").status_code == 200


def test_staff_for_people_find_and_revoke_no_key_of_who_may_more(clerk, clara, ana):
    keys = {
        owner: api_keys.create_api_key(by=owner, owner=owner, name=str(owner), scopes=[SCOPE])[0]
        for owner in (clara, ana)
    }
    client, page = signed_in(clerk), PAGES[Power.PEOPLE]
    chosen = [key.pk for key in keys.values()]

    shown = client.get(page).content.decode()
    client.post(page, {"action": "revoke", "_selected_action": chosen})

    assert (keys[ana].prefix in shown, keys[clara].prefix in shown) == (True, False)
    assert list(ApiKey.objects.filter(revoked_at=None)) == [keys[clara]]
