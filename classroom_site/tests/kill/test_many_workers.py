"""Three nodes with two workers each, three hundred small downloads: every one is begun once."""

from collections import Counter

import pytest

from classroom_site.tests.kill.nodes import Nodes, alive, query
from classroom_site.tests.product import SandboxProcess, eventually

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]

NUMBER = 300
SIZE = 50_000


def test_three_hundred_downloads_are_each_begun_once(
    database, install, origin: SandboxProcess, nodes: Nodes
):
    product = install(**database, WORKERS="2", MAX_CONCURRENT_DOWNLOADS="4")
    for _ in range(2):
        nodes.start(product)
    eventually(lambda: alive(product) == 3, within=30, message="three nodes")
    for number in range(NUMBER):
        product.queue(origin.unique_url(f"many{number}", SIZE))

    def all_ended() -> bool:
        left = product.call("GET", "/downloads?status=queued&limit=1").json()["total"]
        left += product.call("GET", "/downloads?status=running&limit=1").json()["total"]
        return not left

    eventually(all_ended, within=200, every=0.5)
    rows = query(product, "SELECT status, run, attempt, handed_back FROM downloads_download")
    assert Counter(rows) == {("completed", 1, 0, 0): NUMBER}
    assert len(list(product.published())) == NUMBER
    holders = query(product, "SELECT actor FROM downloads_transition WHERE source = 'queued'")
    shares = Counter(str(actor).split(":")[1][:12] for (actor,) in holders)
    print(f"\nbegun by node: {sorted(shares.values())}")
    assert sum(shares.values()) == NUMBER
    assert len(shares) == 3, "every node had its share"
    logs = [product.log, *nodes.logs]
    assert [path.name for path in logs if "database is locked" in path.read_text()] == []
