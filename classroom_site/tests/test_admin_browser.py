"""The back office in a real browser: nothing breaks the strict policy, in light and dark."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    sync_playwright,
)

from accounts.models import User
from accounts.services import api_keys
from core.models import Event, Status, WorkerHeartbeat
from downloads.models import Transition
from downloads.tests.build import make_download
from library.tests.build import make_video

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files come from their sources
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed"),
]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Playwright keeps an event loop running, which Django would take for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def addresses(ana, bruno, clara) -> list[str]:
    """Every page of the back office, each with rows to show."""
    video = make_video(ana, title=HOSTILE, subtitles={"pt": "WEBVTT"})
    failed = make_download(ana, status=Status.FAILED, title=HOSTILE, error_detail=HOSTILE)
    make_download(bruno, status=Status.RUNNING, progress_percent=61.7, total_bytes=412_000_000)
    make_download(bruno, status=Status.COMPLETED, title="Frações " * 30)
    make_download(ana)
    transition = Transition.objects.create(download=failed, target="queued", actor="user:1")
    event = Event.objects.create(topic="download.1", type="download_update", data={"a": HOSTILE})
    WorkerHeartbeat.objects.create(holder="abc123", node="school", pid=42, slots=10, busy=3)
    key, _secret = api_keys.create_api_key(
        by=ana, owner=ana, name=HOSTILE, scopes=["downloads:read"]
    )
    assert transition.download == failed
    rows = {
        "accounts/user": ana.pk,
        "accounts/apikey": key.pk,
        "core/event": event.pk,
        "core/workerheartbeat": "abc123",
        "downloads/download": failed.pk,
        "library/video": video.pk,
        "library/storedfile": video.file_id,
        "library/subtitle": video.subtitles.get().pk,
    }
    lists = [f"{name}/" for name in (*rows, "django_q/failure")]
    of_rows = [
        f"{name}/{pk}/{page}/" for name, pk in rows.items() for page in ("change", "history")
    ]
    apps = ["accounts/", "core/", "downloads/", "library/"]
    more = [
        "",
        "accounts/user/add/",
        "accounts/apikey/add/",
        f"accounts/user/{ana.pk}/password/",
        f"library/video/{video.pk}/delete/",
        "downloads/download/?created_at__year=2020",
        "downloads/download/?q=nothing",
    ]
    return [f"/admin/{path}" for path in (*more, *apps, *lists, *of_rows)]


@pytest.fixture
def signed_in(browser, live_server, clara_client) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url, locale="en")
    session = clara_client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def complaints(signed_in) -> list[str]:
    """What the browser says against a page: errors, refusals by policy, dialogs."""
    heard: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        heard.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            heard.append(said.text)

    signed_in.on("console", note)
    signed_in.on("weberror", lambda error: heard.append(str(error.error)))
    signed_in.on("dialog", dismiss)
    return heard


def picture(page: Page, name: str) -> None:
    """Kept only where somebody wants to look: SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "pt-br")])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_breaks_the_policy(
    signed_in, complaints, addresses, live_server, theme, language, width
):
    signed_in.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    User.objects.filter(username="clara").update(language=language)
    page = signed_in.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    paper = {"light": "rgb(247, 248, 250)", "dark": "rgb(16, 21, 29)"}[theme]

    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert (address, answer.status) == (address, 200)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        picture(page, f"{theme}-{width}{address.strip('/').replace('/', '_').replace('?', '-')}")
    page.wait_for_load_state("networkidle")

    assert complaints == []


def test_widgets_work_under_the_policy(signed_in, complaints, addresses):
    page = signed_in.new_page()
    page.goto("/admin/accounts/apikey/add/")
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("bruno")
    page.locator(".select2-results__option", has_text="bruno").click()
    page.locator("#id_name").fill("portal")
    page.get_by_label("downloads:read").check()
    page.locator(".datetimeshortcuts a").first.click()
    picture(page, "widgets")
    page.locator("input[name=expires_at_0]").fill("2099-01-01")
    page.locator("input[name=expires_at_1]").fill("12:00")
    page.locator("input[name=_save]").click()

    assert page.locator("#secret").input_value().startswith("cdk_")
    picture(page, "key")
    assert complaints == []


def test_staff_retry_and_purge_from_the_page_of_one_download(signed_in, complaints, addresses):
    page = signed_in.new_page()
    page.goto("/admin/downloads/download/?status__exact=failed")
    page.locator("#result_list tbody th a").click()
    page.get_by_role("button", name="Retry").click()
    assert page.locator(".messagelist").inner_text() == "1 is in the queue again."

    page.goto("/admin/downloads/download/?status__exact=completed")
    page.locator("#result_list input.action-select").check()
    page.locator("select[name=action]").select_option("purge")
    page.get_by_role("button", name="Go").click()
    picture(page, "purge")
    page.get_by_role("button", name="Delete").click()
    assert page.locator(".messagelist").inner_text() == "Deleted the files of 1 download."
    assert complaints == []
