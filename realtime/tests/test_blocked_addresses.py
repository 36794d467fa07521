"""Who comes from an address that staff have blocked watches nothing; staff themselves do."""

import pytest

from accounts.models import AddressBlock
from accounts.services import blocks
from realtime import hub
from realtime.tests.conftest import in_thread

pytestmark = pytest.mark.django_db(transaction=True)

SCHOOL = {"x_forwarded_for": "198.51.100.7"}
ELSEWHERE = {"x_forwarded_for": "198.51.100.8"}


@pytest.fixture(autouse=True)
def _behind_a_proxy(monkeypatch, settings) -> None:
    settings.TRUSTED_PROXIES = 1
    monkeypatch.setattr(hub, "CHECK_SECONDS", 0.1)


async def block(clara) -> AddressBlock:
    return await in_thread(blocks.block_address)(by=clara, network="198.51.100.7")


async def test_a_socket_from_there_is_refused_and_one_from_elsewhere_is_not(ana, clara, watch):
    await block(clara)

    assert await (await watch("/ws/dashboard", ana, **SCHOOL)).closed_with() == 4403
    other = await watch("/ws/dashboard", ana, **ELSEWHERE)
    assert (await other.next())["type"] == "connection_established"


async def test_nor_does_a_key_open_one_there(clara, integrator_key, watch):
    await block(clara)
    key = {"origin": "", "authorization": f"Bearer {integrator_key}"}

    assert await (await watch("/ws/dashboard", **key, **SCHOOL)).closed_with() == 4403


async def test_staff_go_on_watching_from_there(clara, watch):
    await block(clara)

    watcher = await watch("/ws/dashboard", clara, **SCHOOL)

    assert (await watcher.next())["type"] == "connection_established"


async def test_open_sockets_from_there_are_closed_and_others_are_not(ana, clara, watch):
    here = await watch("/ws/dashboard", ana, **SCHOOL)
    elsewhere = await watch("/ws/dashboard", ana, **ELSEWHERE)
    for watcher in (here, elsewhere):
        await watcher.next_of("dashboard_update")

    await block(clara)

    assert await here.closed_with() == 4403
    assert await elsewhere.nothing(0.3)


async def test_once_it_is_lifted_sockets_open_again(ana, clara, watch):
    made = await block(clara)
    await in_thread(blocks.lift_block)(by=clara, block=made)

    watcher = await watch("/ws/dashboard", ana, **SCHOOL)

    assert (await watcher.next())["type"] == "connection_established"


async def test_what_came_by_itself_stops_nobody_who_is_signed_in(ana, watch):
    blocked = AddressBlock(network="198.51.100.7", is_automatic=True)
    await in_thread(blocked.save)()
    blocks.forget()

    watcher = await watch("/ws/dashboard", ana, **SCHOOL)

    assert (await watcher.next())["type"] == "connection_established"
