"""The way of a teacher through a real browser: sign in, paste a link, watch the bar, watch it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from classroom_site.tests.chromium import of_video, open_page, play, sign_in
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

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
    with open_page(product.url) as page:
        yield page


def test_a_teacher_pastes_a_link_sees_it_arrive_and_watches_it(page: Page, product: Product):
    sign_in(page, "ana", PASSWORD)
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
    finished = page.locator(
        "#finished a[href^='/library/'], .board-then a[href^='/library/']"
    ).first
    expect(finished).to_be_visible(timeout=60_000)
    assert page.evaluate("window.neverReloaded") is True
    finished.click()
    watch(page)


def watch(page: Page) -> None:
    """Play, then jump to a later second: the range requests and the subtitles work."""
    play(page)
    eventually(lambda: of_video(page, "v.currentTime > 0.3"), within=20)
    page.evaluate("() => { document.querySelector('video').currentTime = 7; }")
    eventually(lambda: of_video(page, "v.currentTime > 7.2 && !v.seeking"), within=20)
    tracks = page.evaluate("[...document.querySelectorAll('track')].map(t => t.srclang).sort()")
    assert tracks == ["en", "pt"]
    assert of_video(page, "v.videoWidth") == 1280
    assert of_video(page, "v.poster").endswith("/library/1/thumbnail")


def test_the_page_comes_alive_again_after_the_server_restarted(page: Page, product: Product):
    sign_in(page, "ana", PASSWORD)
    page.evaluate("window.neverReloaded = true")
    product.stop()
    expect(page.locator("[data-live-mark=offline]")).to_be_visible(timeout=30_000)
    product.start()
    expect(page.locator("[data-live-mark=live]")).to_be_visible(timeout=40_000)
    product.queue(LESSON)
    expect(page.locator("[data-download] progress").first).to_be_visible(timeout=10_000)
    assert page.evaluate("window.neverReloaded") is True
