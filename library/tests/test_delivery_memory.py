"""A big file passes through the web server without staying in its memory."""

import time

import pytest
import requests

from classroom_site.tests.webserver import web_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

GIBIBYTE = 1024**3
MEBIBYTE = 1024**2

BIG_VIDEO = f"""
from accounts.models import User
from core import storage
from library.tests.build import make_video
video = make_video(User.objects.get(username="ana"))
with storage.path_of(video.file.key).open("r+b") as file:
    file.truncate({GIBIBYTE})
"""


def test_a_gibibyte_is_sent_to_slow_and_fast_clients_with_flat_memory(tmp_path):
    with web_server(tmp_path) as (product, process):
        product.manage("shell", "-v0", "-c", BIG_VIDEO)
        assert product.call("GET", "/videos").json()["total"] == 1  # everything is loaded now
        before = process.memory_info().rss
        slow = product.call("GET", "/videos/1/file", stream=True)
        fast = product.call("GET", "/videos/1/file", stream=True)
        highest, received = 0, 0
        for chunk in fast.iter_content(MEBIBYTE):
            received += len(chunk)
            highest = max(highest, process.memory_info().rss)
        assert received == GIBIBYTE
        assert len(slow.raw.read(MEBIBYTE)) == MEBIBYTE
        assert highest - before < 32 * MEBIBYTE
        files = process.num_fds()
        slow.close()
        deadline = time.monotonic() + 10
        while process.num_fds() >= files and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not [file for file in process.open_files() if file.path.endswith(".mp4")]
        assert requests.get(f"{product.url}/health/live", timeout=5).ok
