"""The admin's way to export, hand over and erase; each power asked for where it is used."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import AuditEntry, Erasure, User
from conftest import received
from library.models import Video
from library.tests.build import make_video

PEOPLE = "/admin/accounts/user/"
ERASURES = "/admin/accounts/erasure/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db) -> User:
    """Staff who look after people, and after nothing else."""
    clerk = User.objects.create_user("clerk", "clerk@example.org", role="admin", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="manage_people"))
    return clerk


@pytest.fixture
def clerk_client(clerk: User) -> Client:
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def act(client: Client, action: str, *people: User, **more: str):
    chosen = [person.pk for person in people]
    return client.post(PEOPLE, {"action": action, "_selected_action": chosen, **more})


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_staff_export_one_person(clerk_client, ana):
    answer = act(clerk_client, "export_data", ana)

    assert answer["Content-Type"] == "application/zip"
    assert received(answer)[:2] == b"PK"
    entry = AuditEntry.objects.get(action="user.exported")
    assert (entry.actor_name, entry.target_name) == ("clerk", "ana")


def test_only_one_person_at_a_time_is_exported(clerk_client, ana, bruno):
    answer = act(clerk_client, "export_data", ana, bruno)

    assert said(answer) == ["Select one person for this."]
    assert not AuditEntry.objects.filter(action="user.exported").exists()


def test_erasing_asks_first(clerk_client, ana):
    asked = act(clerk_client, "erase", ana)
    assert b"ana@example.org" in asked.content
    assert not Erasure.objects.exists()
    assert User.objects.get(pk=ana.pk).is_active

    answer = act(clerk_client, "erase", ana, confirmed="yes")
    assert said(answer) == ["1 account is being erased."]
    assert not User.objects.get(pk=ana.pk).is_active
    assert Erasure.objects.get().asked_by_themselves is False


def test_neither_oneself_nor_other_staff_are_erased_here(clerk_client, clerk, clara):
    answer = act(clerk_client, "erase", clerk, clara, confirmed="yes")

    assert "clara: There is no such thing, or it is not yours." in said(answer)
    assert "clerk: Erase your own account on your profile page." in said(answer)
    assert User.objects.filter(is_active=True).count() == 2
    assert not Erasure.objects.exists()


def test_handing_over_asks_to_whom(clerk_client, ana, bruno):
    make_video(ana)
    asked = act(clerk_client, "hand_over", ana)
    assert 'name="to"' in asked.content.decode()

    wrong = act(clerk_client, "hand_over", ana, confirmed="yes", to="nobody")
    assert "There is nobody of this name whom you may manage." in wrong.content.decode()
    assert Video.objects.get().owner == ana

    answer = act(clerk_client, "hand_over", ana, confirmed="yes", to="bruno@example.org")
    assert said(answer) == ["ana’s things are bruno’s now: videos 1."]
    assert Video.objects.get().owner == bruno


def test_what_was_erased_is_listed_without_a_name(clerk_client, ana):
    act(clerk_client, "erase", ana, confirmed="yes")
    erasure = Erasure.objects.get()

    listed = clerk_client.get(ERASURES).content.decode()
    assert erasure.pseudonym in listed
    assert clerk_client.get(f"{ERASURES}{erasure.pk}/change/").status_code == 200
    assert clerk_client.get(f"{ERASURES}add/").status_code == 403


def test_staff_without_the_power_see_and_do_none_of_it(ana):
    worker = User.objects.create_user("worker", "worker@example.org", role="admin", is_staff=True)
    worker.user_permissions.add(Permission.objects.get(codename="manage_work"))
    client = Client()
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(ERASURES).status_code == 403
    assert act(client, "erase", ana, confirmed="yes").status_code == 403
    assert User.objects.get(pk=ana.pk).is_active
