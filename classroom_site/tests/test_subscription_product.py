"""A channel watched by the whole product: looked at, fetched by rule, in its directory."""

from collections.abc import Iterator
from typing import Any

import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [pytest.mark.timeout(180), pytest.mark.slow]

SCOPES = "subscriptions:write,downloads:read,library:read"
CHANNEL = "https://www.youtube.com/@professora-ana"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory, sandbox) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("product"), **sandbox.environment(proxied=True))
    product.start()
    product.make_teacher()
    product._key = product.manage(
        *["create_api_key", "--username", "ana", "--name", "watching", "--scopes", SCOPES]
    )
    yield product
    product.close()
    assert product.marked() == []


def get(product: Product, path: str) -> dict[str, Any]:
    answer = product.call("GET", path)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_channel_is_looked_at_and_its_new_videos_come_by_themselves(product):
    wanted = {
        "url": CHANNEL,
        "auto_download": True,
        "quality": "360p",
        "keep_last": 1,
        "since": "2020-01-01T00:00:00Z",
        "title_filter": "aula -3",
    }
    made = product.call("POST", "/subscriptions", json=wanted)
    assert made.status_code == 201, made.text
    path = f"/subscriptions/{made.json()['id']}"

    def kept() -> dict[str, Any] | None:
        """Two are fetched, and the older one goes when both are there."""
        states = {one["title"]: one for one in get(product, f"{path}/videos")["results"]}
        told = [states.get(f"Aula {number}", {}).get("status") for number in (1, 2, 3)]
        return states["Aula 2"] if told == ["removed", "completed", "found"] else None

    newest = eventually(kept, within=90)
    told = get(product, path)
    assert (told["name"], told["error"]) == ("Professora Ana", None)
    assert (told["found_videos"], told["new_videos"], told["failures"]) == (3, 1, 0)
    link = product.media / newest["video_path"]
    source = product.media / newest["source_path"]
    eventually(link.is_symlink, within=15)
    assert link.resolve() == source.resolve()
    assert link.parent == product.media / told["directory"]
    assert [one["id"] for one in get(product, "/videos")["results"]] == [newest["video_id"]]
