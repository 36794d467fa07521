"""Who may open a socket, from where, and how many."""

import pytest
from django.conf import settings as django_settings

from accounts.services import api_keys
from downloads.tests.build import make_download
from realtime import limits
from realtime.tests.conftest import OURS, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_visitor_who_is_not_signed_in_is_sent_to_sign_in(watch):
    assert await (await watch("/ws/dashboard")).closed_with() == 4401


async def test_a_session_cookie_that_is_made_up_is_worth_nothing(watch):
    watcher = await watch("/ws/dashboard", cookie="sessionid=0123456789abcdef0123456789abcdef")

    assert await watcher.closed_with() == 4401


async def test_bruno_cannot_tell_anas_download_from_one_that_is_not_there(ana, bruno, watch):
    download = await in_thread(make_download)(ana)

    hers = await watch(f"/ws/downloads/{download.pk}", bruno)
    nobodys = await watch("/ws/downloads/999999", bruno)

    assert await hers.closed_with() == await nobodys.closed_with() == 4404


async def test_staff_may_watch_anybodys(ana, clara, watch):
    download = await in_thread(make_download)(ana)

    watcher = await watch(f"/ws/downloads/{download.pk}", clara)

    assert (await watcher.next_of("download_update"))["download_id"] == download.pk


async def test_an_unknown_path_is_closed_not_a_crash(ana, watch):
    assert await (await watch("/ws/nothing", ana)).closed_with() == 4404


async def test_an_integrator_watches_with_a_key_and_without_an_origin(integrator_key, watch):
    watcher = await watch("/ws/dashboard", origin="", authorization=f"Bearer {integrator_key}")

    assert (await watcher.next())["type"] == "connection_established"


async def test_a_key_without_the_scope_may_not_watch(ana, watch):
    _, secret = await in_thread(api_keys.create_api_key)(
        by=ana, owner=ana, name="library only", scopes=["library:read"]
    )

    watcher = await watch("/ws/dashboard", origin="", authorization=f"Bearer {secret}")

    assert await watcher.closed_with() == 4403


async def test_a_wrong_key_is_not_made_good_by_a_session(ana, watch):
    watcher = await watch("/ws/dashboard", ana, authorization="Bearer cdk_wrong")

    assert await watcher.closed_with() == 4401


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("testserver", "http://evil.example"),
        ("testserver", "http://testserver.evil.example"),
        ("testserver", "http://testserver:8001"),
        ("testserver:8001", "http://testserver:8002"),
        ("testserver:8001", "http://testserver"),
        ("testserver", "null"),
        ("testserver", "ftp://testserver"),
        ("testserver", "http://testserver:port"),
        ("testserver", ""),
        ("evil.example", "http://evil.example"),
        ("", OURS),
    ],
)
async def test_a_foreign_page_is_refused_before_the_handshake(ana, watch, host, origin):
    watcher = await watch("/ws/dashboard", ana, host=host, origin=origin)

    assert await watcher.nothing(0)
    assert watcher.accepted is False


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("testserver", "http://testserver"),
        ("testserver", "https://testserver"),
        ("testserver:443", "https://testserver"),
        ("testserver:8001", "http://testserver:8001"),
        ("TestServer", "http://testserver"),
        ("testserver", "https://portal.school.example"),
    ],
)
async def test_our_own_pages_are_let_in(ana, watch, settings, host, origin):
    settings.CSRF_TRUSTED_ORIGINS = ["https://portal.school.example"]

    watcher = await watch("/ws/dashboard", ana, host=host, origin=origin)

    assert watcher.accepted is True
    assert (await watcher.next())["type"] == "connection_established"


async def test_the_eleventh_socket_of_one_person_is_refused_and_the_ten_go_on(ana, bruno, watch):
    first = [await watch("/ws/dashboard", ana) for _ in range(limits.PER_USER)]
    for watcher in first:
        await watcher.next_of("dashboard_update")

    assert await (await watch("/ws/dashboard", ana)).closed_with() == 4429
    assert (await (await watch("/ws/dashboard", bruno)).next())["type"] == "connection_established"
    await first[0].say('{"type": "ping"}')
    assert (await first[0].next_of("pong"))["data"] == {}

    await first[0].leave()
    assert (await (await watch("/ws/dashboard", ana)).next())["type"] == "connection_established"


async def test_one_address_holds_only_so_many(ana, bruno, watch, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", 1)
    await (await watch("/ws/dashboard", ana)).next()

    assert await (await watch("/ws/dashboard", bruno)).closed_with() == 4429


async def test_behind_a_proxy_the_address_is_the_clients(ana, bruno, watch, monkeypatch, settings):
    settings.TRUSTED_PROXIES = 1
    monkeypatch.setattr(limits, "PER_ADDRESS", 1)
    school = {"x_forwarded_for": "6.6.6.6, 198.51.100.7"}
    await (await watch("/ws/dashboard", ana, **school)).next()

    same = await watch("/ws/dashboard", bruno, x_forwarded_for="7.7.7.7, 198.51.100.7")
    other = await watch("/ws/dashboard", bruno, x_forwarded_for="198.51.100.7, 198.51.100.8")

    assert await same.closed_with() == 4429
    assert (await other.next())["type"] == "connection_established"


async def test_clients_may_say_ping_and_nothing_else(ana, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next_of("dashboard_update")

    for text, code in [
        ('{"type": "ping"}', ""),
        ('{"type": "cancel", "id": 1}', "unknown_message"),
        ("[1]", "unknown_message"),
        ("not json", "invalid_message"),
        ("[" * 60_000, "invalid_message"),
    ]:
        await watcher.say(text)
        answer = await watcher.next()
        assert (answer["type"], answer["data"].get("code", "")) == (
            "error" if code else "pong",
            code,
        )


async def test_bytes_are_no_message(ana, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next_of("dashboard_update")

    await watcher.say_bytes(b"\x00\x01")

    assert await watcher.closed_with() == 1003


async def test_a_client_that_talks_without_end_is_closed(ana, watch):
    watcher = await watch("/ws/dashboard", ana)
    await watcher.next_of("dashboard_update")

    for _ in range(100):
        await watcher.say('{"type": "ping"}')

    assert await watcher.closed_with() == 1008


def test_the_scope_the_sockets_ask_for_exists():
    from accounts.scopes import SCOPES
    from realtime.access import SCOPE

    assert SCOPE in SCOPES
    assert django_settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
