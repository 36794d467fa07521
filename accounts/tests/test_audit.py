"""The audit trail: written with the change, never changed, and forgotten when it is time."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.deeds import Deed
from accounts.models import AuditEntry
from accounts.models.audit import AppendOnlyError
from accounts.services import audit
from core import circumstances
from core.circumstances import Circumstances, Means


def only() -> AuditEntry:
    return AuditEntry.objects.get()


def test_an_entry_says_who_what_when_whence_and_how(clara, ana):
    circumstances.begin(Circumstances(Means.KEY, "203.0.113.7", "portal/2.1", "cdk_ab12"))
    audit.record(Deed.USER_CHANGED, by=clara, target=ana, owner_id=ana.pk, fields=["email"])
    entry = only()
    assert (entry.action, entry.actor_id, entry.actor_name) == ("user.changed", clara.pk, "clara")
    assert (entry.target_type, entry.target_id, entry.target_name) == ("user", str(ana.pk), "ana")
    assert (entry.means, entry.means_detail, entry.address) == (
        "api_key",
        "cdk_ab12",
        "203.0.113.7",
    )
    assert (entry.agent, entry.owner_id, entry.details) == (
        "portal/2.1",
        ana.pk,
        {"fields": ["email"]},
    )
    assert timezone.now() - entry.at < timedelta(seconds=10)


def test_no_name_forges_a_line(ana):
    ana.username = "x\r\n2026-01-01 clara deleted everything\0"
    audit.record(Deed.USER_CHANGED, by=None, target=ana)
    assert only().target_name == "x 2026-01-01 clara deleted everything"


def test_what_is_undone_was_never_written_down(ana):
    with transaction.atomic():
        audit.record(Deed.USER_CHANGED, by=ana, target=ana)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_no_program_changes_or_removes_an_entry(ana):
    audit.record(Deed.USER_CHANGED, by=ana, target=ana)
    entry = only()
    entry.actor_name = "nobody"
    for change in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor_name="nobody"),
        lambda: AuditEntry.objects.bulk_update([entry], ["actor_name"]),
    ):
        with pytest.raises(AppendOnlyError), transaction.atomic():
            change()
    assert only().actor_name == "ana"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no guard")
@pytest.mark.parametrize(
    "change",
    ["UPDATE accounts_auditentry SET actor_name = 'x'", "DELETE FROM accounts_auditentry"],
)
def test_the_database_itself_refuses_to_change_an_entry(ana, change):
    audit.record(Deed.USER_CHANGED, by=ana, target=ana)
    refuses_to_run(change)
    assert only().actor_name == "ana"
    audit.pseudonymise(user_id=ana.pk, pseudonym="erased-1")
    refuses_to_run(change)  # the permission ended with the task
    assert only().actor_name == "erased-1"


def refuses_to_run(change: str) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
    ):
        cursor.execute(change)


def test_an_erased_person_leaves_a_pseudonym_and_nothing_else(ana, bruno, clara):
    circumstances.begin(Circumstances(Means.PAGE, "203.0.113.7", "Firefox"))
    audit.record(Deed.SIGNED_IN, by=ana, target=ana, owner_id=ana.pk)
    audit.record(Deed.SIGN_IN_FAILED, by=None, target=ana, login="ana@example.org")
    audit.record(Deed.USER_CHANGED, by=clara, target=ana, owner_id=ana.pk, email="ana@example.org")
    audit.record(Deed.USER_CHANGED, by=bruno, target=bruno, owner_id=bruno.pk)
    before = AuditEntry.objects.order_by("id").values().last()

    audit.pseudonymise(user_id=ana.pk, pseudonym="erased-7f3a")

    signed_in, failed, changed, of_bruno = AuditEntry.objects.order_by("id").values()
    assert (signed_in["actor_id"], signed_in["actor_name"]) == (None, "erased-7f3a")
    for entry in (signed_in, failed):
        assert (entry["address"], entry["agent"], entry["owner_id"]) == (None, "", None)
        assert (entry["target_id"], entry["target_name"]) == ("", "erased-7f3a")
        assert entry["details"] == {}
    assert (changed["actor_name"], changed["address"]) == ("clara", "203.0.113.7")
    assert (changed["target_name"], changed["details"]) == ("erased-7f3a", {})
    assert of_bruno == before
    assert "ana" not in str([signed_in, failed, changed])


def test_what_is_older_than_wanted_is_forgotten(ana, settings):
    settings.AUDIT_DAYS = 365
    now = timezone.now()
    for days in (364, 366, 800):
        AuditEntry.objects.create(action="user.made", means="page", at=now - timedelta(days=days))
    audit.forget_old()
    assert [(now - entry.at).days for entry in AuditEntry.objects.all()] == [364]
    settings.AUDIT_DAYS = 0
    AuditEntry.objects.create(action="user.made", means="page", at=now - timedelta(days=9999))
    audit.forget_old()
    assert AuditEntry.objects.count() == 2


def test_a_great_many_old_entries_are_forgotten_bit_by_bit(db, monkeypatch):
    monkeypatch.setattr(audit, "AT_ONCE", 2)
    old = timezone.now() - timedelta(days=5000)
    for _number in range(5):
        AuditEntry.objects.create(action="user.made", means="page", at=old)
    audit.forget_old()
    assert not AuditEntry.objects.exists()
