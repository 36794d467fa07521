"""Staff turn the limits in the back office."""

from datetime import timedelta

import pytest
from django.utils import timezone

from downloads.models import DownloadPolicy, HostPause, UserLimits

pytestmark = pytest.mark.django_db

BASE = "/admin/downloads"


def test_staff_set_limits_once_and_change_them(clara_client):
    page = clara_client.get(f"{BASE}/downloadpolicy/")
    assert page["Location"] == f"{BASE}/downloadpolicy/1/change/"
    saved = clara_client.post(
        page["Location"], {"max_running": "20", "hours_from": "22:00", "hours_until": "06:00"}
    )
    assert saved.status_code == 302
    policy = DownloadPolicy.objects.get()
    assert (policy.pk, policy.max_running, policy.paused) == (1, 20, False)
    assert clara_client.get(f"{BASE}/downloadpolicy/add/").status_code == 403

    changed = clara_client.post(f"{BASE}/downloadpolicy/1/change/", {"paused": "on"})
    assert changed.status_code == 302
    policy.refresh_from_db()
    assert (policy.paused, policy.max_running, policy.hours_from) == (True, None, None)


def test_half_an_hour_range_is_refused_at_the_field(clara_client):
    page = clara_client.get(f"{BASE}/downloadpolicy/")
    answer = clara_client.post(page["Location"], {"hours_from": "22:00"})

    assert answer.status_code == 200
    assert DownloadPolicy.objects.get().hours_from is None


def test_staff_give_one_person_limits_of_her_own(clara_client, ana):
    answer = clara_client.post(
        f"{BASE}/userlimits/add/", {"owner": ana.pk, "max_running": "3", "quota_bytes": "1000"}
    )
    assert answer.status_code == 302
    own = UserLimits.objects.get()
    assert (own.owner, own.max_running, own.quota_bytes) == (ana, 3, 1000)

    clara_client.post(f"{BASE}/userlimits/{own.pk}/change/", {"max_running": ""})
    own.refresh_from_db()
    assert (own.max_running, own.quota_bytes) == (None, None)


def test_staff_let_a_paused_site_be_tried_again(clara_client):
    until = timezone.now() + timedelta(hours=5)
    for host in ("a.example", "b.example"):
        HostPause.objects.create(host=host, reason="source.bot_check", until=until)

    shown = clara_client.get(f"{BASE}/hostpause/").content.decode()
    assert "a.example" in shown
    clara_client.post(f"{BASE}/hostpause/", {"action": "lift", "_selected_action": ["a.example"]})
    assert [pause.host for pause in HostPause.objects.all()] == ["b.example"]


def test_a_teacher_sees_none_of_it(ana_client):
    for name in ("downloadpolicy", "userlimits", "hostpause"):
        assert ana_client.get(f"{BASE}/{name}/", follow=True).status_code == 403


def test_each_field_says_its_unit_and_what_holds_when_it_is_left_empty(clara_client, settings):
    settings.MAX_DOWNLOAD_BYTES = 5_000_000_000
    page = clara_client.get(
        f"{BASE}/downloadpolicy/", follow=True, headers={"Accept-Language": "en"}
    )

    shown = page.content.decode()
    assert "In bytes. Empty: 5.0\u00a0GB." in shown
    assert "Downloads of all people together. Empty: no limit." in shown
