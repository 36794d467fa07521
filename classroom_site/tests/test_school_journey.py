"""The whole way through a real browser: connect Google, see the courses, bring one home, watch."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from classroom_site.tests.chromium import of_video, open_page, play, sign_in
from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PASSWORD = "giz-e-lousa-7"
TEACHER = "helena@escola.example"
MOST_CLICKS = 6


@pytest.fixture
def sandbox(tmp_path) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path / "sandbox", "--school")
    yield sandbox
    sandbox.close()


@pytest.fixture
def product(tmp_path, sandbox) -> Iterator[Product]:
    product = Product(tmp_path, **sandbox.environment(proxied=True), **sandbox.google())
    product.start()
    product.make_teacher("ana", PASSWORD)
    yield product
    product.close()


@pytest.fixture
def page(product) -> Iterator[Page]:
    with open_page(product.url) as page:
        yield page


def test_a_teacher_connects_her_account_and_brings_a_course_home(page: Page, product: Product):
    sign_in(page, "ana", PASSWORD)
    connect(page)
    clicks = download_a_course(page)
    assert clicks <= MOST_CLICKS
    batch = page.url
    expect(page.locator("main")).to_contain_text("completed", ignore_case=True, timeout=150_000)
    assert page.url == batch
    page.locator("main a[href^='/library/']").first.click()
    play(page)
    eventually(lambda: of_video(page, "v.currentTime > 0.3"), within=20)


def connect(page: Page) -> None:
    page.locator("main a[href='/google/connect']").first.click()
    page.check("input[name=drive]")
    page.get_by_role("button", name="Go on to Google").click()
    page.locator(f"input[name=account][value='{TEACHER}']").check()
    page.locator("button[value=allow]").click()
    expect(page.locator("main")).to_contain_text(TEACHER)


def download_a_course(page: Page) -> int:
    """From the home page to a queued course; return the clicks that took."""
    page.goto("/")
    clicks = 0
    for step in (
        page.locator("nav a[href='/courses']"),
        page.locator(".course-card a").first,
        page.locator("main a[href$='/download']").first,
        page.locator("main form[action$='/download/start'] button[type=submit]").first,
    ):
        step.click(timeout=90_000)
        clicks += 1
    page.wait_for_url("**/batches/*")
    return clicks
