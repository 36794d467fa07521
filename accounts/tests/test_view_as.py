"""Staff look at a teacher's pages: half an hour, with their hands tied, and written down."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import view_as
from accounts.models import AuditEntry, User
from accounts.roles import Power
from accounts.tests.staff import make_staff, signed_in
from core.models import Status
from downloads.models import Download
from downloads.tests.build import make_download
from library.tests.build import make_video

USERS = "/admin/accounts/user/"


@pytest.fixture
def helper(db) -> User:
    """Staff who may only look at pages."""
    return make_staff("helper", Power.VIEW_AS)


@pytest.fixture
def client(helper) -> Client:
    return signed_in(helper)


def look_at(client: Client, *people: User):
    return client.post(
        USERS, {"action": "look_as", "_selected_action": [one.pk for one in people]}
    )


def test_staff_see_what_the_teacher_sees_with_a_banner_on_every_page(client, helper, ana, bruno):
    make_download(ana, title="Fractions of Ana")
    make_download(bruno, title="Verbs of Bruno")
    assert look_at(client, ana).headers["Location"] == "/"

    for address in ("/", "/downloads", "/library", "/courses", "/google", "/nothing-here"):
        page = client.get(address).content.decode()
        assert "<strong>Ana Lima</strong>" in page, address
    listed = client.get("/downloads").content.decode()
    assert "Fractions of Ana" in listed
    assert "Verbs of Bruno" not in listed
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name, entry.target_name) == (
        "view_as.begun",
        "helper",
        "ana",
    )


def test_nothing_can_be_sent(client, ana):
    download = make_download(ana, status=Status.FAILED)
    look_at(client, ana)
    for address in (f"/downloads/{download.pk}/retry", "/downloads", "/profile"):
        for ask in (client.post, client.put, client.delete, client.patch):
            answer = ask(address)
            assert answer.status_code == 403, address
    assert "You are looking only." in client.post("/downloads").content.decode()
    download.refresh_from_db()
    assert (download.status, Download.objects.count()) == (Status.FAILED, 1)


@pytest.mark.parametrize(
    "address", ["/profile", "/profile/export", "/accounts/password/change/", "/google/connect"]
)
def test_what_is_the_teachers_own_affair_stays_closed(client, ana, address):
    look_at(client, ana)
    assert client.get(address).status_code == 403


def test_the_api_is_closed(client, ana):
    look_at(client, ana)
    answer = client.get("/api/v1/downloads")
    assert (answer.status_code, answer.json()["code"]) == (403, "view_as")


def test_stopping_gives_staff_their_own_pages_back(client, helper, ana):
    look_at(client, ana)
    answer = client.post("/view-as/stop", follow=True)
    assert answer.redirect_chain == [(USERS, 302)]
    assert client.get("/downloads").wsgi_request.user == helper
    assert client.get("/profile").status_code == 200
    ended = AuditEntry.objects.order_by("id").last()
    assert (ended.action, ended.actor_name, ended.target_name) == (
        "view_as.ended",
        "helper",
        "ana",
    )


def test_it_is_over_after_half_an_hour(client, helper, ana, monkeypatch):
    look_at(client, ana)
    assert client.get("/").wsgi_request.user == ana
    later = timezone.now() + timedelta(minutes=view_as.MINUTES, seconds=1)
    monkeypatch.setattr("accounts.view_as.timezone.now", lambda: later)
    assert client.get("/").wsgi_request.user == helper
    assert AuditEntry.objects.order_by("id").last().action == "view_as.ended"


def test_it_ends_when_the_power_is_taken_or_the_account_closed(client, helper, ana):
    look_at(client, ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert client.get("/").wsgi_request.user == helper
    User.objects.filter(pk=ana.pk).update(is_active=True)
    look_at(client, ana)
    helper.user_permissions.clear()
    assert client.get("/").wsgi_request.user == helper


def test_it_ends_with_the_sign_out(client, ana):
    look_at(client, ana)
    client.post("/accounts/logout/")
    assert client.get("/downloads").status_code == 302
    assert "view_as" not in client.session


def test_staff_are_never_looked_at(client, clara, helper):
    for person in (clara, helper):
        look_at(client, person)
        assert client.get("/").wsgi_request.user == helper
    assert not AuditEntry.objects.exists()


def test_it_is_one_person_at_a_time(client, helper, ana, bruno):
    look_at(client, ana, bruno)
    assert client.get("/").wsgi_request.user == helper


def test_without_the_power_nobody_looks(ana, bruno_client):
    staff = make_staff("clerk", *(set(Power) - {Power.VIEW_AS}))
    client = signed_in(staff)
    look_at(client, ana)
    assert client.get("/").wsgi_request.user == staff
    assert look_at(bruno_client, ana).headers["Location"].startswith("/admin/login/")
    assert not AuditEntry.objects.exists()


def test_a_video_that_is_watched_is_written_down_once_and_for_whom(client, helper, ana):
    video = make_video(ana, title="Verbos")
    look_at(client, ana)
    for _part in range(3):
        assert client.get(f"/library/{video.pk}/file").status_code == 200
    entry = AuditEntry.objects.get(action="video.of_another_fetched")
    assert (entry.actor_id, entry.owner_id, entry.target_name) == (helper.pk, ana.pk, "Verbos")


def test_ana_and_staff_watching_without_disguise(ana_client, clara_client, clara, ana):
    video = make_video(ana, title="Verbos")
    ana_client.get(f"/library/{video.pk}/file")
    assert not AuditEntry.objects.exists()
    clara_client.get(f"/api/v1/videos/{video.pk}/file")
    assert AuditEntry.objects.get().actor_id == clara.pk
