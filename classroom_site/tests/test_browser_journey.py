"""The way of a teacher through a real browser: sign in, paste a link, watch the bar, watch it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "giz-e-lousa-7"
LESSON = "https://www.youtube.com/watch?v=slowlesson1"


@pytest.fixture
def sandbox(tmp_path) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path / "sandbox")
    yield sandbox
    sandbox.close()


@pytest.fixture
def product(tmp_path, sandbox) -> Iterator[Product]:
    product = Product(tmp_path, **sandbox.environment(proxied=True))
    product.start()
    product.make_teacher("ana", PASSWORD)
    yield product
    product.close()


@pytest.fixture
def page(product) -> Iterator[Page]:
    """A page that fails the test on any script error or breach of the content policy."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_context(locale="en-GB", base_url=product.url).new_page()
        page.set_default_timeout(30_000)
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        browser.close()
        offline = "ERR_CONNECTION_REFUSED"
        assert [line for line in said if offline not in line] == []


def sign_in(page: Page) -> None:
    page.goto("/")
    page.fill("input[name=login]", "ana")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], form button[type=submit]")
    expect(page.locator("[data-live-mark=live]")).to_be_visible()


def test_a_teacher_pastes_a_link_sees_it_arrive_and_watches_it(page: Page, product: Product):
    sign_in(page)
    page.evaluate("window.neverReloaded = true")
    page.fill("#queue-form input[name=url]", LESSON)
    page.press("#queue-form input[name=url]", "Enter")
    bar = page.locator("[data-download] progress").first
    expect(bar).to_be_visible()
    seen: set[float] = set()

    def moved() -> bool:
        if bar.count():
            seen.add(float(bar.get_attribute("value") or 0))
        return len(seen) >= 4

    eventually(moved, within=60, every=0.1, message="the bar moves")
    play = page.locator("#finished a[href^='/library/'], .board-then a[href^='/library/']").first
    expect(play).to_be_visible(timeout=60_000)
    assert page.evaluate("window.neverReloaded") is True
    play.click()
    watch(page)


def watch(page: Page) -> None:
    """Play, then jump to a later second: the range requests and the subtitles work."""
    expect(page.locator("video")).to_be_visible()
    page.evaluate("() => { const v = document.querySelector('video'); v.muted = true; v.play(); }")
    eventually(lambda: of_video(page, "v.currentTime > 0.3"), within=20)
    page.evaluate("() => { document.querySelector('video').currentTime = 7; }")
    eventually(lambda: of_video(page, "v.currentTime > 7.2 && !v.seeking"), within=20)
    tracks = page.evaluate("[...document.querySelectorAll('track')].map(t => t.srclang).sort()")
    assert tracks == ["en", "pt"]
    assert of_video(page, "v.videoWidth") == 1280
    assert of_video(page, "v.poster").endswith("/library/1/thumbnail")


def of_video(page: Page, script: str) -> Any:
    """Not by `wait_for_function`, which evaluates strings: the content policy forbids that."""
    return page.evaluate(
        f"() => {{ const v = document.querySelector('video'); return {script}; }}"
    )


def test_the_page_comes_alive_again_after_the_server_restarted(page: Page, product: Product):
    sign_in(page)
    page.evaluate("window.neverReloaded = true")
    product.stop()
    expect(page.locator("[data-live-mark=offline]")).to_be_visible(timeout=30_000)
    product.start()
    expect(page.locator("[data-live-mark=live]")).to_be_visible(timeout=40_000)
    product.queue(LESSON)
    expect(page.locator("[data-download] progress").first).to_be_visible(timeout=10_000)
    assert page.evaluate("window.neverReloaded") is True
