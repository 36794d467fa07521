"""Sockets opened with an access token, and how soon they end with its session."""

import pytest

from accounts.models import ApiKey, ApiSession
from accounts.services import api_keys, api_sessions
from accounts.tests.tokens import tokens_of
from realtime import hub
from realtime.tests.conftest import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _checked_often(monkeypatch) -> None:
    assert hub.CHECK_SECONDS < 10
    monkeypatch.setattr(hub, "CHECK_SECONDS", 0.1)


async def opened(watch, person):
    tokens = await in_thread(tokens_of)(person)
    watcher = await watch("/ws/dashboard", origin="", authorization=f"Bearer {tokens.access}")
    assert (await watcher.next())["type"] == "connection_established"
    return watcher, tokens


async def test_a_program_watches_with_its_access_token_alone(ana, watch):
    _watcher, tokens = await opened(watch, ana)
    wrong = await watch("/ws/dashboard", origin="", authorization=f"Bearer {tokens.refresh}")
    assert await wrong.closed_with() == 4401


async def test_signing_out_closes_the_sockets_of_that_sign_in_alone(ana, watch):
    here, tokens = await opened(watch, ana)
    there, _other = await opened(watch, ana)
    await in_thread(api_sessions.end)(refresh=tokens.refresh)
    assert await here.closed_with() == 4401
    assert await in_thread(ApiSession.objects.filter(revoked_at=None).count)() == 1
    await in_thread(api_sessions.end_all)(user=ana, why="closed")
    assert await there.closed_with() == 4401


async def test_a_new_password_closes_the_sockets_of_programs(ana, watch):
    watcher, _tokens = await opened(watch, ana)
    await in_thread(ana.set_password)("another long secret")
    await in_thread(ana.save)()
    assert await watcher.closed_with() == 4401


async def test_a_closed_account_closes_the_sockets_of_programs(ana, watch):
    watcher, _tokens = await opened(watch, ana)
    ana.is_active = False
    await in_thread(ana.save)()
    assert await watcher.closed_with() == 4401


async def test_a_key_bound_to_tenants_watches_nothing(ana, watch):
    key = {"name": "portal", "scopes": ["downloads:read"], "tenant_ids": ["azul"]}
    _row, secret = await in_thread(api_keys.create_api_key)(by=ana, owner=ana, **key)
    watcher = await watch("/ws/dashboard", origin="", authorization=f"Bearer {secret}")
    assert await watcher.closed_with() == 4403


async def test_a_key_of_staff_without_staffs_scope_is_not_closed_for_it(clara, watch):
    key = {"name": "screen", "scopes": ["downloads:read"]}
    _row, secret = await in_thread(api_keys.create_api_key)(by=clara, owner=clara, **key)
    watcher = await watch("/ws/dashboard", origin="", authorization=f"Bearer {secret}")
    await watcher.next_of("dashboard_update")
    assert await watcher.nothing(0.5)
    await in_thread(ApiKey.objects.all().delete)()
    assert await watcher.closed_with() == 4401
