"""What an operator copies is true: every command exists, every file named is there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = Path(settings.BASE_DIR)
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))


def joined_lines(text: str) -> list[str]:
    return text.replace("\\\n", " ").splitlines()


def manage_commands() -> list[tuple[str, list[str]]]:
    """Every `manage.py …` of image, compose file and units, with where it stands."""
    found = []
    for line in joined_lines(DOCKERFILE):
        if "manage.py" in line:
            words = re.findall(r'"([^"]+)"', line) if "[" in line else line.split("&&")[0].split()
            found.append(("Dockerfile", words[words.index("manage.py") + 1 :]))
    for name, service in SERVICES.items():
        words = shlex.split(service.get("command", ""))
        if "manage.py" in words:
            found.append((f"compose {name}", words[words.index("manage.py") + 1 :]))
    for unit in UNITS:
        for line in unit.read_text().splitlines():
            if line.startswith("ExecStart"):
                words = shlex.split(line)
                found.append((unit.name, words[words.index("manage.py") + 1 :]))
    return found


@pytest.mark.parametrize(("where", "words"), manage_commands())
def test_every_management_command_is_there_and_takes_its_options(where, words):
    name, *options = words
    command = load_command_class(get_commands()[name], name)

    command.create_parser("manage.py", name).parse_args(options)


def test_image_compose_file_and_units_start_web_worker_and_migrations():
    assert {words[0] for _where, words in manage_commands()} == {
        "collectstatic",
        "migrate",
        "web",
        "worker",
    }


def test_the_image_takes_only_files_that_exist_and_that_docker_may_see():
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    ]
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)

    assert sorted(copied) == [".", "deploy/nginx", "requirements.txt"]
    assert [path for path in allowed if not (ROOT / path).exists()] == []
    assert {"deploy/nginx", "requirements.txt", "manage.py"} <= set(allowed)


def test_the_image_takes_along_every_app_of_the_product():
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    ours = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert {app for app in ours if f"!{app}" not in allowed} == set()


def test_what_the_image_contains_is_enough_to_start(tmp_path):
    image = tmp_path / "image"
    image.mkdir()
    left_out = shutil.ignore_patterns("tests", "__pycache__")
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        source = ROOT / line[1:]
        if line.startswith("!") and source.is_dir():
            shutil.copytree(source, image / line[1:], ignore=left_out)
        elif line.startswith("!"):
            (image / line[1:]).parent.mkdir(exist_ok=True)
            shutil.copy(source, image / line[1:])
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(image / "var")}

    said = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=image,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_health_check_of_the_image_tells_well_from_ill(status, code):
    class Application(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args):
            pass

    asked: list[tuple[str, str | None]] = []
    server = HTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if status is None:
        server.shutdown()
        server.server_close()
    environment = {"ALLOWED_HOSTS": ".school.example,b", "PORT": str(server.server_port)}

    check = subprocess.run(
        [sys.executable, ROOT / "deploy/healthcheck.py"], env=environment, check=False
    )

    assert check.returncode == code
    assert asked == ([("/health/live", "school.example")] if status else [])
    if status:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("age", "code"), [(5, 0), (60, 1), (None, 1)])
def test_the_health_check_of_a_worker_asks_when_it_was_last_seen_alive(tmp_path, age, code):
    sign = tmp_path / "run" / "worker-alive"
    sign.parent.mkdir()
    if age is not None:
        sign.touch()
        os.utime(sign, (time.time() - age,) * 2)

    check = subprocess.run(
        [sys.executable, ROOT / "deploy/healthcheck.py", "worker"],
        env={"DATA_DIR": str(tmp_path)},
        check=False,
    )

    assert check.returncode == code


def test_the_image_runs_as_nobody_special_and_carries_no_secret():
    last = DOCKERFILE.rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["10001:10001"] * 2
    assert last.startswith("python AS app")
    assert not re.search(r"(SECRET|PASSWORD|_KEY|TOKEN)\w*=", DOCKERFILE)
    assert "--require-hashes" in DOCKERFILE
    assert "/build/keys" not in last  # what the settings make for themselves while building


def test_the_compose_file_names_what_it_uses():
    volumes = {
        mount.partition(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", [])
    }

    assert {name for name in volumes if not name.startswith("./")} == set(COMPOSE["volumes"])
    assert [name for name in volumes if name.startswith("./") and not (ROOT / name).exists()] == []
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)
    targets = {service["build"]["target"] for service in SERVICES.values() if "build" in service}
    assert targets <= set(re.findall(r"^FROM .* AS (\w+)", DOCKERFILE, re.MULTILINE))


def test_every_service_gets_time_to_stop_and_is_watched():
    for name, service in SERVICES.items():
        assert service["stop_grace_period"] == "20s", name
        in_image = service.get("build", {}).get("target") == "app"
        assert "healthcheck" in service or in_image, name


def test_only_nginx_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert "front" not in SERVICES["postgres"]["networks"] + SERVICES["web"]["networks"]


def test_the_compose_file_sets_what_nginx_needs_of_the_application():
    environment = SERVICES["web"]["environment"]

    assert environment["X_ACCEL_PREFIX"] == "/_media/"
    assert environment["TRUSTED_PROXIES"] == "1"
    assert environment["PROFILE"] == "production"
    assert environment == SERVICES["worker"]["environment"] == SERVICES["migrate"]["environment"]


def test_every_variable_the_compose_file_reads_is_in_the_example():
    example = (ROOT / ".env.example").read_text()
    compose = (ROOT / "docker-compose.yml").read_text()

    for name in set(re.findall(r"\$\{(\w+)", compose)):
        assert f"\n#{name}=" in example, name


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_units_stop_gently_and_write_nowhere_else(unit):
    text = unit.read_text()

    assert "TimeoutStopSec=20" in text
    assert "User=classroom" in text
    assert "ProtectSystem=strict" in text
    assert "ReadWritePaths=/srv/classroom/var /srv/classroom/media" in text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_the_units(unit, tmp_path):
    (tmp_path / unit.name).write_text(
        unit.read_text().replace("/srv/classroom/venv/bin/python", "/bin/true")
    )

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not installed")
def test_hadolint_finds_nothing_in_the_dockerfile():
    said = subprocess.run(
        ["hadolint", "--no-color", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.stdout == ""


def test_every_package_with_a_reciprocal_licence_is_named_for_whoever_passes_it_on():
    named = (ROOT / "THIRD_PARTY.md").read_text()
    lock = (ROOT / "requirements.txt").read_text()
    packages = set(re.findall(r"^([a-z0-9][\w.-]*)==", lock, re.MULTILINE))
    missing = []
    for package in packages:
        try:
            facts = metadata(package).json
        except PackageNotFoundError:
            continue  # for another platform
        licence = str(facts.get("license_expression") or facts.get("license") or "")
        if re.search(r"GPL|MPL|EPL|GNU", licence[:200]) and package not in named:
            missing.append(f"{package}: {licence[:60]}")

    assert missing == []
    assert "psycopg" in named
