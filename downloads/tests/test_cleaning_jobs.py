"""Cleanings as jobs: when they come by themselves, how they stop, and how they go on."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ConnectLink
from accounts.tests.build import make_connect_link, make_credential
from core import storage
from core.jobs import lifecycle
from core.jobs.lane import Lane
from core.models import IdempotencyKey, Status
from courses.models import Sync
from courses.tests.make import make_sync
from downloads.models import CleaningRun, CleaningTask, Listing
from downloads.services import cleanings, records, tally
from downloads.services.cleanings import CLEANINGS
from downloads.tests.build import make_download
from downloads.tests.sweeping import ago, clean, figures, put
from library.models import Video
from library.tests.build import make_video

pytestmark = pytest.mark.django_db(transaction=True)

DAILY = {"incomplete", "orphaned", "retention", "records"}


def waiting() -> dict[str, float]:
    """Minutes until each cleaning that is planned."""
    rows = CleaningRun.objects.filter(status=Status.QUEUED)
    return {
        run.task: round((run.available_at - timezone.now()).total_seconds() / 60) for run in rows
    }


def test_everything_is_planned_daily_and_not_at_once():
    cleanings.make_due()
    cleanings.make_due()

    assert waiting() == dict.fromkeys(DAILY, 10)
    assert CleaningRun.objects.count() == 4
    assert not CLEANINGS.rows().claimable().exists()


def test_the_next_one_comes_a_day_after_the_last(ana):
    ended = clean("records", finished_at=None)
    CleaningRun.objects.filter(id=ended.pk).update(finished_at=ago(hours=20))
    clean("orphaned", dry_run=True)  # only looked

    cleanings.make_due()

    assert waiting() == {"incomplete": 10, "orphaned": 10, "retention": 10, "records": 240}


def test_a_temporary_video_is_gone_soon_after_its_time(ana):
    make_video(ana, expires_at=ago(minutes=-1))
    make_video(ana, expires_at=ago(minutes=1), pinned=True)
    cleanings.make_due()
    assert "temporary" not in waiting()

    Video.objects.filter(pinned=False).update(expires_at=ago(seconds=1))
    cleanings.make_due()
    assert waiting()["temporary"] == 0
    while Lane(CLEANINGS, holder="worker-1").run_next():
        pass

    assert Video.objects.count() == 1
    make_video(ana, expires_at=ago(minutes=1))
    cleanings.make_due()
    assert "temporary" not in waiting()  # the next round is minutes away
    CleaningRun.objects.update(created_at=ago(minutes=6))
    cleanings.make_due()
    assert "temporary" in waiting()


def test_staff_who_do_not_want_to_wait_pull_the_planned_one_forward(clara):
    cleanings.make_due()

    run = cleanings.request_cleaning(by=clara, task=CleaningTask.RECORDS)
    again = cleanings.request_cleaning(by=clara, task=CleaningTask.RECORDS)
    look = cleanings.request_cleaning(by=clara, task=CleaningTask.RECORDS, dry_run=True)

    assert run.pk == again.pk != look.pk
    assert waiting()["records"] == 0
    assert run.requested_by == clara
    assert CleaningRun.objects.count() == 5


def test_a_cleaning_that_is_stopped_in_the_middle_removes_no_more(ana, clara, monkeypatch):
    for number in (1, 2, 3):
        put("partial", f"d{number}/video.part")
    note = tally.Tally.note

    def then_stop(self, *args, **facts):
        note(self, *args, **facts)
        run = CleaningRun.objects.get()
        cleanings.cancel_cleaning(by=clara, run=run)
        self.show()

    monkeypatch.setattr(tally.Tally, "note", then_stop)
    run = clean("incomplete")

    assert run.status == "cancelled"
    assert len(list(storage.partial_root().iterdir())) == 2


def test_one_that_was_killed_goes_on_and_reports_all_it_did(ana, monkeypatch):
    monkeypatch.setattr(tally, "_SHOWN_EVERY", 0.0)
    for number in (1, 2, 3):
        make_video(ana, title=f"V{number}", expires_at=ago(minutes=1))
    run = CleaningRun.objects.create(task="temporary")
    job = lifecycle.claim(CLEANINGS, holder="worker-1")
    go_on = tally.Tally.go_on

    def then_killed(self):
        go_on(self)
        if self.fields()["removed"] == 2:
            raise SystemExit

    monkeypatch.setattr(tally.Tally, "go_on", then_killed)
    from core.jobs.lane import _Beat

    with pytest.raises(SystemExit):
        CLEANINGS.work(job, _Beat(CLEANINGS, job))
    monkeypatch.setattr(tally.Tally, "go_on", go_on)
    CleaningRun.objects.update(lease_until=ago(seconds=1))
    assert lifecycle.sweep(CLEANINGS) == 1

    assert Lane(CLEANINGS, holder="worker-2").run_next()

    run.refresh_from_db()
    assert (run.run, run.handed_back) == (2, 1)
    assert figures(run)[:3] == ("completed", 3, 3)
    assert [row["title"] for row in run.report] == ["V1", "V2", "V3"]
    assert not Video.objects.exists()


def test_a_report_is_bounded_and_its_figures_are_not(ana, monkeypatch):
    monkeypatch.setattr(tally, "MOST_ROWS", 2)
    for number in (1, 2, 3):
        put("partial", f"d{number}/video.part")

    run = clean("incomplete")

    assert (len(run.report), run.found, run.removed, run.bytes) == (2, 3, 3, 30)


def make_key(owner, **over) -> IdempotencyKey:
    number = IdempotencyKey.objects.count()
    return IdempotencyKey.objects.create(owner=owner, key=f"k{number}", **over)


def ended(model, *, days: int, status=Status.COMPLETED, **over):
    return model.objects.create(status=status, finished_at=ago(days=days), **over)


def test_exactly_the_records_that_are_too_old_go(ana, monkeypatch):
    monkeypatch.setattr(records, "_AT_ONCE", 1)
    account = make_credential(ana)
    make_key(ana, created_at=ago(hours=25))
    key = make_key(ana, created_at=ago(hours=23))
    ended(Listing, days=8, owner=ana)
    listings = [ended(Listing, days=6, owner=ana), Listing.objects.create(owner=ana)]
    make_connect_link(ana, expires_at=ago(days=31))
    link = make_connect_link(ana, expires_at=ago(days=29))
    for number, day in enumerate((-1, 1)):
        Session.objects.create(session_key=f"s{number}", expire_date=ago(days=day))
    syncs = [
        make_sync(account, status=Status.COMPLETED, finished_at=ago(days=day))
        for day in (50, 40, 35)
    ]
    syncs.append(make_sync(account, status=Status.FAILED, finished_at=ago(days=31)))
    make_download(ana, status=Status.COMPLETED, finished_at=ago(days=900))
    ended(CleaningRun, days=91, task="records", found=3)
    ended(CleaningRun, days=8, task="records")
    kept = [ended(CleaningRun, days=89, task="records", found=3)]
    kept.append(ended(CleaningRun, days=6, task="records"))

    looked = clean("records", dry_run=True)
    assert IdempotencyKey.objects.count() == 2
    run = clean("records")

    counted = {row["title"]: row["number"] for row in run.report}
    assert counted == {
        "listings": 1,
        "synchronisations": 2,
        "cleanings": 2,
        "connect links": 1,
        "idempotency keys": 1,
        "sessions": 1,
    }
    assert {row["title"]: row["number"] for row in looked.report} == counted
    assert figures(run)[:3] == ("completed", 8, 8)
    assert list(IdempotencyKey.objects.all()) == [key]
    assert list(Listing.objects.order_by("id")) == listings
    assert list(ConnectLink.objects.all()) == [link]
    assert [one.session_key for one in Session.objects.all()] == ["s0"]
    assert list(Sync.objects.order_by("id")) == syncs[2:]
    assert set(CleaningRun.objects.all()) == {*kept, looked, run}
    assert ana.downloads.count() == 1


def test_a_cleaning_that_trips_over_itself_is_tried_again(monkeypatch):
    def broken(_tally):
        raise RuntimeError("no")

    monkeypatch.setattr(cleanings, "TASKS", {CleaningTask.RECORDS: broken})
    run = clean("records")

    assert (run.status, run.error_code, run.attempt) == ("queued", "internal", 1)
    assert run.available_at < timezone.now() + timedelta(minutes=11)
