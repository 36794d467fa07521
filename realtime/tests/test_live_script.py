"""static/js/live.js in a browser, against a server that a test plays."""

import asyncio
import http
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.async_api import Page, async_playwright
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Response

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

PAGE = """<!doctype html><html lang="pt-br"><meta charset="utf-8">
<body data-live="/ws/dashboard">
  <span data-live-mark="offline" data-stage-downloading="Baixando" data-left="faltam {time}">
    <b data-live-word="live" hidden>ao vivo</b><b data-live-word="offline">sem conexão</b>
    <button data-live-retry hidden>tentar agora</button>
    <a data-live-sign-in href="/login" hidden>entrar</a>
  </span>
  <div data-download="42">
    <progress max="100"></progress>
    <i data-field="percent"></i><i data-field="bytes"></i><i data-field="total"></i>
    <i data-field="speed"></i><i data-field="eta"></i><i data-field="stage"></i>
  </div>
  <script src="/count.js"></script><script src="/live.js"></script>
</body></html>"""
COUNT = "window.changes = 0; document.body.addEventListener('live:changed', () => changes++);"
FILES = {
    "/": ("text/html", PAGE),
    "/favicon.ico": ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/count.js": ("text/javascript", COUNT),
    "/live.js": (
        "text/javascript",
        (Path(settings.BASE_DIR) / "static/js/live.js").read_text(),
    ),
}
CARD = {
    "id": 42,
    "status": "running",
    "stage": "downloading",
    "title": "Frações",
    "thumbnail": None,
    "progress": 61.7,
    "downloaded_bytes": 8_240_000,
    "total_bytes": 671_000_000,
    "speed_bytes_per_second": 1_234_567.8,
    "eta_seconds": 72.0,
}


class Site:
    """Serves the page; `closing` is the code with which sockets are refused."""

    url: str

    def __init__(self) -> None:
        self.open: list[ServerConnection] = []
        self.closing = 0
        self.visits = 0
        self.cards = [CARD]
        self.stats = {"downloading": 1}

    def request(self, connection, request):
        if request.path not in FILES:
            return None
        kind, body = FILES[request.path]
        policy = "default-src 'self'"
        headers = Headers({"Content-Type": kind, "Content-Security-Policy": policy})
        headers["Content-Length"] = str(len(body.encode()))
        return Response(http.HTTPStatus.OK.value, "OK", headers, body.encode())

    async def socket(self, connection: ServerConnection) -> None:
        self.visits += 1
        if self.closing:
            await connection.close(self.closing)
            return
        self.open.append(connection)
        await connection.send(json.dumps({"type": "connection_established", "data": {}}))
        await connection.send(self.dashboard())
        async for message in connection:
            assert json.loads(message) == {"type": "ping"}
            await connection.send('{"type":"pong","data":{}}')

    def dashboard(self) -> str:
        data = {"downloads_in_progress": self.cards, "queue_stats": self.stats}
        return json.dumps({"type": "dashboard_update", "data": data})

    async def tell(self) -> None:
        await self.open[-1].send(self.dashboard())

    async def drop(self) -> None:
        await self.open.pop().close(1001)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with serve(site.socket, "127.0.0.1", 0, process_request=site.request) as server:
        site.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        yield site


@pytest.fixture
async def page(site) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = await browser.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        await browser.close()
        assert [error for error in errors if "WebSocket" not in error] == []


async def texts(page: Page) -> dict[str, str]:
    read = (
        "[...document.querySelectorAll('[data-field]')].map(e => [e.dataset.field, e.textContent])"
    )
    return dict(await page.evaluate(read))


async def becomes(page: Page, condition: str, within: float = 5) -> None:
    """Not by `wait_for_function`, which evaluates strings: the content policy forbids that."""
    async with asyncio.timeout(within):
        while not await page.evaluate(condition):
            await asyncio.sleep(0.02)


async def mark(page: Page, state: str, within: float = 5) -> None:
    selector = f"[data-live-mark={state}]"
    await page.wait_for_selector(selector, state="attached", timeout=within * 1000)


async def test_progress_is_written_in_place_in_the_language_of_the_page(page, site):
    await page.goto(site.url)
    await mark(page, "live")

    assert await texts(page) == {
        "percent": "61%",
        "bytes": "8,2\u00a0MB",
        "total": "671\u00a0MB",
        "speed": "1,2\u00a0MB/s",
        "eta": "faltam 1\u00a0min",
        "stage": "Baixando",
    }
    assert await page.evaluate("document.querySelector('progress').value") == 61.7
    assert await page.locator("[data-live-word=live]").is_visible()
    assert not await page.locator("[data-live-word=offline]").is_visible()

    await asyncio.sleep(0.5)
    before = await page.evaluate("changes")
    site.cards = [{**CARD, "progress": 70, "total_bytes": None, "stage": "unheard-of"}]
    await site.tell()
    await becomes(page, "!document.querySelector('progress').hasAttribute('value')")
    shown = await texts(page)
    assert (shown["percent"], shown["total"], shown["stage"]) == ("", "", "Baixando")
    await asyncio.sleep(0.5)
    assert await page.evaluate("changes") == before


async def test_what_comes_goes_or_changes_state_refreshes_the_page_but_not_too_often(page, site):
    await page.goto(site.url)
    await mark(page, "live")
    await becomes(page, "changes === 1")

    for number in range(30):
        site.stats = {"downloading": number + 5}
        await site.tell()
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)

    assert 2 <= await page.evaluate("changes") <= 6


async def test_after_a_restart_of_the_server_the_page_comes_back_and_refreshes(page, site):
    await page.goto(site.url)
    await mark(page, "live")
    await becomes(page, "changes === 1")

    site.closing = 1013
    await site.drop()
    await mark(page, "offline")
    assert await page.locator("[data-live-retry]").is_visible()
    site.closing = 0
    await mark(page, "live", within=10)

    assert not await page.locator("[data-live-retry]").is_visible()
    await becomes(page, "changes === 2")


async def test_trying_again_now_does_not_wait(page, site):
    await page.goto(site.url)
    await mark(page, "live")
    await page.evaluate("Math.random = () => 0.9999")
    site.closing = 1013
    await site.drop()
    await asyncio.sleep(4)
    visits = site.visits
    site.closing = 0

    await page.locator("[data-live-retry]").click()

    await mark(page, "live", within=1)
    assert site.visits == visits + 1


async def test_when_the_session_has_ended_the_page_says_so_and_stops(page, site):
    await page.goto(site.url)
    await mark(page, "live")
    site.closing = 4401
    await site.drop()

    await page.wait_for_selector("[data-live-sign-in]", state="visible", timeout=5000)
    visits = site.visits
    await asyncio.sleep(1.5)
    assert site.visits == visits == 3
    assert not await page.locator("[data-live-retry]").is_visible()


async def test_silence_is_shown_and_then_ended(page, site):
    await page.clock.install()
    await page.goto(site.url)
    await mark(page, "live")
    quiet = site.open[-1]
    quiet.send = lambda _: asyncio.sleep(0)

    await page.clock.run_for(50_000)
    await mark(page, "delayed")
    await page.clock.run_for(20_000)
    await mark(page, "live")
    assert site.visits == 2
