"""The one-time link that makes the first account of an installation."""

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import signing

from accounts import setup_link
from accounts.models import Role, User
from accounts.services import people
from core.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db

GIVEN = {"email": "dora@example.org", "full_name": "Dora Alves", "password": "long enough words"}


def test_the_link_makes_staff_and_signs_in(anonymous):
    answer = anonymous.post(setup_link.make(), GIVEN)

    user = User.objects.get()
    assert answer["Location"] == "/"
    assert get_user(anonymous) == user
    assert (user.email, user.full_name, user.role) == (
        "dora@example.org",
        "Dora Alves",
        Role.ADMIN,
    )
    assert user.check_password("long enough words")


def test_the_form_begins_with_the_address_given_at_the_start(anonymous):
    answer = anonymous.get(setup_link.make(email="head@example.org"))

    assert 'value="head@example.org"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nonsense"}, "Enter a valid email address."),
        ({"full_name": ""}, "This field is required."),
        ({"password": "short"}, "at least 8 characters"),
        ({"password": "dora@example.org"}, "too similar"),
    ],
)
def test_wrong_input_keeps_what_was_typed_and_says_what_to_do(anonymous, wrong, said):
    answer = anonymous.post(setup_link.make(), GIVEN | wrong)

    page = answer.content.decode()
    assert said in page
    assert (GIVEN | wrong)["email"] in page
    assert 'value="long enough words"' not in page
    assert not User.objects.exists()


def test_of_two_who_are_at_it_at_once_one_is_told_to_sign_in(anonymous, monkeypatch):
    def taken(**_):
        raise Conflict("This installation is set up already. Sign in.")

    monkeypatch.setattr(people, "create_first_admin", taken)

    page = anonymous.post(setup_link.make(), GIVEN).content.decode()

    assert "This installation is set up already. Sign in." in page
    assert get_user(anonymous).is_anonymous


def test_the_link_works_once(anonymous):
    path = setup_link.make()
    anonymous.post(path, GIVEN)

    again = anonymous.post(path, GIVEN | {"email": "eve@example.org"})

    assert again.status_code == 404
    assert "Start the product again for a new one." in again.content.decode()
    assert User.objects.count() == 1


def test_the_link_is_worth_nothing_where_somebody_has_an_account(ana, anonymous):
    assert anonymous.post(setup_link.make(), GIVEN).status_code == 404
    assert User.objects.get() == ana


def test_the_link_ends_after_an_hour(anonymous):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        path = setup_link.make()
        clock.shift(3600)
        assert anonymous.get(path).status_code == 200
        clock.shift(1)
        assert anonymous.get(path).status_code == 404


@pytest.mark.parametrize(
    "token",
    ["x", signing.dumps({"email": ""}), signing.dumps({"email": ""}, salt="other")],
    ids=["nonsense", "no salt", "other salt"],
)
def test_a_forged_link_is_nothing(token):
    with pytest.raises(NotFound):
        setup_link.read(token)
