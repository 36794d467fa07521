"""Guessing passwords: the same locks at every door, and nobody else is held up by them."""

import threading
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth import get_user
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.deeds import Deed
from accounts.models import AuditEntry, User
from accounts.roles import Power
from accounts.services import sign_in
from accounts.tests.staff import make_staff
from conftest import PASSWORD
from core.errors import Forbidden, TooMany
from core.models import RateBucket

pytestmark = pytest.mark.django_db

HERE, THERE = "192.0.2.7", "198.51.100.9"


def page(client, login, password, **extra):
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


def admin_page(client, login, password, **extra):
    """Its own page of sign-in leads to the one there is."""
    way = client.post("/admin/login/", {"username": login, "password": password})["Location"]
    assert way.startswith(reverse("account_login"))
    return client.post(way, {"login": login, "password": password}, **extra)


def api(path):
    def door(client, login, password, **extra):
        given = {"login": login, "password": password}
        return client.post(path, given, content_type="application/json", **extra)

    return door


def form(path):
    def door(client, login, password, **extra):
        given = urlencode({"grant_type": "password", "username": login, "password": password})
        return client.post(path, given, "application/x-www-form-urlencoded", **extra)

    return door


DOORS = {
    "page": page,
    "admin": admin_page,
    "api": api("/api/v1/auth/login"),
    "token": form("/api/v1/auth/token"),
    "security token": form("/api/v1/security/token"),
}


@pytest.fixture(params=list(DOORS))
def door(request):
    return DOORS[request.param]


def try_to(login="ana", password="wrong", address=HERE):
    return sign_in.check_password(login=login, password=password, address=address)


def mistakes(number, **how):
    for _ in range(number):
        with pytest.raises(sign_in.WrongPassword):
            try_to(**how)


def test_of_a_hundred_wrong_passwords_five_are_looked_at(ana, door):
    with time_machine.travel(timezone.now(), tick=False):
        answers = [door(Client(), "ana", "wrong") for _ in range(100)]

    statuses = [answer.status_code for answer in answers]
    assert 429 not in statuses[:5]
    assert statuses[5:] == [429] * 95
    assert {answer["Retry-After"] for answer in answers[5:]} == {"900"}
    last = Client()
    assert door(last, "ana", PASSWORD).status_code == 429
    assert get_user(last).is_anonymous
    seen = list(AuditEntry.objects.values_list("action", flat=True).order_by("pk"))
    assert seen == [Deed.SIGN_IN_FAILED] * 5 + [Deed.SIGN_IN_LOCKED]


def test_a_name_nobody_has_is_answered_like_one_somebody_has(ana, door):
    def answers(name):
        got = [door(Client(), name, "wrong") for _ in range(7)]
        return [(answer.status_code, answer.get("Content-Type")) for answer in got]

    assert answers("nobody") == answers("ana")


def test_another_forwarded_address_changes_nothing(ana, door):
    for number in range(6):
        answer = door(Client(), "ana", "wrong", headers={"X-Forwarded-For": f"203.0.113.{number}"})

    assert answer.status_code == 429


def test_the_neighbour_behind_the_same_address_signs_in(ana, bruno, door):
    for _ in range(50):
        door(Client(), "ana", "wrong")

    assert door(Client(), "bruno", PASSWORD).status_code in {200, 302}


def test_one_address_has_to_wait_and_locks_nobody(ana, bruno, settings):
    settings.MAX_LOGIN_ATTEMPTS_PER_ADDRESS = 10
    for number in range(10):
        mistakes(1, login=f"name{number}")

    for _ in range(7):
        with pytest.raises(TooMany) as refusal:
            try_to("bruno", PASSWORD)
    assert refusal.value.code == "too_many"
    assert 0 < refusal.value.retry_after <= 900
    assert try_to("bruno", PASSWORD, address=THERE) == bruno
    assert sign_in.all_locks() == {}


def test_a_success_does_not_forgive_the_address(ana, bruno, settings):
    settings.MAX_LOGIN_ATTEMPTS_PER_ADDRESS = 10
    for number in range(10):
        mistakes(1, login=f"name{number}")
        if number < 9:
            assert try_to("bruno", PASSWORD) == bruno

    with pytest.raises(TooMany):
        try_to("bruno", PASSWORD)


def test_a_success_forgives_the_account_its_mistakes_there(ana):
    for _ in range(3):
        mistakes(4)
        assert try_to(password=PASSWORD) == ana


def test_whoever_hammers_on_a_locked_account_does_not_use_up_the_address(ana):
    mistakes(5)
    for _ in range(200):
        with pytest.raises(sign_in.Locked):
            try_to()

    assert RateBucket.objects.get(key=f"sign-in:address:{HERE}").count == 5


def test_the_owner_signs_in_elsewhere_until_it_is_tried_from_everywhere(ana):
    mistakes(5)
    assert try_to(password=PASSWORD, address=THERE) == ana

    for number in range(15):
        mistakes(1, address=f"203.0.113.{number}")
    with pytest.raises(sign_in.Locked) as refusal:
        try_to(password=PASSWORD, address=THERE)
    assert refusal.value.code == "locked"


@pytest.mark.parametrize("name", ["ANA", "ana@example.org", " ana ", "Ana@Example.org"])
def test_the_other_ways_to_write_a_name_are_the_same_account(ana, name):
    mistakes(5)

    with pytest.raises(sign_in.Locked):
        try_to(name, PASSWORD)


