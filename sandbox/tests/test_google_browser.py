"""The consent page in a browser: by mouse and by keyboard, on a phone and in the dark."""

import shutil
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from sandbox.tests.googling import ALL, DRIVE, LOGIN, STUDENT, TEACHER

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed"),
]
BACK = "/accounts/google/login/callback/"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def page(browser, sandbox, google):
    with browser.new_page(
        locale="pt-BR", color_scheme="dark", viewport={"width": 320, "height": 700}
    ) as opened:
        asked = {
            "client_id": "sandbox-client",
            "redirect_uri": sandbox.origin + BACK,
            "response_type": "code",
            "scope": " ".join([*LOGIN, *ALL]),
            "login_hint": STUDENT,
        }
        opened.goto(f"{sandbox.origin}/o/oauth2/v2/auth?{urlencode(asked)}")
        yield opened


def returned(page):
    page.wait_for_url(f"**{BACK}*")
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_an_account_is_chosen_and_a_box_unticked(page):
    assert page.title() == "Google (sandbox)"
    assert page.get_by_role("radio", name="Rafael Souza").is_checked()
    assert page.evaluate("document.documentElement.scrollWidth") == 320

    page.get_by_role("radio", name="Helena Duarte helena@escola.example").check()
    page.get_by_role("checkbox", name="Ver e baixar todos os seus arquivos").uncheck()
    page.get_by_role("button", name="Permitir").click()
    granted = returned(page)["scope"].split()
    assert DRIVE not in granted
    assert len(granted) == len([*LOGIN, *ALL]) - 1


def test_the_keyboard_is_enough_and_enter_allows(page, google):
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    assert page.get_by_role("radio", name=TEACHER).is_checked()

    page.keyboard.press("Enter")
    assert "code" in returned(page)


def test_one_may_refuse(page):
    page.get_by_role("button", name="Recusar").click()

    assert returned(page) == {"error": "access_denied"}
