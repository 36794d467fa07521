"""The example pages, on an origin of their own, against the running product."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from classroom_site.tests.chromium import open_page
from classroom_site.tests.product import ROOT, Product, SandboxProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PASSWORD = "giz-e-lousa-7"
NODE = Path("/usr/share/nodejs")
# React as Debian has it: scripts that make globals, which a module then gives on.
REACT_PAGE = """<!doctype html><title>Portal</title><div id="root"></div>
<script src="react.development.js"></script><script src="react-dom.development.js"></script>
<script type="importmap">{"imports": {"react": "./react.mjs"}}</script>
<script type="module">
import { createElement } from "react";
import { DownloadList } from "./DownloadList.js";
const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const onExpired = () => { document.title = "Expired"; };
ReactDOM.createRoot(document.getElementById("root"))
  .render(createElement(DownloadList, { ...given, every: 200, onExpired }));
</script>"""
REACT_MODULE = "export const { createElement, useEffect, useState } = window.React;"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = Path(shutil.copytree(ROOT / "docs/examples", tmp_path_factory.mktemp("pages") / "x"))
    (folder / "favicon.ico").touch()
    return folder


@pytest.fixture(scope="module")
def pages(folder) -> Iterator[str]:
    """The address under which another site shows them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox, pages) -> Iterator[Product]:
    limits = {"RATE_LIMIT_PER_MINUTE": "0", "RATE_LIMIT_READS_PER_MINUTE": "0"}
    product = Product(
        tmp_path_factory.mktemp("product"),
        CORS_ALLOWED_ORIGINS=pages,
        **sandbox.environment(proxied=False),
        **limits,
    )
    product.start()
    product.make_teacher("ana", PASSWORD)
    yield product
    product.close()


def test_the_dashboard_signs_in_queues_watches_and_cancels(product, sandbox, pages):
    with open_page(pages) as page:
        page.goto("/dashboard.html")
        page.get_by_label("Site").fill(product.url)
        page.get_by_label("Name or e-mail").fill("ana")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Link").fill(sandbox.unique_url("page", 200_000))
        page.get_by_role("button", name="Download").click()
        expect(page.locator("#rows")).to_contain_text("completed")
        page.get_by_label("Link").fill(sandbox.unique_url("slow", 9_000_000, rate=100_000))
        page.get_by_role("button", name="Download").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("#rows")).to_contain_text("cancelled")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()

    ended = {one["url"].split("/")[-2]: one["status"] for one in product.downloads()}
    assert (ended["page"], ended["slow"]) == ("completed", "cancelled")


@pytest.mark.skipif(not (NODE / "react-dom").exists(), reason="apt install node-react-dom")
def test_the_react_component_shows_what_happens(product, sandbox, pages, folder):
    for name in ("react", "react-dom"):
        shutil.copy(NODE / name / "umd" / f"{name}.development.js", folder / "react")
    (folder / "react" / "index.html").write_text(REACT_PAGE)
    (folder / "react" / "react.mjs").write_text(REACT_MODULE)
    signed_in = {"login": "ana", "password": PASSWORD}
    answer = requests.post(f"{product.url}/api/v1/auth/login", json=signed_in, timeout=10)
    token = answer.json()["access_token"]

    with open_page(pages) as page:
        page.goto(f"/react/#site={product.url}&token={token}")
        expect(page.locator("section")).to_be_visible()
        address = sandbox.unique_url("react", 9_000_000, rate=100_000)
        made = product.queue(address, title="Followed by React")
        line = page.get_by_role("listitem").filter(has_text="Followed by React")
        expect(line.get_by_role("progressbar")).to_be_visible()
        line.get_by_role("button", name="Cancel").click()
        expect(line).to_contain_text("cancelled")

    assert product.download(made["id"])["status"] == "cancelled"


def test_pages_of_other_origins_are_not_answered(product):
    elsewhere = {"Origin": "https://elsewhere.example"}
    answer = requests.get(f"{product.url}/api/v1/downloads", headers=elsewhere, timeout=10)

    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer.headers
