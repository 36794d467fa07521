"""A browser in which staff look at a teacher's pages hears what the teacher hears."""

import pytest
from django.contrib.sessions.models import Session

from accounts.models import User
from accounts.roles import Power
from accounts.tests.staff import make_staff, signed_in
from downloads.tests.build import make_download
from realtime import hub
from realtime.tests.conftest import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


def begun(staff: User, person: User) -> str:
    client = signed_in(staff)
    chosen = {"action": "look_as", "_selected_action": [person.pk]}
    client.post("/admin/accounts/user/", chosen)
    return f"sessionid={client.cookies['sessionid'].value}"


async def test_it_shows_the_teachers_things_and_not_those_staff_may_see(ana, bruno, watch):
    staff = await in_thread(make_staff)("helper", Power.VIEW_AS, Power.WORK)
    hers, his = await in_thread(make_download)(ana), await in_thread(make_download)(bruno)
    cookie = await in_thread(begun)(staff, ana)

    watcher = await watch(f"/ws/downloads/{hers.pk}", cookie=cookie)
    other = await watch(f"/ws/downloads/{his.pk}", cookie=cookie)

    assert (await watcher.next_of("download_update"))["download_id"] == hers.pk
    assert await other.closed_with() == 4404


async def test_it_ends_with_the_session_and_with_the_power(ana, watch, monkeypatch):
    monkeypatch.setattr(hub, "CHECK_SECONDS", 0.1)
    staff = await in_thread(make_staff)("helper", Power.VIEW_AS)
    cookie = await in_thread(begun)(staff, ana)
    watcher = await watch("/ws/dashboard", cookie=cookie)
    await watcher.next_of("dashboard_update")
    assert await watcher.nothing(0.3)

    await in_thread(staff.user_permissions.clear)()
    assert await watcher.closed_with() == 4401

    await in_thread(Session.objects.all().delete)()
    assert await (await watch("/ws/dashboard", cookie=cookie)).closed_with() == 4401
