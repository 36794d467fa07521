"""Abuse blocks an address for strangers; staff block whom they like, and lift what is blocked."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AddressBlock, AuditEntry
from accounts.services import blocks

URL = "/api/v1/downloads"
BLOCKS = "/api/v1/security/blocks"
WRONG = {"Authorization": "Bearer cdk_wrong"}


@pytest.fixture
def limited(settings):
    settings.RATE_LIMIT_PER_MINUTE, settings.RATE_LIMIT_READS_PER_MINUTE = 60, 600


def knock(times: int, path: str = URL):
    return [Client().get(path, headers=WRONG) for _ in range(times)][-1]


@pytest.mark.usefixtures("limited", "db")
def test_the_twentieth_wrong_key_blocks_the_address_for_an_hour():
    assert knock(20).status_code == 401
    block = AddressBlock.objects.get()
    assert (block.network, block.is_automatic, block.created_by) == ("127.0.0.1", True, None)
    assert timedelta(minutes=59) < block.until - timezone.now() <= timedelta(minutes=60)
    refused = knock(1)
    assert (refused.status_code, refused.json()["code"]) == (403, "address_blocked")
    assert 3500 < int(refused["Retry-After"]) <= 3600
    knock(30)
    assert AddressBlock.objects.count() == 1
    assert AuditEntry.objects.filter(action="address.blocked").count() == 1
    assert AuditEntry.objects.filter(action="request.refused").count() == 1


@pytest.mark.usefixtures("limited")
def test_whoever_is_known_there_goes_on_and_anybody_may_sign_in(integrator, ana_client, anonymous):
    knock(21)
    assert integrator.get(URL).status_code == 200
    assert ana_client.get(URL).status_code == 200
    assert ana_client.get("/").status_code == 200
    assert anonymous.get("/accounts/login/").status_code == 200
    wrong = anonymous.post("/accounts/login/", {"login": "ana", "password": "x"})
    assert wrong.status_code == 200
    assert anonymous.get("/health/live").status_code == 200
    assert anonymous.get(URL).json()["code"] == "address_blocked"


@pytest.mark.usefixtures("limited", "db")
def test_to_ask_without_a_key_is_no_abuse_but_to_probe_is(anonymous):
    for _ in range(25):
        assert anonymous.get(URL).status_code == 401
    assert not AddressBlock.objects.exists()
    for number in range(20):
        anonymous.get(f"/api/v1/secret{number}")
    assert AddressBlock.objects.count() == 1


@pytest.mark.usefixtures("limited")
def test_mistakes_of_who_is_signed_in_block_nobody(integrator, ana_client):
    for _ in range(25):
        assert integrator.get(f"{URL}/999").status_code == 404
        assert ana_client.get(f"{URL}/999").status_code == 404
    assert not AddressBlock.objects.exists()


@pytest.mark.usefixtures("db")
def test_without_limits_nobody_is_blocked_by_themselves():
    assert knock(25).status_code == 401
    assert not AddressBlock.objects.exists()


@pytest.mark.usefixtures("limited")
def test_staff_lift_a_block_at_once_and_it_begins_from_nought(clara_client, clara):
    knock(21)
    block = AddressBlock.objects.get()
    assert clara_client.delete(f"{BLOCKS}/{block.pk}").status_code == 204
    assert clara_client.delete(f"{BLOCKS}/{block.pk}").status_code == 204
    assert knock(19).status_code == 401
    block.refresh_from_db()
    assert block.lifted_by == clara
    assert AuditEntry.objects.filter(action="address.block_lifted").count() == 1


def block(client: Client, **given):
    return client.post(BLOCKS, given, content_type="application/json")


def test_staffs_own_block_stops_everybody_but_staff(
    clara_client, ana, bruno_client, integrator, settings
):
    made = block(clara_client, network="203.0.113.0/24", reason="Scans us", minutes=60)
    assert made.status_code == 201
    assert made.json()["created_by"] == "clara"
    settings.TRUSTED_PROXIES = 1
    there, elsewhere = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "203.0.114.9"}
    for client in (integrator, bruno_client, Client()):
        answer = client.get(URL, headers=there)
        assert (answer.status_code, answer.json()["code"]) == (403, "address_blocked")
        assert client.get(URL, headers=elsewhere).status_code in {200, 401}
    page = Client().get("/accounts/login/", headers=there)
    assert (page.status_code, 3500 < int(page["Retry-After"]) <= 3600) == (403, True)
    assert bruno_client.get("/", headers=there).status_code == 403
    assert clara_client.get("/", headers=there).status_code == 200
    assert clara_client.get(URL, headers=there).status_code == 200
    assert Client().get("/health/live", headers=there).status_code == 200


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("school", "Give an address, or a network such as 203.0.113.0/24."),
        ("0.0.0.0/0", "This network is too wide."),
        ("2001::/8", "This network is too wide."),
        ("127.0.0.0/24", "This is your own address."),
    ],
)
def test_what_cannot_be_meant_is_refused(clara_client, network, message):
    answer = block(clara_client, network=network)
    assert answer.status_code == 400
    assert [error["message"] for error in answer.json()["errors"]] == [message]
    assert not AddressBlock.objects.exists()


def test_the_same_network_is_blocked_once(clara_client):
    assert block(clara_client, network="203.0.113.7").status_code == 201
    again = block(clara_client, network="203.0.113.7/32")
    assert (again.status_code, again.json()["code"]) == (409, "already_blocked")
    assert AddressBlock.objects.count() == 1


def test_an_address_of_the_other_kind_is_one_household(db, settings):
    settings.TRUSTED_PROXIES, settings.RATE_LIMIT_PER_MINUTE = 1, 60
    for number in range(20):
        headers = {**WRONG, "X-Forwarded-For": f"2001:db8:1:2::{number:x}"}
        Client().get(URL, headers=headers)
    assert AddressBlock.objects.get().network == "2001:db8:1:2::/64"
    near, far = "2001:db8:1:2:ffff::1", "2001:db8:1:3::1"
    assert Client().get(URL, headers={"X-Forwarded-For": near}).status_code == 403
    assert Client().get(URL, headers={"X-Forwarded-For": far}).status_code == 401


def test_blocks_are_read_from_the_database_once_for_some_seconds(db, django_assert_num_queries):
    blocks.forget()
    with django_assert_num_queries(1):
        for _ in range(5):
            blocks.refuse_blocked(address="203.0.113.7", is_stranger=True)


def test_staff_see_events_figures_and_a_report_teachers_do_not(clara_client, ana_client, settings):
    settings.RATE_LIMIT_PER_MINUTE = 60
    knock(20)
    events = clara_client.get("/api/v1/security/events").json()
    assert [one["event"] for one in events["results"]] == ["address.blocked", "request.refused"]
    assert events["results"][1]["details"] == {"path": URL, "status": 401}
    only = clara_client.get("/api/v1/security/events?event=request.refused&address=127.0.0.1")
    assert only.json()["total"] == 1
    stats = clara_client.get("/api/v1/security/stats").json()
    assert stats["events"] == {"address.blocked": 1, "request.refused": 1}
    assert stats["addresses"] == [{"address": "127.0.0.1", "events": 2}]
    assert (stats["blocks_made"], stats["blocks_in_force"]) == (1, 1)
    report = "/api/v1/security/report"
    told = clara_client.post(report, {}, content_type="application/json")
    assert (told.status_code, told.json()["total"]) == (200, 2)
    assert AuditEntry.objects.filter(action="security.reported").count() == 1
    backwards = {"created_after": "2026-01-02T00:00:00Z", "created_before": "2026-01-01T00:00:00Z"}
    wrong = clara_client.post(report, backwards, content_type="application/json")
    assert wrong.status_code == 400
    for path in ("events", "stats", "blocks"):
        assert ana_client.get(f"/api/v1/security/{path}").status_code == 403
    assert ana_client.post(report, {}, content_type="application/json").status_code == 403
    assert block(ana_client, network="203.0.113.7").status_code == 403
    assert not AddressBlock.objects.filter(is_automatic=False).exists()


def test_staff_block_and_lift_in_the_admin(clara_client):
    add = "/admin/accounts/addressblock/add/"
    given = {"network": "203.0.113.7", "reason": "Scans us", "until_0": "", "until_1": ""}
    assert clara_client.post(add, given).status_code == 302
    made = AddressBlock.objects.get()
    wrong = clara_client.post(add, {**given, "network": "nowhere"})
    assert "Give an address, or a network such as" in wrong.content.decode()
    listed = clara_client.get("/admin/accounts/addressblock/").content.decode()
    assert "203.0.113.7" in listed
    assert "in force" in listed
    lift = {"action": "lift", "_selected_action": [made.pk]}
    clara_client.post("/admin/accounts/addressblock/", lift)
    made.refresh_from_db()
    assert made.lifted_at is not None
