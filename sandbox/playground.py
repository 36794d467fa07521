"""The sandbox as a whole: every host on one net, usable in process or as a command."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox import catalogue
from sandbox.files import UniqueFile
from sandbox.media import Media
from sandbox.net import Net
from sandbox.sites import control, drive, files, hostile, youtube

_DEMO_MEDIA_SECONDS = 6


class Sandbox:
    """`with Sandbox(folder) as sandbox:`; the folder keeps the media for the next time.

    With `demo`, lessons are made ahead and media come at a pace that can be watched.
    """

    def __init__(self, folder: Path, *, port: int = 0, demo: bool = False) -> None:
        self.media = Media(folder)
        self._net = Net(folder, port)
        self._demo = demo
        self._hostile = hostile.Hostile(self.media)
        self.log = self._net.journal
        self.proxy = self.origin = f"http://{self._net.address}"
        self.address = self._net.address
        self.ca_file = str(self._net.authority.file)
        self._install()

    def start(self) -> Self:
        self._net.start()
        if self._demo:
            threading.Thread(target=self._make_lessons, daemon=True).start()
        else:
            self.media.test_clip  # noqa: B018  made now, so that no test waits for it
        return self

    def close(self) -> None:
        self._net.close()

    def reset(self) -> None:
        """Forget the journal, and which faults have passed."""
        self.log.reset()
        self._hostile.reset()

    def unique(self, seed: str, size: int) -> UniqueFile:
        """What `/files/unique/<seed>/<size>.mp4` sends."""
        return self.media.unique(seed, size)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _install(self) -> None:
        pace = _DEMO_MEDIA_SECONDS if self._demo else 0
        plain = files.Files(self.media)
        for host in youtube.HOSTS:
            self._net.add_host(host, youtube.YouTube(self.media, pace))
        for host in drive.HOSTS:
            self._net.add_host(host, drive.Drive(self.media, pace))
        self._net.add_host(files.HOST, plain)
        self._net.add_host(hostile.HOST, self._hostile)
        self._net.mount("files", plain)
        self._net.mount("media", plain)
        self._net.mount("bad", self._hostile)
        self._net.mount(control.PREFIX, control.Control(self.log, self.reset), noted=False)

    def _make_lessons(self) -> None:
        for lesson in catalogue.lessons():
            self.media.lesson_clip(lesson)
