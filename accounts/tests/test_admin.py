"""Staff looking after people and API keys in the back office."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import ApiKey, Role, User
from accounts.services import api_keys, editing
from conftest import PASSWORD
from core.errors import Forbidden

USERS = "/admin/accounts/user/"
KEYS = "/admin/accounts/apikey/"


def facts_of(user: User, **over):
    """What the change form of a person sends."""
    facts = {
        "username": user.username,
        "email": user.email,
        "full_name": user.full_name,
        "language": user.language,
        "role": user.role,
    }
    if user.is_active:
        facts["is_active"] = "on"
    return facts | over


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


NEWCOMER = {
    "username": "dora",
    "email": "dora@example.org",
    "full_name": "Dora Melo",
    "role": "user",
    "password": "quite a long secret",
}


def test_staff_make_an_account_its_owner_can_sign_in_with(clara_client):
    answer = clara_client.post(f"{USERS}add/", NEWCOMER)
    dora = User.objects.get(username="dora")

    assert answer.status_code == 302
    assert (dora.email, dora.full_name, dora.role) == ("dora@example.org", "Dora Melo", "user")
    assert (dora.is_staff, dora.is_superuser, dora.is_active) == (False, False, True)
    assert dora.check_password("quite a long secret")


def test_staff_make_an_account_without_a_password_that_nobody_can_sign_in_with(clara_client):
    clara_client.post(f"{USERS}add/", NEWCOMER | {"password": ""})

    assert not User.objects.get(username="dora").has_usable_password()


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        ({"password": "12345678"}, "password", "This password is too common."),
        ({"username": "ANA"}, "__all__", "This username is taken."),
        ({"email": "Ana@Example.org"}, "__all__", "This e-mail is taken."),
        ({"username": "d"}, "username", "Ensure this value has at least 3 characters"),
        ({"role": "root"}, "role", "Select a valid choice."),
    ],
)
def test_staff_are_told_what_is_wrong_and_no_account_is_made(
    clara_client, ana, wrong, where, said
):
    before = User.objects.count()

    answer = clara_client.post(f"{USERS}add/", NEWCOMER | wrong)
    [(field, errors)] = answer.context["adminform"].form.errors.items()

    assert answer.status_code == 200
    assert field == where
    assert said in str(errors)
    assert User.objects.count() == before


def test_superusers_make_a_teacher_a_superuser_and_back(clara_client, ana):
    facts = facts_of(ana, role="admin", is_superuser="on")
    clara_client.post(f"{USERS}{ana.pk}/change/", facts)
    ana.refresh_from_db()
    assert (ana.role, ana.is_staff, ana.is_superuser, ana.is_admin) == (Role.ADMIN, *[True] * 3)

    clara_client.post(f"{USERS}{ana.pk}/change/", facts_of(ana, role="user"))
    ana.refresh_from_db()
    assert (ana.role, ana.is_staff, ana.is_superuser, ana.is_admin) == (Role.USER, *[False] * 3)


def test_rights_cannot_be_slipped_in_beside_the_role(clara_client, ana):
    slipped = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1"}

    clara_client.post(f"{USERS}{ana.pk}/change/", facts_of(ana, full_name="A. Lima") | slipped)
    ana.refresh_from_db()

    assert ana.full_name == "A. Lima"
    assert (ana.is_staff, ana.is_superuser, ana.is_admin) == (False, False, False)


def test_staff_cannot_change_their_own_role_or_close_their_own_account(clara_client, clara):
    facts = facts_of(clara, role="user", full_name="Clara D.")
    del facts["is_active"]

    clara_client.post(f"{USERS}{clara.pk}/change/", facts)
    clara.refresh_from_db()

    assert (clara.full_name, clara.role, clara.is_active) == ("Clara D.", Role.ADMIN, True)


def test_staff_closing_all_accounts_keep_their_own(clara_client, ana, clara):
    answer = clara_client.post(
        USERS, {"action": "shut_out", "_selected_action": [ana.pk, clara.pk]}, follow=True
    )
    ana.refresh_from_db()
    clara.refresh_from_db()

    assert (ana.is_active, clara.is_active) == (False, True)
    assert [str(message) for message in answer.context["messages"]] == [
        "clara: Ask another admin to change your own role.",
        "1 account changed.",
    ]


def test_a_closed_account_is_out_at_once_and_in_again_when_reopened(clara_client, ana, ana_client):
    assert ana_client.get("/profile").status_code == 200

    clara_client.post(USERS, {"action": "shut_out", "_selected_action": [ana.pk]})
    assert ana_client.get("/profile").status_code == 302

    clara_client.post(USERS, {"action": "let_in", "_selected_action": [ana.pk]})
    ana.refresh_from_db()
    assert ana.is_active


def test_an_account_cannot_be_deleted(clara_client, ana):
    assert clara_client.post(f"{USERS}{ana.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=ana.pk).exists()
    assert "delete_selected" not in page(clara_client, USERS)


def test_a_changed_email_forgets_the_one_before(clara_client, ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)

    clara_client.post(f"{USERS}{ana.pk}/change/", facts_of(ana, email="lima@example.org"))
    ana.refresh_from_db()

    assert ana.email == "lima@example.org"
    assert not EmailAddress.objects.filter(user=ana).exists()


def test_staff_set_a_new_password_that_follows_the_rules(clara_client, ana):
    address = f"{USERS}{ana.pk}/password/"
    assert address in page(clara_client, f"{USERS}{ana.pk}/change/")
    choice = {"usable_password": "true"}

    clara_client.post(address, choice | {"password1": "short", "password2": "short"})
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)

    new = "another long secret"
    clara_client.post(address, choice | {"password1": new, "password2": new})
    ana.refresh_from_db()
    assert ana.check_password(new)


def test_no_page_shows_anything_of_a_password(clara_client, ana):
    pages = page(clara_client, f"{USERS}{ana.pk}/change/") + page(clara_client, USERS)

    assert ana.password not in pages
    assert "md5$" not in pages


def test_the_list_of_people_takes_as_many_queries_for_twenty_as_for_two(
    clara_client, ana, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8) as few:
        clara_client.get(USERS)
    for number in range(20):
        User.objects.create_user(f"user{number}", f"user{number}@example.org")

    with django_assert_max_num_queries(len(few)):
        clara_client.get(USERS)


def test_a_teacher_changes_nobody_by_the_service_either(ana, bruno):
    with pytest.raises(Forbidden):
        editing.edit_user(by=ana, user=ana, role=Role.ADMIN)
    ana.refresh_from_db()
    assert ana.role == Role.USER


def test_a_new_key_is_shown_once_and_kept_nowhere(clara_client, ana):
    facts = {"owner": ana.pk, "name": "portal", "scopes": ["downloads:read", "library:read"]}

    answer = clara_client.post(f"{KEYS}add/", facts)
    secret = answer.context["secret"]
    key = api_keys.use_api_key(secret=secret)

    assert secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert key is not None
    assert (key.owner, key.name, key.scopes) == (ana, "portal", facts["scopes"])
    for address in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/"):
        assert secret not in page(clara_client, address)
        assert key.digest not in page(clara_client, address)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "expires_at"),
        ({"scopes": ["admin"]}, "__all__"),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_field(clara_client, ana, wrong, field):
    facts = {"owner": ana.pk, "name": "portal", "scopes": ["downloads:read"]}

    answer = clara_client.post(f"{KEYS}add/", facts | wrong)

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not ApiKey.objects.exists()


def test_a_revoked_key_opens_nothing_any_more(clara_client, ana):
    key, secret = api_keys.create_api_key(
        by=ana, owner=ana, name="portal", scopes=["downloads:read"]
    )

    answer = clara_client.post(
        KEYS, {"action": "revoke", "_selected_action": [key.pk]}, follow=True
    )

    assert [str(message) for message in answer.context["messages"]] == ["1 key revoked."]
    assert api_keys.use_api_key(secret=secret) is None
    assert "revoked" in page(clara_client, KEYS)


def test_a_key_is_neither_changed_nor_deleted(clara_client, ana):
    key, _secret = api_keys.create_api_key(
        by=ana, owner=ana, name="portal", scopes=["downloads:read"]
    )

    change = clara_client.post(f"{KEYS}{key.pk}/change/", {"name": "mine", "scopes": ["admin"]})
    delete = clara_client.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"})
    key.refresh_from_db()

    assert (change.status_code, delete.status_code) == (403, 403)
    assert (key.name, key.scopes) == ("portal", ["downloads:read"])
