"""Pausing on the page, and what it says while nothing begins."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from downloads.models import DownloadPolicy, HostPause, UserLimits
from downloads.tests.build import make_download
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

HOME, LIST = "/", "/downloads"
PAUSE, RESUME = reverse("downloads:pause"), reverse("downloads:resume")


def page(client, address: str = HOME) -> str:
    return client.get(address, headers={"Accept-Language": "en"}).content.decode()


def test_a_teacher_pauses_and_resumes_without_a_script(ana_client, ana):
    make_download(ana)
    assert "Pause my downloads" in page(ana_client)

    answer = ana_client.post(PAUSE, follow=True, headers={"Accept-Language": "en"})
    assert "Your downloads are paused" in answer.content.decode()
    assert "Resume my downloads" in answer.content.decode()
    assert "Pause my downloads" not in answer.content.decode()

    answer = ana_client.post(RESUME, follow=True, headers={"Accept-Language": "en"})
    assert "Your downloads are paused" not in answer.content.decode()
    assert not UserLimits.objects.get().paused


@pytest.mark.parametrize("address", [HOME, LIST])
def test_a_pause_of_all_is_told_and_a_teacher_cannot_end_it(ana_client, ana, address):
    make_download(ana)
    DownloadPolicy.objects.create(pk=1, paused=True)

    shown = page(ana_client, address)
    assert "All downloads are paused" in shown
    assert "Resume" not in shown

    assert ana_client.post(RESUME, {"everybody": "1"}).status_code == 403
    assert DownloadPolicy.objects.get().paused


def test_staff_stop_and_start_everybodys(clara_client):
    clara_client.post(PAUSE, {"everybody": "1"})
    assert DownloadPolicy.objects.get().paused
    assert "Resume everybody&#x27;s downloads" in page(clara_client) or (
        "Resume everybody's downloads" in page(clara_client)
    )
    clara_client.post(RESUME, {"everybody": "1"})
    assert not DownloadPolicy.objects.get().paused


def test_outside_the_hours_the_page_says_when_it_goes_on(ana_client, ana):
    make_download(ana)
    soon = (timezone.localtime() + timedelta(hours=2)).time().replace(minute=0)
    later = (timezone.localtime() + timedelta(hours=3)).time().replace(minute=0)
    DownloadPolicy.objects.create(pk=1, hours_from=soon, hours_until=later)

    shown = page(ana_client)
    assert "Downloads begin again at" in shown
    assert "Waits for the hours of downloads, from" in shown


def test_a_full_space_is_seen(ana_client, ana):
    make_video(ana, content=b"x" * 1000)
    DownloadPolicy.objects.create(pk=1, quota_bytes=1000)
    make_download(ana)

    shown = page(ana_client)
    assert "Your space" in shown
    assert "It is full: new downloads wait" in shown
    assert "Waits until there is room in your space" in shown


def test_a_paused_site_is_seen_at_its_downloads(ana_client, ana):
    until = timezone.now() + timedelta(minutes=10)
    HostPause.objects.create(host="tired.example", reason="source.bot_check", until=until)
    download = make_download(ana, host="tired.example")

    assert "Its site asks for a pause, until" in page(ana_client, f"/downloads/{download.pk}")


@pytest.mark.parametrize("fragment", ["downloads:fragment-list", "downloads:fragment-board"])
def test_open_pages_learn_that_the_queue_was_paused_elsewhere(ana_client, ana, fragment):
    make_download(ana)
    assert "Pause my downloads" in page(ana_client, reverse(fragment))

    UserLimits.objects.create(owner=ana, paused=True)

    shown = page(ana_client, reverse(fragment))
    assert 'id="panel-queue"' in shown
    assert "Resume my downloads" in shown
