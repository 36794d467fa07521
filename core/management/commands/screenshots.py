"""Pictures of every kind of page of a running site, in both themes, on a screen and on a phone."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError
from django.urls import Resolver404, resolve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = (1280, 390)
THEMES = ("light", "dark")
# Pages of other makers, and what is no page at all.
LEFT_OUT = ("account_login", "admin", "api", "schema", "library:file")


class Command(BaseCommand):
    help = "Walk a running site as one person and save a picture of every kind of page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--username", required=True, help="whose eyes to look with")
        parser.add_argument("--url", default=f"http://{settings.HOST}:{settings.PORT}/")
        parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium")

    def handle(self, *args: Any, **options: Any) -> None:
        from playwright.sync_api import sync_playwright

        session = _session_of(options["username"])
        options["folder"].mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=options["browser"], args=["--no-sandbox"]
            )
            for theme in THEMES:
                for width in WIDTHS:
                    context = _context(browser, options["url"], session, theme, width)
                    for name, page in _walk(context.new_page(), options["url"]):
                        file = options["folder"] / f"{name}-{theme}-{width}.png"
                        page.screenshot(path=file, full_page=True)
                        self.stdout.write(str(file))
                    context.close()


def _session_of(username: str) -> str:
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no user {username}.")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _context(
    browser: "Browser", url: str, session: str, theme: str, width: int
) -> "BrowserContext":
    context = browser.new_context(viewport={"width": width, "height": 860})
    cookies = {settings.SESSION_COOKIE_NAME: session, "theme": theme}
    context.add_cookies(
        [{"name": name, "value": text, "url": url} for name, text in cookies.items()]
    )
    return context


def _walk(page: "Page", url: str) -> Iterator[tuple[str, "Page"]]:
    """Every kind of page that links lead to, each once: kinds are the names of addresses."""
    seen: set[str] = set()
    waiting = [url]
    while waiting:
        address = waiting.pop(0)
        kind = _kind(address, url)
        if not kind or kind in seen:
            continue
        seen.add(kind)
        page.goto(address)
        page.wait_for_timeout(400)
        yield kind.replace(":", "-"), page
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        waiting += [urljoin(url, link) for link in links]


def _kind(address: str, url: str) -> str:
    """The name of the address, empty where it leads out of the site or to no page."""
    parts = urlsplit(address)
    if parts.netloc != urlsplit(url).netloc:
        return ""
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return ""
    return "" if name.startswith(LEFT_OUT) else name
