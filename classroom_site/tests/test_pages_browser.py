"""The pages in a real browser: what scripts add, and that nothing a title says is ever run."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Page,
    expect,
    sync_playwright,
)

from core.models import Status
from downloads.models import Download
from downloads.tests.build import make_download
from library.models import Video
from library.tests.build import make_video

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files come from their sources
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),  # files, over WSGI
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed"),
]
# What browser and htmx say where a test takes the server away.
UNANSWERED = (
    "ERR_FAILED",
    "htmx:sendError",
    "htmx:afterRequest",
    "status of 500",
    "Response Status Error Code 500",
)
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>' + "Wort" * 60


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Playwright keeps an event loop running, which Django would take for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser, live_server, ana_client) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url, locale="en")
    session = ana_client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context) -> Iterator[Page]:
    """A page that ends the test with what the browser has to complain about."""
    heard: list[str] = []
    page = context.new_page()

    def refuse(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("dialog", refuse)
    yield page
    # This server has no sockets, refusals are part of the tests; everything else is a fault.
    expected = ("/ws/", "status of 404", "status of 422", *UNANSWERED)
    assert [line for line in heard if not any(part in line for part in expected)] == []


@pytest.fixture
def addresses(ana) -> list[str]:
    video = make_video(
        ana,
        title=HOSTILE,
        uploader=HOSTILE,
        description=HOSTILE,
        chapters=[{"title": HOSTILE, "start_seconds": 0, "end_seconds": 9}],
    )
    rows = [
        make_download(
            ana, status=status, title=HOSTILE, error_detail=HOSTILE, total_bytes=10, video=None
        )
        for status in Status
    ]
    return [
        *(reverse(name) for name in ("home", "downloads:list", "library:list", "profile")),
        *(reverse("downloads:detail", args=[row.pk]) for row in rows),
        reverse("library:video", args=[video.pk]),
        reverse("library:delete", args=[video.pk]),
        reverse("downloads:purge", args=[rows[2].pk]),
        reverse("account_change_password"),
        "/nothing",
    ]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_the_worst_title_is_text_and_breaks_no_page(page, ana, addresses, width, language):
    ana.language = language
    ana.save()
    page.set_viewport_size({"width": width, "height": 844})

    for address in addresses:
        page.goto(address)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (address, max(0, too_wide)) == (address, 0)
        assert page.locator("img[src=x]").count() == 0
    assert page.title() != ""


def test_a_link_is_queued_without_leaving_the_page(page):
    page.goto("/")
    page.evaluate("window.neverReloaded = true")
    page.keyboard.press("n")
    page.keyboard.type("https://videos.example.org/lesson.mp4")
    page.keyboard.press("Enter")

    expect(page.locator(".toast-note")).to_contain_text("It is in the queue.")
    expect(page.locator("#panel-waiting .row-title")).to_contain_text("videos.example.org")
    expect(page.locator("#id_url")).to_have_value("")
    assert page.evaluate("window.neverReloaded") is True
    assert Download.objects.get().status == Status.QUEUED


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0, "The site could not be reached. Nothing was sent."),
        (500, "Something broke on our side. Look how it stands now, then try again."),
    ],
)
def test_an_older_success_does_not_pass_for_the_answer_of_a_site_that_is_away(
    page, ana, status, said
):
    waiting = make_download(ana)
    page.goto("/")
    page.fill("#id_url", "videos.example.org/lesson.mp4")
    page.press("#id_url", "Enter")
    expect(page.locator(".toast-note")).to_contain_text("It is in the queue.")
    expect(page.locator("#panel-waiting .row-title")).to_have_count(2)  # drawn anew by then

    page.route(
        "**/cancel", lambda route: route.fulfill(status=status) if status else route.abort()
    )
    page.locator(f"#cancel-{waiting.pk}").click()

    expect(page.locator(".toast-note")).to_have_count(1)
    expect(page.locator(".toast-note")).to_contain_text(said)
    waiting.refresh_from_db()
    assert waiting.status == Status.QUEUED


def test_speed_and_time_left_go_while_nothing_is_heard(page, ana):
    make_download(
        ana,
        status=Status.RUNNING,
        downloaded_bytes=412_000_000,
        total_bytes=671_000_000,
        speed_bytes_per_second=8_200_000,
        eta_seconds=31,
    )
    page.goto("/")

    expect(page.locator("[data-live-mark=offline]")).to_be_visible()
    expect(page.locator("[data-field=bytes]")).to_be_visible()
    expect(page.locator("[data-field=speed]")).to_be_hidden()
    expect(page.locator("[data-field=eta]")).to_be_hidden()


def test_a_wrong_link_stays_and_is_pointed_at(page):
    page.goto("/")
    page.fill("#id_url", "ftp://example.org/a")
    page.press("#id_url", "Enter")

    expect(page.locator("#id_url_error")).to_be_visible()
    expect(page.locator("#id_url")).to_have_value("ftp://example.org/a")
    expect(page.locator("#id_url")).to_be_focused()


def test_a_download_is_cancelled_in_its_row(page, ana):
    make_download(ana, title="Unwanted")
    page.goto("/downloads?status=queued")
    page.get_by_role("button", name="Cancel Unwanted").click()

    expect(page.get_by_text("No download matches this filter.")).to_be_visible()
    expect(page.locator("[data-announcer]")).to_be_empty()
    assert Download.objects.get().status == Status.CANCELLED


def test_a_change_of_state_is_read_out_once(page, ana):
    download = make_download(ana, status=Status.RUNNING, title="Fractions")
    page.goto("/downloads")
    Download.objects.filter(pk=download.pk).update(
        status=Status.FAILED, finished_at=download.started_at
    )
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:changed'))")

    expect(page.locator("[data-announcer]")).to_have_text("Fractions: Failed")


def test_the_filter_answers_while_one_types_and_is_in_the_address(page, ana):
    make_download(ana, title="Alpha")
    make_download(ana, title="Beta")
    page.goto("/downloads")
    page.keyboard.press("/")
    page.keyboard.type("alp")

    expect(page.locator(".row-title")).to_have_text(["Alpha"])
    assert "search=alp" in page.url
    page.reload()
    expect(page.locator(".row-title")).to_have_text(["Alpha"])


def test_deleting_is_asked_in_a_dialog_that_can_be_left(page, ana):
    video = make_video(ana, title="Fractions")
    page.goto(reverse("library:video", args=[video.pk]))
    page.get_by_role("link", name="Delete…").click()
    expect(page.locator("dialog[open]")).to_contain_text("Delete “Fractions”?")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Video.objects.count() == 1

    page.get_by_role("link", name="Delete…").click()
    page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(page.locator(".toast-note")).to_contain_text("“Fractions” was deleted.")
    assert Video.objects.count() == 0


def test_shortcuts_are_listed_and_can_be_switched_off(page):
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.get_by_role("switch").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")

    expect(page.locator("#id_url")).not_to_be_focused()


def test_colours_change_at_once_and_stay(page):
    page.goto("/")
    page.locator(".side").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/library")

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_a_password_can_be_looked_at(page):
    page.goto("/accounts/password/change/")
    page.fill("#id_oldpassword", "secret")
    page.get_by_role("button", name="Show password").first.click()

    expect(page.locator("#id_oldpassword")).to_have_attribute("type", "text")
