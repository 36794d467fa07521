"""Being told to stop."""

import signal


class StopSignals:
    """True once Ctrl-C or SIGTERM came. A plain flag: a handler may take no lock."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self.came = True

    def __bool__(self) -> bool:
        return self.came
