"""A teacher's account from the first day: signing up, the second factor, a key, one's own data."""

import os
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from accounts.models import ApiKey, User
from classroom_site.tests.chromium import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files come from their sources
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]
PASSWORD = "horse battery staple"
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")


@pytest.fixture
def page(live_server, transactional_db, settings) -> Iterator[Page]:
    """Fails on whatever breaks the content policy or a script."""
    settings.SIGN_UP = "open"
    settings.PUBLIC_URL = live_server.url
    said: list[str] = []

    def hear(line: ConsoleMessage) -> None:
        if line.type == "error" and "WebSocket" not in line.text:  # here nobody answers those
            said.append(line.text)

    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=live_server.url, locale="en")
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    assert said == []


def look(page: Page, name: str) -> None:
    """Nothing sticks out of a phone; with SCREENSHOTS set, pictures to look at."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide on {width}"
        for scheme in ("light", "dark") if SCREENSHOTS else ():
            page.emulate_media(color_scheme=scheme)
            target = Path(SCREENSHOTS) / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=target, full_page=True)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time() // 30)))


def sign_up(page: Page) -> None:
    page.goto("/accounts/login/")
    look(page, "sign-in")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("E-mail").fill("eva@escola.example")
    page.get_by_label("Your name").fill("Eva Luz")
    page.get_by_role("textbox", name="Password").fill("short")
    page.get_by_role("button", name="Make account").click()
    expect(page.get_by_text("too short")).to_be_visible()
    look(page, "sign-up")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Make account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    look(page, "mail-sent")
    (link,) = re.findall(r"http://\S+", str(mail.outbox[0].body))
    page.goto(link)
    look(page, "confirm-email")
    page.get_by_role("button", name="Confirm").click()


def sign_in(page: Page) -> None:
    page.get_by_role("textbox", name="Username or email").fill("eva")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()


def set_up_second_factor(page: Page) -> str:
    page.goto("/profile")
    look(page, "profile")
    page.get_by_role("link", name="Set up a second factor").click()
    look(page, "second-factor-off")
    page.get_by_role("link", name="Set up an app").click()
    look(page, "reauthenticate")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Cannot scan it?").click()
    look(page, "app")
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_label("Code the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    look(page, "recovery-codes")
    page.get_by_role("link", name="I have them").click()
    look(page, "second-factor-on")
    return page.url


def test_a_teachers_first_day(page: Page, tmp_path: Path) -> None:
    sign_up(page)
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    set_up_second_factor(page)
    recovery = _recovery_codes(page)

    page.goto("/profile")
    page.locator("#sign-in").get_by_role("button", name="Sign out").click()
    sign_in(page)
    expect(page.get_by_role("heading", name="The code of your app")).to_be_visible()
    look(page, "code")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()

    page.goto("/profile/sessions")
    expect(page.get_by_text("this browser")).to_be_visible()
    look(page, "sessions")
    page.goto("/accounts/email/")
    if page.get_by_role("heading", name="Is it you?").is_visible():
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    look(page, "email")
    make_key(page)
    take_own_data(page, tmp_path)


def make_key(page: Page) -> None:
    page.goto("/profile/keys")
    look(page, "keys")
    page.get_by_label("Name").fill("school portal")
    page.locator("input[type=checkbox]").first.check()
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#key")).to_have_value(re.compile("^cdk_"))
    look(page, "key-made")
    assert ApiKey.objects.get().owner == User.objects.get()


def take_own_data(page: Page, folder: Path) -> None:
    page.goto("/profile")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download my data").click()
    coming.value.save_as(folder / "mine.zip")
    assert "eva@escola.example" in "".join(
        zipfile.ZipFile(folder / "mine.zip").read(name).decode()
        for name in zipfile.ZipFile(folder / "mine.zip").namelist()
        if name.endswith(".json")
    )


def _recovery_codes(page: Page) -> str:
    page.goto("/accounts/2fa/recovery-codes/")
    return page.locator(".codes code").first.inner_text()
