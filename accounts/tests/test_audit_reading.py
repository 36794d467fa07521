"""Reading the audit trail: in the back office, over the API, and as a table."""

import csv
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts import deed_words, selectors_audit
from accounts.deeds import Deed
from accounts.models import AuditEntry
from accounts.roles import Power
from accounts.services import api_keys, audit
from accounts.tests.staff import make_staff, signed_in
from conftest import received
from core import circumstances
from core.circumstances import Circumstances, Means

API = "/api/v1/audit"
ADMIN = "/admin/accounts/auditentry/"


@pytest.fixture
def auditor(db) -> Client:
    return signed_in(make_staff("auditor", Power.AUDIT))


@pytest.fixture
def trail(ana, bruno) -> None:
    """Three deeds; the last has a name that a spreadsheet would calculate."""
    audit.record(Deed.SIGNED_IN, by=ana, target=ana, owner_id=ana.pk)
    audit.record(Deed.SIGN_IN_FAILED, by=None, target=bruno)
    bruno.username = "=cmd|'/C calc'!A0"
    audit.record(Deed.USER_CHANGED, by=bruno, target=bruno, owner_id=bruno.pk, fields=["email"])


def found(client: Client, **query) -> list[str]:
    answer = client.get(API, query)
    assert answer.status_code == 200
    return [entry["action"] for entry in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({}, ["user.changed", "sign_in.failed", "sign_in.succeeded"]),
        ({"action": "sign_in"}, ["sign_in.failed", "sign_in.succeeded"]),
        ({"action": "sign_in.failed"}, ["sign_in.failed"]),
        ({"actor": "ANA"}, ["sign_in.succeeded"]),
        ({"target": "download"}, []),
        ({"limit": 1, "offset": 1}, ["sign_in.failed"]),
        ({"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00Z"}, []),
        ({"from": "2020-01-01T00:00:00Z", "address": "203.0.113.9"}, []),
    ],
)
def test_the_trail_is_searched_over_the_api(auditor, trail, query, actions):
    assert found(auditor, **query) == actions


def test_what_happened_to_one_thing_is_found(auditor, trail, ana):
    assert found(auditor, target=f"user:{ana.pk}") == ["sign_in.succeeded"]
    entry = auditor.get(API, {"actor": "ana"}).json()["results"][0]
    assert (entry["actor_id"], entry["target"], entry["owner_id"]) == (ana.pk, "ana", ana.pk)


@pytest.mark.parametrize(
    "query", [{"action": "nonsense"}, {"address": "x"}, {"from": "yesterday"}, {"who": "ana"}]
)
def test_what_cannot_be_asked_is_refused(auditor, query):
    assert auditor.get(API, query).status_code == 400


@pytest.mark.parametrize("address", [API, f"{API}/export", ADMIN, f"{ADMIN}export/"])
def test_only_staff_with_that_power_read_it(trail, ana_client, anonymous, address):
    staff = signed_in(make_staff("clerk", *(set(Power) - {Power.AUDIT})))
    number = AuditEntry.objects.count()
    assert staff.get(address).status_code == 403
    for stranger in (ana_client, anonymous):
        assert stranger.get(address).status_code in (302, 401, 403)
    assert AuditEntry.objects.count() == number


def test_a_key_reads_it_with_the_scope_admin_alone(trail, clara):
    for scope, status in (("admin", 200), ("monitoring:read", 403)):
        _key, secret = api_keys.create_api_key(by=clara, owner=clara, name="siem", scopes=[scope])
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        assert client.get(API).status_code == status


@pytest.mark.parametrize(
    "address", [f"{API}/export?action=user", f"{ADMIN}export/?action=user.changed"]
)
def test_the_table_is_safe_to_open_and_its_export_written_down(auditor, trail, address):
    answer = auditor.get(address)
    header, row = csv.reader(received(answer).decode().splitlines())

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    told = dict(zip(header, row, strict=True))
    assert (told["action"], told["actor"]) == ("user.changed", "'=cmd|'/C calc'!A0")
    assert told["details"] == '{"fields": ["email"]}'
    last = AuditEntry.objects.order_by("id").last()
    assert (last.action, last.actor_name, last.details["what"]) == (
        "list.exported",
        "auditor",
        "audit",
    )


def test_a_long_table_is_read_page_by_page(trail, clara, monkeypatch):
    monkeypatch.setattr(selectors_audit, "AT_ONCE", 2)
    pages = selectors_audit.pages_of(selectors_audit.list_entries(user=clara))
    assert [[entry.action for entry in page] for page in pages] == [
        ["user.changed", "sign_in.failed"],
        ["sign_in.succeeded"],
    ]


def listed(client: Client, **query) -> list[str]:
    return [entry.action for entry in client.get(ADMIN, query).context["cl"].result_list]


def test_the_back_office_shows_and_changes_nothing(auditor, trail):
    entry = AuditEntry.objects.order_by("id").last()
    assert listed(auditor, q="ana") == ["sign_in.succeeded"]
    assert "email" in auditor.get(f"{ADMIN}{entry.pk}/change/").content.decode()
    for way in ("change/", "delete/"):
        assert auditor.post(f"{ADMIN}{entry.pk}/{way}", {"post": "yes"}).status_code == 403
    assert auditor.post(f"{ADMIN}add/", {}).status_code == 403
    assert AuditEntry.objects.count() == 3


def test_security_events_are_a_filter(auditor, trail):
    assert listed(auditor, action="security") == ["sign_in.failed"]


def test_a_month_is_chosen_by_its_date(auditor, trail):
    at = datetime(2024, 5, 6, tzinfo=UTC)
    AuditEntry.objects.create(action="user.made", means="page", at=at)
    assert listed(auditor, at__year=2024, at__month=5) == ["user.made"]


def test_staff_read_every_deed_and_means_in_words(auditor, ana):
    circumstances.begin(Circumstances(Means.JOB))
    audit.record(Deed.CREDENTIAL_LAPSED, by=None, target=ana)
    circumstances.begin(Circumstances(Means.KEY))
    audit.record(Deed.SIGN_IN_FAILED, by=None, target=ana)

    page = auditor.get(ADMIN, {"means__exact": "api_key"}).content.decode()

    assert "Wrong password<br><small>sign_in.failed</small>" in page
    assert '<td class="field-means">API key</td>' in page
    assert "<small>credential.lapsed</small>" not in page
    assert deed_words.DEEDS.keys() == set(Deed)
    assert deed_words.MEANS.keys() == set(Means)
