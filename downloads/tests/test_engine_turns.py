"""Only so many look at YouTube at once, and a lost one gives its turn back."""

import threading
from pathlib import Path

from downloads.engines import tools, turns


def test_the_next_waits_for_a_turn_and_says_that_it_waits(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(turns, "_TICK_SECONDS", 0.05)
    tools.prepare(tmp_path)
    files = tools.turn_files(tmp_path)
    ticks: list[int] = []
    taken = threading.Event()

    def wait() -> None:
        with turns.turn(files, lambda: ticks.append(1)):
            taken.set()

    with turns.turn(files, lambda: None):
        with turns.turn(files, lambda: None):
            waiting = threading.Thread(target=wait)
            waiting.start()
            assert not taken.wait(0.3)
            assert len(ticks) >= 2
        assert taken.wait(2)
    waiting.join()
