"""One running sandbox for the session, and the real yt-dlp pointed at it."""

import dataclasses
import gc
import json
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import deno
import imageio_ffmpeg
import pytest
import yt_dlp

from sandbox import Sandbox
from sandbox.google import Google
from sandbox.tests.googling import STUDENT, TEACHER, Services


@dataclasses.dataclass
class Fetched:
    """One run of yt-dlp: what it returned or refused, what it said, what it left."""

    info: dict[str, Any]
    error: str
    warnings: list[str]
    said: list[str]
    home: Path

    @property
    def files(self) -> dict[str, int]:
        return {path.name: path.stat().st_size for path in sorted(self.home.glob("*"))}

    @property
    def video(self) -> bytes:
        return (self.home / "video.mp4").read_bytes()


class _Log:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.warnings: list[str] = []

    def debug(self, message: str) -> None:
        self.said.append(message)

    def warning(self, message: str) -> None:
        if "impersonat" not in message:
            self.warnings.append(message)

    def error(self, message: str) -> None:
        self.said.append(message)


@pytest.fixture(scope="session")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def sandbox(playground: Sandbox) -> Iterator[Sandbox]:
    """With an empty journal; a mistake of a host fails the test that met it."""
    playground.reset()
    yield playground
    assert playground.log.errors == []


@pytest.fixture
def google(sandbox: Sandbox) -> Iterator[Google]:
    """A Google with a teacher and a student, and nothing else."""
    sandbox.google.user(TEACHER, "Helena Duarte", "escola.example")
    sandbox.google.user(STUDENT, "Rafael Souza", "escola.example")
    yield sandbox.google
    sandbox.google.clear()


@pytest.fixture
def service(sandbox: Sandbox) -> Iterator[Services]:
    """`service("classroom", email)`: Google's own client with a token of that account."""
    services = Services(sandbox)
    yield services
    services.close()


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    (folder / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    return folder


@pytest.fixture
def fetch(
    sandbox: Sandbox, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Fetched]:
    monkeypatch.setenv("SSL_CERT_FILE", sandbox.ca_file)
    monkeypatch.setenv("PATH", str(programs), prepend=":")

    def run(url: str, **options: Any) -> Fetched:
        log, info, error = _Log(), None, ""
        settings = _options(sandbox, tmp_path, programs) | {"logger": log} | options
        with _swept(), yt_dlp.YoutubeDL(settings) as engine:
            try:
                info = engine.extract_info(url)
            except yt_dlp.utils.YoutubeDLError as refusal:
                error = str(refusal)
        return Fetched(info or {}, error, log.warnings, log.said, tmp_path / "home")

    return run


@pytest.fixture
def get(sandbox: Sandbox) -> Iterator[Callable[..., Any]]:
    """A plain request without a proxy; the answer is closed at the end of the test."""
    opened = []

    def ask(path: str, method: str = "GET", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(sandbox.origin + path, method=method, headers=named)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Statuses())
        opened.append(opener.open(request, timeout=10))
        return opened[-1]

    yield ask
    for answer in opened:
        answer.close()


@pytest.fixture
def get_json(get: Callable[..., Any]) -> Callable[..., Any]:
    return lambda path: json.load(get(path))


class _Statuses(urllib.request.HTTPErrorProcessor):
    """Every status is an answer, none an exception."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


@contextmanager
def _swept() -> Iterator[None]:
    """yt-dlp leaves answers that it looked at to the garbage collector, with their sockets.

    Held back meanwhile, the collector finds them all in its youngest generation.
    """
    gc.disable()
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect(0)
        gc.enable()


def _options(sandbox: Sandbox, folder: Path, programs: Path) -> dict[str, Any]:
    return {
        "proxy": sandbox.proxy,
        "compat_opts": {"no-certifi"},
        "noprogress": True,
        "cachedir": False,
        "allowed_extractors": ["youtube.*", "GoogleDrive.*", "generic", "html5"],
        "js_runtimes": {"deno": {"path": deno.find_deno_bin()}},
        "ffmpeg_location": str(programs),
        "paths": {"home": str(folder / "home"), "temp": str(folder / "temp")},
        "outtmpl": {"default": "video.%(ext)s"},
        "format": "bv*+ba/b",
        "format_sort": ["res:1080", "vcodec:h264", "acodec:m4a", "ext:mp4:m4a"],
        "merge_output_format": "mp4",
        "skip_unavailable_fragments": False,
        "noplaylist": True,
        "socket_timeout": 20,
        "retries": 1,
        "fragment_retries": 1,
        "extractor_retries": 0,
        "retry_sleep_functions": dict.fromkeys(("http", "fragment"), lambda n: 0.05),
    }
