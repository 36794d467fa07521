"""The working folder of one download: what may be continued from an earlier run, and what not."""

import shutil
from pathlib import Path


class WorkFolder:
    """`temp` outlives a run, so that a later one can go on; `publish` never does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.temp = root / "temp"
        self.publish = root / "publish"
        self.thumbnail = root / "thumbnail.jpg"
        self._fingerprint = root / ".fingerprint"
        self._selection = self.temp / "selection"

    def open(self, fingerprint: str) -> None:
        """A partial file of something else would be continued without an error."""
        if _text(self._fingerprint) != fingerprint:
            self.empty_temp()
            self.thumbnail.unlink(missing_ok=True)
            self._fingerprint.write_text(fingerprint)
        self.temp.mkdir(exist_ok=True)
        shutil.rmtree(self.publish, ignore_errors=True)
        self.publish.mkdir()

    def select(self, selection: str) -> None:
        """The same link may lead to another file, or to other formats, than the last time."""
        if _text(self._selection) not in (None, selection):
            self.empty_temp()
        self._selection.write_text(selection)

    def empty_temp(self) -> None:
        shutil.rmtree(self.temp, ignore_errors=True)
        self.temp.mkdir(parents=True)

    def abandon(self, *, start_over: bool) -> None:
        """Leave nothing that could be taken for a result, nor what would only fail again."""
        shutil.rmtree(self.publish, ignore_errors=True)
        if start_over:
            self.empty_temp()


def _text(path: Path) -> str | None:
    try:
        return path.read_text()
    except FileNotFoundError:
        return None
