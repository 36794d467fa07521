"""docker-compose.yml played without Docker: its own commands and environment, on this machine."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
import yaml
from cryptography.fernet import Fernet
from websockets.sync.client import connect

from classroom_site.tests import nginx
from classroom_site.tests.product import ROOT, SandboxProcess, eventually, free_port

REDIS = shutil.which("redis-server")
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SERVER = "postgres://postgres@127.0.0.1:5432"
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not nginx.NGINX, reason="nginx is not installed"),
    pytest.mark.skipif(not REDIS, reason="redis-server is not installed"),
]


class School:
    """The services of the compose file as processes, with what Docker would have filled in."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        self.folder = folder
        self.web_port, self.port, self.redis_port = free_port(), free_port(), free_port()
        self.database = f"school_{uuid.uuid4().hex[:8]}"
        self.processes: dict[str, subprocess.Popen[Any]] = {}
        self.environment = {
            "PATH": os.environ["PATH"],
            **{name: self.here(value) for name, value in SERVICES["web"]["environment"].items()},
            **sandbox.environment(proxied=False),
            "SECRET_KEY": "a-key-of-at-least-fifty-characters-0123456789-abcdefghij",
            "ENCRYPTION_KEY": Fernet.generate_key().decode(),
            "ALLOWED_HOSTS": "school.example",
            "SECURE_REDIRECT": "false",
            "MIN_FREE_BYTES": "0",
            "RATE_LIMIT_READS_PER_MINUTE": "0",  # to wait is to ask again and again
        }
        self.environment["DATABASE_URL"] = f"{SERVER}/{self.database}"

    def here(self, text: str) -> str:
        """Container paths, hosts and ports as they are on this machine."""
        for inside, outside in {
            "/srv/classroom": str(self.folder),
            "redis:6379": f"127.0.0.1:{self.redis_port}",
            "0.0.0.0": "127.0.0.1",
            "8000": str(self.web_port),
        }.items():
            text = text.replace(inside, outside)
        return text

    def command_of(self, service: str) -> list[str]:
        words = shlex.split(self.here(SERVICES[service]["command"]))
        return [sys.executable if word == "python" else word for word in words]

    def run(self, *command: str, given: str = "") -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, service: str, *more: str, name: str = "") -> None:
        log = (self.folder / f"{name or service}.log").open("w")
        self.processes[name or service] = subprocess.Popen(
            [*self.command_of(service), *more], cwd=ROOT, env=self.environment, stdout=log,
            stderr=log,
        )  # fmt: skip
        log.close()

    def stop(self, name: str) -> float:
        """Seconds until it is gone."""
        began = time.monotonic()
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        return time.monotonic() - began

    def ask(self, path: str, key: str = "", **options: Any) -> requests.Response:
        headers = {"Host": "school.example", **options.pop("headers", {})}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        method = "POST" if "json" in options else "GET"
        url = f"http://127.0.0.1:{self.port}{path}"
        return requests.request(method, url, headers=headers, timeout=30, **options)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def school(tmp_path_factory, sandbox) -> Iterator[School]:
    school = School(tmp_path_factory.mktemp("school"), sandbox)
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {school.database}")
    try:
        _bring_up(school)
        yield school
    finally:
        for name in list(school.processes):
            school.stop(name)
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE {school.database} WITH (FORCE)")


def _bring_up(school: School) -> None:
    school.run(sys.executable, "manage.py", "collectstatic", "--noinput")
    school.start("redis", "--port", str(school.redis_port), "--dir", str(school.folder))
    school.run(*school.command_of("migrate"))
    school.start("web")
    for number in (1, 2):
        school.start("worker", name=f"worker-{number}")
    files = nginx.installed(
        school.folder,
        {
            "web:8000": f"127.0.0.1:{school.web_port}",
            "listen 8080": f"listen 127.0.0.1:{school.port}",
            "127.0.0.1:8081": f"127.0.0.1:{free_port()}",
            "/srv/classroom": str(school.folder),
            "/tmp/nginx": str(school.folder / "run"),
            "/dev/stdout": str(school.folder / "access.log"),
            "/dev/stderr": str(school.folder / "error.log"),
        },
    )
    school.processes["nginx"] = nginx.started(files / "http.conf", school.port)
    eventually(lambda: school.ask("/health/live").status_code == 200, within=60)


@pytest.fixture(scope="module")
def key(school) -> str:
    """Of a teacher made by the commands the documentation names."""
    manage = [sys.executable, "manage.py"]
    who = ["--username", "ana", "--email", "ana@school.example", "--role", "user"]
    school.run(*manage, "create_user", *who, "--password-stdin", given="giz-e-lousa-7")
    scopes = "downloads:read,downloads:write,library:read"
    words = ["--username", "ana", "--name", "portal", "--scopes", scopes]
    return str(school.run(*manage, "create_api_key", *words))


def fetched(school: School, key: str, url: str) -> dict[str, Any]:
    queued = school.ask("/api/v1/downloads", key, json={"url": url})
    assert queued.status_code == 201, queued.text
    path = f"/api/v1/downloads/{queued.json()['id']}"

    return dict(eventually(lambda: _ended(school.ask(path, key).json()), within=60))


def _ended(found: dict[str, Any]) -> dict[str, Any] | None:
    return found if found["status"] not in {"queued", "running"} else None


def test_the_health_check_of_the_image_is_content(school):
    school.run(sys.executable, "deploy/healthcheck.py")


def test_a_download_comes_home_and_is_sent_by_nginx(school, key, sandbox):
    found = fetched(school, key, sandbox.unique_url("school", 300_000))
    assert found["status"] == "completed", found

    path = f"/api/v1/videos/{found['video_id']}/file"
    part = school.ask(path, key, headers={"Range": "bytes=1000-1999"})
    whole = school.ask(path, key)

    assert (part.status_code, len(part.content)) == (206, 1000)
    assert part.headers["Server"] == "nginx"
    assert part.content == whole.content[1000:2000]
    assert found["file"]["sha256"] == sandbox.sha256("school", 300_000)
    assert school.ask(path).status_code == 401


def test_live_updates_pass_through_nginx_and_redis(school, key, sandbox):
    with connect(
        "ws://school.example/ws/dashboard",
        sock=socket.create_connection(("127.0.0.1", school.port), 5),
        additional_headers={"Authorization": f"Bearer {key}"},
    ) as live:
        assert json.loads(live.recv(timeout=10))["type"] == "connection_established"
        assert json.loads(live.recv(timeout=10))["type"] == "dashboard_update"
        fetched(school, key, sandbox.unique_url("live", 200_000))
        assert json.loads(live.recv(timeout=10))["type"] == "dashboard_update"


def test_the_pages_carry_their_hashed_styles_from_nginx(school):
    page = school.ask("/accounts/login/").text
    style = page.partition('href="/static/css/tokens.')[2].partition('"')[0]
    answer = school.ask(f"/static/css/tokens.{style}")

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_lost_worker_leaves_its_downloads_to_the_other(school, key, sandbox):
    url = sandbox.unique_url("slow", 400_000, rate=100_000)
    queued = school.ask("/api/v1/downloads", key, json={"url": url}).json()
    path = f"/api/v1/downloads/{queued['id']}"
    eventually(lambda: school.ask(path, key).json()["status"] == "running", within=20)

    assert school.stop("worker-1") < 10
    ended = eventually(lambda: _ended(school.ask(path, key).json()), within=60)

    assert (ended["status"], ended["attempt"]) == ("completed", 0)
    assert ended["file"]["sha256"] == sandbox.sha256("slow", 400_000)
