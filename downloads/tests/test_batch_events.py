"""Who watches a batch hears once when it ends, and again when it begins anew."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.jobs import lifecycle
from core.jobs.kind import Failure, Lease
from core.models import Event
from downloads.models import BatchDownload, BatchItem, Download
from downloads.services import batches, queueing
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download
from downloads.tests.school import make_account, make_school


def told() -> list[str]:
    events = Event.objects.filter(type="batch_update").order_by("id")
    return [event.data["status"] for event in events]


def make_batch(owner, *downloads: Download) -> BatchDownload:
    batch = BatchDownload.objects.create(owner=owner, title="Mathematics")
    for download in downloads:
        BatchItem.objects.create(batch=batch, download=download)
    return batch


def fail(download: Download) -> None:
    lifecycle.fail(DOWNLOADS, Lease(download.pk, download.token), Failure("source.private"))


def test_a_new_batch_is_told_with_what_is_in_it(db, ana):
    school = make_school(ana)
    school.video()
    batch = batches.download_course(by=ana, course=school.course, credential=school.credential)

    event = Event.objects.get(type="batch_update")
    assert (event.topic, event.owner_id) == (f"batch.{batch.pk}", ana.pk)
    assert event.data == {
        "id": batch.pk,
        "course_id": school.course.pk,
        "credential_id": school.credential.pk,
        "title": "Mathematics 7A",
        "status": "pending",
        "total_videos": 1,
        "completed_videos": 0,
        "in_progress_videos": 0,
        "queued_videos": 1,
        "failed_videos": 0,
        "cancelled_videos": 0,
        "progress_percent": 0.0,
        "downloaded_bytes": 0,
        "total_bytes": 0,
    }


def test_only_its_last_download_ends_a_batch(db, ana):
    first, last = (make_download(ana, status="running", token=letter * 32) for letter in "ab")
    make_batch(ana, first, last)

    fail(first)
    assert told() == []
    fail(last)
    assert told() == ["failed"]
    fail(last)
    assert told() == ["failed"]


def test_a_retry_begins_it_anew_once(db, ana):
    downloads = [make_download(ana, status="failed") for _ in range(3)]
    make_batch(ana, *downloads)

    queueing.retry_download(by=ana, download=downloads[0])
    queueing.retry_download(by=ana, download=downloads[1])
    assert told() == ["in_progress"]
    for download in downloads[:2]:
        queueing.cancel_download(by=ana, download=download)
    assert told() == ["in_progress", "failed"]


def test_every_batch_of_a_download_hears_of_its_end(db, ana):
    shared, other = make_download(ana), make_download(ana)
    alone, both = make_batch(ana, shared), make_batch(ana, shared, other)

    queueing.cancel_download(by=ana, download=shared)
    assert list(Event.objects.filter(type="batch_update").values_list("topic", flat=True)) == [
        f"batch.{alone.pk}"
    ]
    queueing.cancel_download(by=ana, download=other)
    last = Event.objects.filter(type="batch_update").latest("id")
    assert (last.topic, last.data["status"]) == (f"batch.{both.pk}", "cancelled")


@pytest.mark.django_db(transaction=True)
def test_of_two_that_end_at_once_one_ends_the_batch(ana):
    for _ in range(5):
        pair = [make_download(ana, status="running", token=letter * 32) for letter in "ab"]
        make_batch(ana, *pair)
        before = len(told())
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(_fail_in_thread, pair))
        assert told()[before:] == ["failed"]


@pytest.mark.django_db(transaction=True)
def test_cancelling_while_its_last_ones_end_neither_waits_for_ever_nor_loses_one(ana):
    downloads = [
        make_download(ana, status="running", token=f"{number:032}") for number in range(12)
    ]
    batch = make_batch(ana, *downloads)

    def cancel() -> None:
        try:
            batches.cancel_batch(by=ana, batch=batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ends = [pool.submit(_fail_in_thread, one) for one in reversed(downloads[6:])]
        ends.append(pool.submit(cancel))
        for end in ends:
            end.result(timeout=30)

    states = set(Download.objects.values_list("status", flat=True))
    assert states <= {"failed", "cancelled"}
    assert len(told()) == 1


def test_a_download_whose_account_waits_says_so_to_who_watches(db, ana):
    account = make_account(ana, status="needs_consent")
    failed = make_download(ana, status="failed", credential=account)

    queueing.retry_download(by=ana, download=failed)

    event = Event.objects.get(topic=f"download.{failed.pk}")
    assert (event.data["status"], event.data["wait_reason"]) == ("queued", "needs_consent")


def _fail_in_thread(download: Download) -> None:
    try:
        fail(download)
    finally:
        connection.close()
