"""Who may no longer watch is closed within seconds."""

import pytest
from django.contrib.sessions.models import Session

from accounts.models import ApiKey, Role
from accounts.services import api_keys
from realtime import hub
from realtime.tests.conftest import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _checked_often(monkeypatch) -> None:
    assert hub.CHECK_SECONDS < 10
    monkeypatch.setattr(hub, "CHECK_SECONDS", 0.1)


def changed(thing, **facts) -> None:
    for name, value in facts.items():
        setattr(thing, name, value)
    thing.save()


async def test_a_person_who_was_deactivated_is_closed_and_others_are_not(ana, bruno, watch):
    hers, his = await watch("/ws/dashboard", ana), await watch("/ws/dashboard", bruno)
    await hers.next_of("dashboard_update")
    await his.next_of("dashboard_update")

    await in_thread(changed)(ana, is_active=False)

    assert await hers.closed_with() == 4401
    assert await his.nothing(0.3)


async def test_signing_out_closes_the_sockets_of_that_session(ana, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next()

    await in_thread(Session.objects.all().delete)()

    assert await watcher.closed_with() == 4401


async def test_a_new_password_closes_the_sockets_of_the_old_one(ana, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next()

    await in_thread(ana.set_password)("another long secret")
    await in_thread(ana.save)()

    assert await watcher.closed_with() == 4401


async def test_a_revoked_key_is_closed(ana, integrator_key, watch):
    watcher = await watch("/ws/dashboard", origin="", authorization=f"Bearer {integrator_key}")
    await watcher.next()
    key = await in_thread(ApiKey.objects.get)()

    await in_thread(api_keys.revoke_api_key)(by=ana, key=key)

    assert await watcher.closed_with() == 4401


async def test_who_is_staff_no_longer_does_not_go_on_seeing_everything(clara, watch):
    watcher = await watch("/ws/dashboard", clara)
    await watcher.next()

    await in_thread(changed)(clara, role=Role.USER)

    assert await watcher.closed_with() == 4403


async def test_a_seat_is_free_again_however_a_socket_ended(ana, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next_of("dashboard_update")
    assert len(hub.current().seats.taken) == 1

    await watcher.leave()

    assert hub.current().seats.taken == set()
    assert hub.current().feeds == {}
