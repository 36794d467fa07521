"""A disk that is nearly full makes downloads wait, and say why; room lets them go on."""

from django_q.models import OrmQ

from core.jobs.supervision import Supervision
from downloads.models import Download
from downloads.selectors.downloads import wait_reason
from downloads.tests.build import make_download


def test_a_full_disk_makes_downloads_wait_and_say_so(ana, settings):
    make_download(ana)
    settings.MIN_FREE_BYTES = 2**62
    assert Supervision().look() == "well"
    waiting = Download.objects.get()
    assert (waiting.status, wait_reason(waiting)) == ("queued", "disk_low")


def test_room_on_the_disk_wakes_a_worker(ana, django_capture_on_commit_callbacks):
    make_download(ana)
    with django_capture_on_commit_callbacks(execute=True):
        Supervision().look()
    assert OrmQ.objects.count() == 1
