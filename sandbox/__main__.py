"""`python -m sandbox --folder DIR [--port N] [--demo]`: one JSON line when ready, then serves."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from sandbox.parent import die_with_parent
from sandbox.playground import Sandbox

_ENDING = {signal.SIGTERM, signal.SIGINT}


def main() -> None:
    parent = os.getppid()
    arguments = _arguments()
    # Blocked before any thread starts, so that only the wait below takes them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    if arguments.die_with_parent:
        die_with_parent(parent)
    told = {"port": arguments.port, "demo": arguments.demo, "school": arguments.school}
    with Sandbox(arguments.folder, **told) as sandbox:
        ready = {"proxy": sandbox.proxy, "origin": sandbox.origin, "ca_file": sandbox.ca_file}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        signal.sigwait(_ENDING)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="keeps the media it makes")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--demo", action="store_true", help="lessons at a pace to be watched")
    parser.add_argument("--school", action="store_true", help="its Google is the demo's school")
    parser.add_argument("--die-with-parent", action="store_true", help="end with the caller")
    return parser.parse_args()


main()
