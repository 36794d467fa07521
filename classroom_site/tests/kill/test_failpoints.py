"""A process killed at each moment on the way from the last byte to the row that tells of it."""

import contextlib

import psutil
import pytest

from classroom_site.tests.kill.conftest import FULL
from classroom_site.tests.product import Product, SandboxProcess, eventually
from core.failpoints import VARIABLE

pytestmark = [pytest.mark.nightly, pytest.mark.kill, pytest.mark.timeout(180)]

SIZE = 1_000_000
RATE = 1_000_000  # a look alone would fill the buffers of the line with a second copy
# In a child, whose death is an attempt; in a worker, whose death is nobody's failure.
OF_THE_CHILD = ["child.written", "child.settled"]
OF_THE_WORKER = ["publish.synced", "publish.renamed", "complete.recorded", "complete.committed"]
MOMENTS = [*OF_THE_CHILD, *OF_THE_WORKER] if FULL else ["publish.renamed", "complete.recorded"]
CANCELLED_AT = ["child.settled", "publish.synced", "publish.renamed"] if FULL else MOMENTS[:1]


def stopped(product: Product) -> psutil.Process | None:
    for process in product.tree():
        with contextlib.suppress(psutil.Error):
            if process.status() == psutil.STATUS_STOPPED:
                return process
    return None


@pytest.mark.parametrize("moment", MOMENTS)
def test_whoever_dies_at_this_moment_leaves_one_whole_file_and_one_row(
    install, origin: SandboxProcess, tmp_path, moment
):
    seed = "at-" + moment.replace(".", "-")
    armed = tmp_path / "armed"
    armed.touch()
    product = install(**{VARIABLE: f"{moment}:{armed}"})
    made = product.queue(origin.unique_url(seed, SIZE, RATE))["id"]
    victim = eventually(lambda: stopped(product), within=30, every=0.05)
    assert [path.stat().st_size for path in product.published()] in ([], [SIZE])
    armed.unlink()
    victim.kill()

    ended = product.ended(made, within=60)

    counted = 1 if moment in OF_THE_CHILD else 0
    assert (ended["status"], ended["attempt"]) == ("completed", counted), ended
    assert product.stored_sha256(ended) == origin.sha256(seed, SIZE)
    eventually(lambda: not product.partials(), within=60, message="no partial file left")
    assert [path.stat().st_size for path in product.published()] == [SIZE]
    assert product.call("GET", "/videos").json()["total"] == 1
    asked = [one for one in origin.log() if f"/{seed}/" in one["url"]]
    sent = sum(one["sent"] for one in asked if "sha256" not in one["url"])
    assert sent < 1.1 * SIZE, [(one["headers"].get("Range"), one["sent"]) for one in asked]


@pytest.mark.parametrize("moment", CANCELLED_AT)
def test_a_cancel_at_this_moment_leaves_no_file(install, origin: SandboxProcess, tmp_path, moment):
    armed = tmp_path / "armed"
    armed.touch()
    product = install(**{VARIABLE: f"{moment}:{armed}"})
    made = product.queue(origin.unique_url("late-" + moment.replace(".", "-"), SIZE, RATE))["id"]
    late = eventually(lambda: stopped(product), within=30, every=0.05)
    assert product.call("DELETE", f"/downloads/{made}").status_code == 204
    armed.unlink()
    with contextlib.suppress(psutil.NoSuchProcess):  # who was ended needs no waking
        late.resume()

    eventually(lambda: not list(product.published()), within=60, message="nothing published")
    eventually(lambda: not product.partials(), within=60, message="no partial file left")
    ended = product.download(made)
    assert (ended["status"], ended["video_id"]) == ("cancelled", None)
    assert product.call("GET", "/videos").json()["total"] == 0
