"""What is on the disk before what, as the kernel sees it: a power cut leaves no row without file.

First the file and its folder are synced, then the folder gets its final name, then the shelf is
synced, and only then the row says that the download is complete.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from classroom_site.tests.product import Product, SandboxProcess, eventually

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.kill,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not shutil.which("strace"), reason="SKIPPED: no strace on this machine"),
]

SIZE = 300_000
CALLS = "fsync,fdatasync,rename,renameat,renameat2,sendto,pwrite64"


def traced(product: Product, log: Path) -> subprocess.Popen[bytes]:
    """Every process there is now, and all that they start."""
    pids = [word for process in product.tree() for word in ("-p", str(process.pid))]
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "64", "-e", f"trace={CALLS}", "-o", str(log), *pids],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(2)
    if tracer.poll() is not None:
        pytest.skip("SKIPPED: strace may not look at processes here")
    return tracer


def moments(log: Path, key: str) -> list[str]:
    """What happened to the published folder and what was written of it, in order."""
    found: list[str] = []
    shelf = re.escape(key.partition("/")[0])
    patterns = {
        "file": r"f(data)?sync\(\d+<[^>]*/partial/[^>]*/video\.[^>]*>",
        "rename": rf"rename\w*\(.*/partial/.*/library/{shelf}/",
        "shelf": rf"f(data)?sync\(\d+<[^>]*/library/{shelf}>",
        "record": r"sendto\(.*COMMIT|pwrite64\(\d+<[^>]*sqlite3-wal>",
    }
    for line in log.read_text(errors="replace").splitlines():
        found += [name for name, pattern in patterns.items() if re.search(pattern, line)]
    return found


def test_the_file_is_safe_before_its_name_and_its_name_before_the_row(
    database, install, origin: SandboxProcess, tmp_path
):
    product = install(**database, WORKERS="1", MAX_CONCURRENT_DOWNLOADS="1")
    product.ended(product.queue(origin.unique_url("before", SIZE))["id"])  # the shelf is there
    log = tmp_path / "strace.log"
    tracer = traced(product, log)
    made = product.queue(origin.unique_url("safe", SIZE))["id"]
    ended = product.ended(made, within=60)
    tracer.terminate()
    tracer.wait(10)

    assert ended["status"] == "completed"
    key = Path(ended["file"]["path"]).relative_to("library")
    seen = eventually(lambda: moments(log, str(key)), within=5)
    renamed = seen.index("rename")
    assert seen.count("rename") == 1
    assert "file" in seen[:renamed], seen
    assert "file" not in seen[renamed:], seen
    after = seen[renamed + 1 :]
    assert after[0] == "shelf", seen
    assert "record" in after[1:], seen
