"""A small site of our own with a video in two shapes, to try downloads without the internet."""

import socket
import subprocess
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from monitoring.programs import ffmpeg_path

FILE = "lesson.mp4"
STREAM = "master.m3u8"
SECONDS = 2

_MAKE_SECONDS = 60.0
_MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,URI="sound.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=320x180,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="sound"
picture.m3u8
"""


class NoMedia(Exception):
    """ffmpeg could not make the video."""


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {".mp4": "video/mp4", ".m3u8": "application/vnd.apple.mpegurl"} | {
        ".ts": "video/mp2t",
        "": "application/octet-stream",
    }

    def log_message(self, *args: Any) -> None:
        """The self-test speaks for itself."""


class Studio:
    """Open as long as the `with` lasts. `host` is where others find this machine."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host

    def __enter__(self) -> Self:
        """:raises NoMedia: there is no ffmpeg that works"""
        self._folder = tempfile.TemporaryDirectory(prefix="classroom-trial-")
        try:
            _make(Path(self._folder.name))
        except (OSError, subprocess.SubprocessError) as error:
            self._folder.cleanup()
            raise NoMedia(_said_by(error)) from error
        handler = partial(_Handler, directory=self._folder.name)
        self._server = ThreadingHTTPServer((self.host, 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._folder.cleanup()

    @property
    def endpoint(self) -> str:
        return f"{self.host}:{self._server.server_port}"

    def url(self, name: str) -> str:
        return f"http://{self.endpoint}/{name}"


def own_address() -> str:
    """Where other machines of the same network find this one; loopback if it has no other."""
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return "127.0.0.1"


def _make(folder: Path) -> None:
    whole = folder / FILE
    _run(
        *["-f", "lavfi", "-i", f"testsrc=size=320x180:rate=10:duration={SECONDS}"],
        *["-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}"],
        *["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"],
        *["-movflags", "+faststart", str(whole)],
    )
    for name, stream in (("picture", "0:v"), ("sound", "0:a")):
        _run(
            *["-i", str(whole), "-map", stream, "-c", "copy", "-f", "hls", "-hls_time", "1"],
            *["-hls_list_size", "0", str(folder / f"{name}.m3u8")],
        )
    (folder / STREAM).write_text(_MASTER, encoding="ascii")


def _run(*arguments: str) -> None:
    program = ffmpeg_path()
    if not program:
        raise FileNotFoundError("there is no ffmpeg")
    subprocess.run(
        [program, "-nostdin", "-y", "-loglevel", "error", *arguments],
        check=True,
        capture_output=True,
        timeout=_MAKE_SECONDS,
    )


def _said_by(error: Exception) -> str:
    said = getattr(error, "stderr", None)
    return said.decode(errors="replace")[-300:] if said else str(error)
