"""Swagger UI and ReDoc work under our own policy; Swagger calls the API as who is signed in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from classroom_site.tests.product import Product
from classroom_site.tests.webserver import web_server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with web_server(tmp_path_factory.mktemp("docs")) as (product, _process):
        yield product


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser.new_page()
        browser.close()


def complaints(page: Page) -> list[str]:
    """What the browser's console will have said is wrong."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda failure: found.append(str(failure)))
    return found


def test_swagger_queues_a_download_for_who_is_signed_in(product, page):
    wrong = complaints(page)
    page.goto(f"{product.url}/accounts/login/")
    page.fill("input[name=login]", "ana")
    page.fill("input[name=password]", "giz-e-lousa-7")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{product.url}/")
    page.goto(f"{product.url}/docs")
    operation = page.locator("#operations-downloads-queue_download")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea.body-param__text").fill('{"url": "https://example.org/a.mp4"}')
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response-col_status", has_text="201").wait_for()
    (made,) = product.downloads()
    assert made["url"] == "https://example.org/a.mp4"
    assert wrong == []


def test_redoc_draws_every_operation(product, page):
    wrong = complaints(page)
    page.goto(f"{product.url}/redoc")
    page.get_by_role("heading", name="Fetch a video's file").wait_for()
    assert page.locator("[data-section-id^='operation/'], [id^='operation/']").count() > 0
    # Its own picture comes from another host, and is kept out.
    assert [text for text in wrong if "logo-mini.svg" not in text] == []
