"""Generated requests, sane and mad, against the running web server: the API keeps its word.

Schemathesis reads the published document and checks every answer against it: no 5xx, no status,
header or body that is not described, nothing done without signing in, nothing mad accepted.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from classroom_site.tests.product import Product
from classroom_site.tests.webserver import web_server

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(300)]

SECONDS = 60

# Which links are fit for download, how long a file is, which presets there are, that a bulk needs
# ids or a filter and that a key was used before no schema can say, and a cancelled download stays
# to be read.
EXCEPTIONS = """
[[operations]]
include-operation-id = [
  "queue_download", "get_video_file", "bulk_downloads", "look_at_address", "download_from_listing",
  "note_video", "save_cookies", "change_cookies", "create_subscription", "change_subscription",
  "change_download_limits",
]
checks = { positive_data_acceptance = { enabled = false } }

[[operations]]
include-path-regex = "/downloads/"
checks = { use_after_free = { enabled = false } }
"""

THINGS_OF_ANA = """
from accounts.models import User
from accounts.tests.build import make_connect_link, make_credential
from courses.tests.make import fill, make_course, make_sync, make_topic
from downloads.models import BatchDownload, BatchItem
from downloads.tests.build import make_download
from library.tests.build import make_video
ana = User.objects.get(username="ana")
for _ in range(5):
    for status in ("queued", "running", "completed", "failed", "cancelled"):
        make_download(ana, status=status)
    make_video(ana, thumbnail=b"x", subtitles={"pt": "WEBVTT"})
    account = make_credential(ana)
    make_connect_link(ana)
    course = make_course(account)
    fill(course, number=3, topics=[make_topic(course)])
    make_sync(account)
    batch = BatchDownload.objects.create(owner=ana, course=course, title="Math")
    BatchItem.objects.create(batch=batch, download=make_download(ana, status="failed"))
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with web_server(tmp_path_factory.mktemp("fuzz")) as (product, _process):
        yield product


def fuzz(product: Product, folder: Path, *words: str) -> str:
    config = folder / "schemathesis.toml"
    config.write_text(EXCEPTIONS)
    done = subprocess.run(
        [
            *[str(Path(sys.executable).with_name("st")), "--config-file", str(config)],
            *["run", f"{product.url}/api/schema", "--max-time", str(SECONDS)],
            *["--phases", "examples,coverage,fuzzing,stateful", "--suppress-health-check", "all"],
            *["--continue-on-failure", "--request-timeout", "20", *words],
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + product.log.read_text()[-2000:]
    return done.stdout


def cases(told: str) -> int:
    found = re.search(r"(\d+) generated, (\d+) passed", told)
    assert found, told
    assert found[1] == found[2], told
    return int(found[1])


def test_a_teachers_key_meets_nothing_that_is_not_described(product, tmp_path):
    product.manage("shell", "-v0", "-c", THINGS_OF_ANA)
    key = product.manage(
        *["create_api_key", "--username", "ana", "--name", "fuzz", "--scopes"],
        "downloads:read,downloads:write,library:read,library:write",
    )
    told = fuzz(product, tmp_path, "-H", f"Authorization: Bearer {key}")
    assert cases(told) > 200
    assert " ERROR " not in product.log.read_text()


def test_nobody_gets_anything(product, tmp_path):
    told = fuzz(product, tmp_path)
    assert cases(told) > 100
    assert " ERROR " not in product.log.read_text()
