"""What is claimable is admitted, or a node that takes nothing would be thought to be wedged."""

import pytest

from core import storage
from core.jobs import lifecycle
from core.jobs.kind import Failure, Lease
from downloads.models import Download, DownloadPolicy
from downloads.selectors.waits import wait_of
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db

GB = 1000**3


@pytest.fixture
def room(monkeypatch):
    """The disk has 15 GB beyond its reserve; no video may have more than 10."""
    DownloadPolicy.objects.update_or_create(
        pk=1, defaults={"min_free_bytes": 5 * GB, "max_bytes": 10 * GB}
    )
    free = [20 * GB]
    monkeypatch.setattr(storage, "free_bytes", lambda: free[0])
    return free


def is_claimable() -> bool:
    return DOWNLOADS.rows().claimable().exists()


def claim() -> Download | None:
    return lifecycle.claim(DOWNLOADS, holder="w")


@pytest.mark.parametrize("free", [20 * GB, 12 * GB])
def test_what_is_larger_than_allowed_does_not_wait_for_the_disk(ana, room, free):
    room[0] = free
    download = make_download(ana, estimated_bytes=30 * GB)

    assert wait_of(download).reason is None
    assert is_claimable()
    assert claim() == download  # and its child says at once that it is too large


def test_what_lies_on_the_disk_already_needs_no_room_again(ana, room):
    room[0] = 8 * GB
    begun = make_download(ana, estimated_bytes=9 * GB, downloaded_bytes=7 * GB)
    whole = make_download(ana, estimated_bytes=9 * GB)

    assert wait_of(begun).reason is None
    assert wait_of(whole).reason == "disk_low"
    assert claim() == begun
    assert not is_claimable()
    assert claim() is None


@pytest.mark.parametrize("code", ["disk.full", "file.corrupt"])
def test_what_was_removed_from_the_disk_needs_its_room_again(ana, room, code):
    make_download(ana, estimated_bytes=9 * GB, downloaded_bytes=7 * GB)
    job = claim()
    lifecycle.fail(DOWNLOADS, Lease(job.pk, job.token), Failure(code, retryable=True))

    job.refresh_from_db()
    assert (job.status, job.downloaded_bytes, job.progress_percent) == ("queued", 0, 0)
    room[0] = 8 * GB
    assert wait_of(job).reason == "disk_low"


def test_an_attempt_that_broke_off_goes_on_where_it_was(ana, room):
    make_download(ana, estimated_bytes=9 * GB, downloaded_bytes=7 * GB)
    job = claim()
    failure = Failure("network.interrupted", retryable=True)
    lifecycle.fail(DOWNLOADS, Lease(job.pk, job.token), failure)

    job.refresh_from_db()
    assert (job.status, job.downloaded_bytes) == ("queued", 7 * GB)
