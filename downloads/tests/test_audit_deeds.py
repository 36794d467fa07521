"""What people do to downloads and settings stands in the audit trail, in few statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Power
from accounts.tests.staff import make_staff
from core.errors import Forbidden
from core.models import Status
from downloads.models import (
    BatchDownload,
    BatchItem,
    CleaningTask,
    Download,
    DownloadPolicy,
    HostPause,
    Preset,
    RetentionRule,
    UserLimits,
)
from downloads.services import (
    batches,
    bulk,
    cleanings,
    cookies,
    limits,
    presets,
    queueing,
    retention,
    subscriptions,
)
from downloads.tests.build import make_download, make_jar
from downloads.tests.watch import make_subscription

pytestmark = pytest.mark.django_db


def trail() -> list[tuple[str, str, str]]:
    """(action, who, number of the thing), the oldest first."""
    rows = AuditEntry.objects.order_by("id")
    return list(rows.values_list("action", "actor_name", "target_id"))


def make_batch(owner, number: int, *, status: str = Status.QUEUED) -> BatchDownload:
    batch = BatchDownload.objects.create(owner=owner, title="Biology")
    for place in range(number):
        download = make_download(owner, status=status)
        BatchItem.objects.create(batch=batch, position=place, title="x", download=download)
    return batch


def test_cancelling_retrying_and_purging_are_written_down_with_whose_it_was(clara, ana):
    download = make_download(ana, title="Fractions")
    number = str(download.pk)

    queueing.cancel_download(by=clara, download=download)
    queueing.cancel_download(by=clara, download=download)  # which changes nothing
    queueing.retry_download(by=clara, download=download)
    queueing.cancel_download(by=clara, download=download, purge=True)

    assert trail() == [
        ("download.cancelled", "clara", number),
        ("download.retried", "clara", number),
        ("download.cancelled", "clara", number),
        ("download.purged", "clara", number),
    ]
    entry = AuditEntry.objects.earliest("id")
    assert (entry.owner_id, entry.target_type) == (ana.pk, "download")


def test_of_many_each_is_named_in_one_statement(ana):
    many = [make_download(ana) for _number in range(30)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        bulk.cancel_downloads(by=ana, downloads=many)
    written = [one for one in asked if 'INTO "accounts_auditentry"' in one["sql"]]
    assert (len(written), len(trail())) == (1, 30)


def test_a_whole_batch_is_one_deed(clara, ana):
    batch = make_batch(ana, 12)
    batches.cancel_batch(by=clara, batch=batch)
    batches.retry_failed(by=clara, batch=batch)
    assert trail() == [
        ("batch.cancelled", "clara", str(batch.pk)),
        ("batch.retried", "clara", str(batch.pk)),
    ]
    assert set(AuditEntry.objects.values_list("owner_id", flat=True)) == {ana.pk}
    assert [entry.details for entry in AuditEntry.objects.all()] == [{"downloads": 12}] * 2


def test_nothing_is_written_where_nothing_was_done(clara, ana):
    done = make_download(ana, status=Status.COMPLETED)
    bulk.cancel_downloads(by=clara, downloads=[done])
    batches.cancel_batch(by=clara, batch=make_batch(ana, 1, status=Status.CANCELLED))
    assert trail() == []


def test_settings_are_for_those_with_the_power_and_written_down_with_their_values(ana):
    keeper = make_staff("keeper", Power.SETTINGS)
    limits.change_policy(by=keeper, max_running=3)
    own = limits.change_user_limits(by=keeper, owner=ana, max_running=1)
    limits.delete_user_limits(by=keeper, own=own)
    preset = Preset(name="Projector")
    presets.save_preset(by=keeper, preset=preset)
    presets.choose_at_first(by=keeper, preset=preset)
    presets.delete_preset(by=keeper, preset=preset)
    rule = RetentionRule(name="Old", max_age_days=365)
    retention.save_rule(by=keeper, rule=rule)
    retention.delete_rule(by=keeper, rule=rule)

    assert {action for action, _who, _what in trail()} == {"settings.changed"}
    assert len(trail()) == 8
    assert AuditEntry.objects.earliest("id").details == {"what": "limits", "max_running": 3}
    assert not UserLimits.objects.exists()


def test_staff_for_the_work_change_no_settings(ana):
    worker = make_staff("worker", Power.WORK)
    preset = Preset.objects.create(name="Projector")
    for change in (
        lambda: limits.change_policy(by=worker, max_running=3),
        lambda: limits.change_user_limits(by=worker, owner=ana, max_running=1),
        lambda: presets.delete_preset(by=worker, preset=preset),
        lambda: presets.choose_at_first(by=worker, preset=preset),
        lambda: retention.save_rule(by=worker, rule=RetentionRule(name="x", max_age_days=1)),
        lambda: cleanings.request_cleaning(by=worker, task=CleaningTask.RECORDS),
    ):
        with pytest.raises(Forbidden):
            change()
    assert trail() == []
    assert not DownloadPolicy.objects.filter(max_running=3).exists()
    assert Preset.objects.count() == 1
    assert not RetentionRule.objects.exists()


def test_staff_for_the_work_stop_and_start_the_queue_and_those_for_settings_do_not():
    worker, keeper = make_staff("worker", Power.WORK), make_staff("keeper", Power.SETTINGS)
    pause = HostPause.objects.create(
        host="x.example", reason="source.bot_check", until=timezone.now()
    )
    limits.pause(by=worker, everybody=True)
    limits.resume(by=worker, everybody=True)
    limits.lift_pause(by=worker, pause=pause)
    with pytest.raises(Forbidden):
        limits.pause(by=keeper, everybody=True)
    assert [action for action, _who, _what in trail()] == [
        "queue.paused",
        "queue.resumed",
        "queue.resumed",
    ]
    assert not limits.current().paused


def test_cookies_and_subscriptions_and_cleanings_are_written_down(ana, clara):
    jar = make_jar(ana, value="THE-SECRET")
    cookies.change_jar(by=ana, jar=jar, enabled=False)
    cookies.remove_jar(by=ana, jar=jar)
    subscriptions.delete_subscription(by=clara, subscription=make_subscription(ana))
    run = cleanings.request_cleaning(by=clara, task=CleaningTask.RECORDS)
    cleanings.cancel_cleaning(by=clara, run=run)

    assert [action for action, _who, _what in trail()] == [
        "cookies.saved",
        "cookies.saved",
        "cookies.removed",
        "subscription.removed",
        "cleaning.started",
        "cleaning.stopped",
    ]
    assert "THE-SECRET" not in str(list(AuditEntry.objects.values()))


def test_a_refused_change_leaves_no_trace(clara, ana):
    download = make_download(ana, status=Status.COMPLETED)
    with pytest.raises(Exception, match="complete"):
        queueing.cancel_download(by=clara, download=download)
    assert trail() == []
    assert Download.objects.get().status == Status.COMPLETED