def test_an_address_of_a_household_is_its_whole_network(ana):
    for number in range(5):
        mistakes(1, address=f"2001:db8:1:2::{number}")

    with pytest.raises(sign_in.Locked):
        try_to(password=PASSWORD, address="2001:db8:1:2:ffff::1")
    assert try_to(password=PASSWORD, address="2001:db8:1:3::1") == ana


def test_a_lock_is_over_after_its_time(ana):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        mistakes(5)
        clock.shift(timedelta(seconds=899))
        with pytest.raises(sign_in.Locked) as refusal:
            try_to(password=PASSWORD)
        assert refusal.value.retry_after == 1
        clock.shift(timedelta(seconds=2))
        assert try_to(password=PASSWORD) == ana


def test_staff_who_manage_people_unlock(ana, bruno, clara):
    mistakes(5)
    assert sign_in.locked_until(ana) > timezone.now() + timedelta(seconds=890)
    with pytest.raises(Forbidden):
        sign_in.unlock(by=bruno, user=ana)
    assert sign_in.locked_until(ana)

    sign_in.unlock(by=clara, user=ana)

    assert sign_in.locked_until(ana) is None
    assert try_to(password=PASSWORD) == ana
    entry = AuditEntry.objects.get(action=Deed.UNLOCKED)
    assert (entry.actor_id, entry.owner_id) == (clara.pk, ana.pk)


def test_staff_for_people_do_not_unlock_who_may_more(ana, clara):
    """They could go on guessing the password of a superuser."""
    clerk = make_staff("clerk", Power.PEOPLE)
    mistakes(5, login="clara")
    with pytest.raises(Forbidden):
        sign_in.unlock(by=clerk, user=clara)
    assert sign_in.locked_until(clara)


def test_unlocking_one_unlocks_no_other(ana, clara):
    """Not even one whose number begins with the same digits."""
    other = User(username="caio", email="caio@example.org", pk=int(f"{ana.pk}1"))
    other.save()
    mistakes(5)
    mistakes(5, login="caio")

    sign_in.unlock(by=clara, user=ana)

    assert list(sign_in.all_locks()) == [other.pk]


def test_without_limits_nothing_is_locked(ana, settings):
    settings.MAX_LOGIN_ATTEMPTS = settings.MAX_LOGIN_ATTEMPTS_PER_ADDRESS = 0
    mistakes(30)

    assert try_to(password=PASSWORD) == ana
    assert sign_in.all_locks() == {}


@pytest.mark.parametrize("login", ["", " ", "a\0na", "x" * 5000, "\ud800", "ana\ud800"])
def test_what_is_no_name_is_nobodys(ana, login):
    with pytest.raises(sign_in.WrongPassword):
        try_to(login, PASSWORD)


@pytest.mark.parametrize("password", ["", "x" * 100_000, "\ud800", "a\0"])
def test_what_is_no_password_is_wrong(ana, password):
    with pytest.raises(sign_in.WrongPassword):
        try_to(password=password)


def test_the_name_that_was_typed_is_kept_nowhere(ana):
    mistakes(5, login="my secret password")

    kept = str(list(AuditEntry.objects.values())) + str(list(RateBucket.objects.values()))
    assert "my secret" not in kept


def test_a_closed_account_is_told_so_only_with_the_right_password(ana):
    User.objects.filter(pk=ana.pk).update(is_active=False)

    with pytest.raises(sign_in.WrongPassword) as wrong:
        try_to()
    with pytest.raises(sign_in.Closed) as right:
        try_to(password=PASSWORD)
    assert (wrong.value.code, right.value.code) == ("wrong_credentials", "account_closed")


def test_the_old_password_of_the_change_page_cannot_be_guessed_either(ana, ana_client):
    new = "quite another secret"
    given = {"oldpassword": "wrong", "password1": new, "password2": new}
    address = reverse("account_change_password")
    for _ in range(5):
        assert ana_client.post(address, given).status_code == 200

    answer = ana_client.post(address, given | {"oldpassword": PASSWORD})

    ana.refresh_from_db()
    assert answer.status_code == 429
    assert ana.check_password(PASSWORD)


def test_nor_can_the_password_be_guessed_where_it_is_asked_once_more(ana, ana_client):
    address = reverse("account_reauthenticate")
    for _ in range(5):
        assert ana_client.post(address, {"password": "wrong"}).status_code == 200

    assert ana_client.post(address, {"password": PASSWORD}).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_twenty_guesses_at_once_five_are_looked_at(transactional_db):
    User.objects.create_user("ana", "ana@example.org", PASSWORD)
    seen: list[str] = []

    def guess() -> None:
        try:
            try_to()
        except (sign_in.WrongPassword, TooMany) as refusal:
            seen.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == ["locked"] * 15 + ["wrong_credentials"] * 5


@pytest.mark.slow
def test_the_time_does_not_tell_who_has_an_account(ana, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 200_000)  # a fifth, the same ratio
    settings.MAX_LOGIN_ATTEMPTS = settings.MAX_LOGIN_ATTEMPTS_PER_ADDRESS = 0
    ana.set_password(PASSWORD)
    ana.save()
    took: dict[str, list[float]] = {"ana": [], "nobody": [], "ana@example.org": [], "n@x.org": []}
    for _ in range(9):
        for name, times in took.items():
            begun = time.perf_counter()
            mistakes(1, login=name)
            times.append(time.perf_counter() - begun)

    fastest = [min(times) for times in took.values()]  # what a busy machine adds says nothing
    assert max(fastest) / min(fastest) < 1.3, fastest
