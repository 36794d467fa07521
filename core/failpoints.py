"""Named moments at which a test stops a process, to kill it there and see that nothing is lost.

`CORE_FAILPOINT=NAME:FILE` stops (SIGSTOP) whoever comes to NAME while FILE exists. Only the tests
set it; unset, a moment costs one look at the environment.
"""

import os
import signal
from pathlib import Path

VARIABLE = "CORE_FAILPOINT"


def reach(name: str) -> None:
    """This process is now at the moment of that name."""
    wanted, _, armed = os.environ.get(VARIABLE, "").partition(":")
    if wanted == name and Path(armed).exists():
        os.kill(os.getpid(), signal.SIGSTOP)
