"""`python -m sandbox`: one line when ready, then it serves until told to end."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import pytest

from sandbox.tests.waiting import until

ROOT = Path(__file__).parents[2]


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--folder", str(folder), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_its_addresses_serves_and_ends(tmp_path, ending):
    with start(tmp_path, "--demo") as process:
        ready = json.loads(process.stdout.readline())
        assert ready["proxy"] == ready["origin"]
        assert "BEGIN CERTIFICATE" in Path(ready["ca_file"]).read_text()
        with urllib.request.urlopen(ready["origin"] + "/_sandbox/samples", timeout=10) as answer:
            assert len(json.load(answer)) > 5

        process.send_signal(ending)
        assert process.wait(10) == 0
    assert not Path(ready["ca_file"]).exists()


def test_it_ends_with_the_process_that_started_it(tmp_path):
    parent = textwrap.dedent(f"""
        import subprocess, sys
        command = [sys.executable, "-m", "sandbox", "--demo", "--die-with-parent"]
        child = subprocess.Popen([*command, "--folder", {str(tmp_path)!r}], stdout=subprocess.PIPE)
        child.stdout.readline()
        print(child.pid, flush=True)
    """)
    command = [sys.executable, "-c", parent]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    until(lambda: not alive(int(answer.stdout)))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"
