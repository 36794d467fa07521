"""The sandbox as a whole: every host on one net, usable in process or as a command."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox import catalogue, demo_school
from sandbox.files import UniqueFile
from sandbox.google import Google
from sandbox.media import Media
from sandbox.net import Net
from sandbox.sites import control, drive, files, hostile, youtube

_DEMO_MEDIA_SECONDS = 6
_TOKENS = "google-tokens.json"


class Sandbox:
    """`with Sandbox(folder) as sandbox:`; the folder keeps the media for the next time.

    With `school`, its Google is the demo's; with `demo` too, and media come at a pace that can be
    watched, and its tokens outlive the process.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, demo: bool = False, school: bool = False
    ) -> None:
        self.media = Media(folder)
        self._net = Net(folder, port)
        self._demo = demo
        self._has_school = demo or school
        self._hostile = hostile.Hostile(self.media)
        self.log = self._net.journal
        self.proxy = self.origin = f"http://{self._net.address}"
        self.address = self._net.address
        self.ca_file = str(self._net.authority.file)
        self.google = self._make_google(folder / _TOKENS if demo else None)
        self._install()

    def start(self) -> Self:
        self._net.start()
        if self._has_school:
            threading.Thread(target=self._make_films, daemon=True).start()
        else:
            self.media.test_clip  # noqa: B018  made now, so that no test waits for it
        return self

    def close(self) -> None:
        self._net.close()

    def reset(self) -> None:
        """Forget the journal, and which faults have passed or are still to come."""
        self.log.reset()
        self._hostile.reset()
        self.google.reset()

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

    def _make_google(self, kept: Path | None) -> Google:
        def fill(google: Google) -> None:
            if self._has_school:
                demo_school.make(google, self.media)

        return Google(self.media, self.origin, self._pace, fill, kept)

    @property
    def _pace(self) -> float:
        return _DEMO_MEDIA_SECONDS if self._demo else 0

    def _install(self) -> None:
        pace = self._pace
        plain = files.Files(self.media)
        for host in youtube.HOSTS:
            self._net.add_host(host, youtube.YouTube(self.media, pace))
        for host in drive.HOSTS:
            self._net.add_host(host, drive.Drive(self.media, self.google, pace))
        self._net.add_host(files.HOST, plain)
        self._net.add_host(hostile.HOST, self._hostile)
        self._net.mount("files", plain)
        self._net.mount("media", plain)
        self._net.mount("bad", self._hostile)
        self._net.mount("", self.google)
        about = control.Control(self.log, self.reset, self.google)
        self._net.mount(control.PREFIX, about, noted=False)

    def _make_films(self) -> None:
        for film in (*demo_school.films(), *demo_school.public_films()):
            self.media.film(film)
        for lesson in catalogue.lessons():
            self.media.lesson_clip(lesson)
