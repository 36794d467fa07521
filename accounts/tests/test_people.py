"""Accounts are made whole or not at all, by staff, by the operator, or as the very first."""

import pytest

from accounts.models import User
from accounts.services import people
from core.errors import Conflict, Forbidden, Invalid

GOOD = {"username": "davi", "email": "davi@example.org", "password": "a long enough secret"}


def make(**over):
    return people.create_user(**{"by": None, **GOOD, **over})


def test_a_teacher_signs_in_with_name_or_address(db, anonymous):
    user = make(full_name=" Davi Melo ")
    assert (user.role, user.full_name, user.is_staff) == ("user", "Davi Melo", False)
    for login in ("davi", "DAVI@EXAMPLE.ORG"):
        anonymous.post("/accounts/login/", {"login": login, "password": GOOD["password"]})
        assert anonymous.session["_auth_user_id"] == str(user.pk)
        anonymous.logout()


def test_staff_may_enter_the_admin(db):
    user = make(role="admin")
    assert (user.is_admin, user.is_staff, user.is_superuser) == (True, True, True)


def test_an_account_without_a_password_cannot_sign_in_yet(db):
    assert not make(password=None).has_usable_password()


def test_only_staff_make_accounts(ana, clara):
    with pytest.raises(Forbidden):
        make(by=ana)
    assert User.objects.count() == 2
    assert make(by=clara).username == "davi"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"username": "ab"}, "username"),
        ({"username": "a" * 51}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "da\0vi"}, "username"),
        ({"username": "ANA"}, "username"),
        ({"email": "davi"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "Ana@Example.org"}, "email"),
        ({"full_name": "x" * 101}, "full_name"),
        ({"full_name": "Da\0vi"}, "full_name"),
        ({"role": "root"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "12345678901"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": "davi@example"}, "password"),
        ({"password": ""}, "password"),
        ({"password": "long" * 33}, "password"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_no_account_is_made(ana, over, field):
    with pytest.raises(Invalid) as refusal:
        make(**over)
    assert list(refusal.value.errors) == [field]
    assert User.objects.count() == 1


def test_everything_wrong_is_said_at_once(db):
    with pytest.raises(Invalid) as refusal:
        make(username="x", email="y", password="z")
    assert sorted(refusal.value.errors) == ["email", "password", "username"]


def test_the_name_taken_a_moment_ago_is_a_conflict(ana, monkeypatch):
    monkeypatch.setattr(people, "mistakes_in", lambda user, password: {})
    with pytest.raises(Conflict):
        make(username="ana")
    assert User.objects.count() == 1


def test_the_first_admin_is_named_after_the_address(db):
    first = people.create_first_admin(
        email="d@example.org", full_name="Davi", password=GOOD["password"]
    )
    assert (first.username, first.role, first.full_name) == ("d__", "admin", "Davi")
    with pytest.raises(Conflict) as refusal:
        people.create_first_admin(email="e@example.org", full_name="", password="x")
    assert refusal.value.code == "already_set_up"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "username"),
    [
        ("ana.lima@example.org", "ana.lima"),
        ("ana+escola@example.org", "ana_escola"),
        ("x" * 64 + "@example.org", "x" * 50),
    ],
)
def test_an_address_makes_a_valid_username(email, username):
    assert people.username_for(email) == username
