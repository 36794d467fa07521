"""A real browser on the running product, which complains when anything is amiss."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
_OFFLINE = "ERR_CONNECTION_REFUSED"


@contextmanager
def open_page(url: str, **context: Any) -> Iterator[Page]:
    """A page that fails the test on any script error or breach of the content policy."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_context(locale="en-GB", base_url=url, **context).new_page()
        page.set_default_timeout(30_000)
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        browser.close()
        complaints = [line for line in said if _OFFLINE not in line]
        assert not complaints, complaints


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    expect(page.locator("[data-live-mark=live]")).to_be_visible()


def of_video(page: Page, script: str) -> Any:
    """Not by `wait_for_function`, which evaluates strings: the content policy forbids that."""
    return page.evaluate(
        f"() => {{ const v = document.querySelector('video'); return {script}; }}"
    )


def play(page: Page) -> None:
    expect(page.locator("video")).to_be_visible()
    page.evaluate("() => { const v = document.querySelector('video'); v.muted = true; v.play(); }")
