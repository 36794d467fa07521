"""Generated requests, sane and mad, against the running web server: the API keeps its word.

Schemathesis reads the published document and checks every answer against it: no 5xx, no status,
header or body that is not described, nothing done without signing in, nothing mad accepted.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from accounts.scopes import SCOPES
from classroom_site.tests.product import Product, SandboxProcess
from classroom_site.tests.webserver import web_server

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(600)]

# The same requests each time and on every machine, so that a refused change is refused for what it
# changed: so many, not for so long. The nightly run draws others, and more.
SEED = os.environ.get("FUZZ_SEED", "1")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))

# Every edge of every field is tried at night, by the one who gets furthest: the staff's key.
SHORT = "examples,fuzzing,stateful"
LONG = "examples,coverage,fuzzing,stateful" if "FUZZ_SEED" in os.environ else SHORT

# Thousands of refusals from one address are what limits and locks are there for.
UNLIMITED = {
    "RATE_LIMIT_PER_MINUTE": "0",
    "RATE_LIMIT_READS_PER_MINUTE": "0",
    "MAX_LOGIN_ATTEMPTS": "0",
    "MAX_LOGIN_ATTEMPTS_PER_ADDRESS": "0",
}

# A body too large for the server is refused with 413 before anybody asks what is wrong with it.
# A cancelled download stays to be read. `fuzz_checks` accepts what is sane more exactly.
CONFIG = f"""
hooks = "{Path(__file__).with_name("fuzz_checks.py")}"

[auth]
auto-signup = false

[checks]
positive_data_acceptance = {{ enabled = false }}
negative_data_rejection = {{ expected-statuses = [
  400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429,
] }}

[[operations]]
include-path-regex = "/downloads/"
checks = {{ use_after_free = {{ enabled = false }} }}
"""

# What would end the actor's own way in, and all that comes after would be one and the same 401;
# the other actors try them.
ENDS_SESSIONS = "logout|end_sessions?|change_password|erase_profile"
ENDS_KEYS = "revoke_api_key|erase_profile"

THINGS_OF_ANA = """
from accounts.models import User
from accounts.tests.build import make_connect_link, make_credential
from courses.tests.make import fill, make_course, make_sync, make_topic
from downloads.models import BatchDownload, BatchItem
from downloads.tests.build import make_download
from library.tests.build import make_video
ana = User.objects.get(username="ana")
for _ in range(5):
    for status in ("queued", "running", "completed", "failed", "cancelled"):
        make_download(ana, status=status)
    make_video(ana, thumbnail=b"x", subtitles={"pt": "WEBVTT"})
    account = make_credential(ana)
    make_connect_link(ana)
    course = make_course(account)
    fill(course, number=3, topics=[make_topic(course)])
    make_sync(account)
    batch = BatchDownload.objects.create(owner=ana, course=course, title="Math")
    BatchItem.objects.create(batch=batch, download=make_download(ana, status="failed"))
"""


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One for each test: what one actor did must not matter to the next."""
    folder = tmp_path_factory.mktemp("fuzz")
    sandbox = SandboxProcess(folder)
    try:
        with web_server(folder, **UNLIMITED, **sandbox.google()) as (product, _process):
            product.manage("shell", "-v0", "-c", THINGS_OF_ANA)
            yield product
    finally:
        sandbox.close()


def fuzz(product: Product, folder: Path, *words: str, phases: str = SHORT) -> str:
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    done = subprocess.run(
        [
            *[str(Path(sys.executable).with_name("st")), "--config-file", str(config)],
            *["run", f"{product.url}/api/schema", "--max-examples", str(EXAMPLES)],
            *["--seed", SEED],
            *["--phases", phases, "--suppress-health-check", "all"],
            *["--continue-on-failure", "--request-timeout", "20", *words],
        ],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + product.log.read_text()[-2000:]
    return done.stdout


def but(operations: str) -> tuple[str, str]:
    return "--exclude-operation-id-regex", f"^({operations})$"


def cases(told: str) -> int:
    found = re.search(r"(\d+) generated, (\d+) passed", told)
    assert found, told
    assert found[1] == found[2], told
    return int(found[1])


def bearer(secret: str) -> tuple[str, str]:
    return "-H", f"Authorization: Bearer {secret}"


def test_a_teachers_token_meets_nothing_that_is_not_described(product, tmp_path):
    signed_in = {"login": "ana", "password": "giz-e-lousa-7"}
    answer = requests.post(f"{product.url}/api/v1/auth/login", json=signed_in, timeout=10)
    assert answer.status_code == 200, answer.text

    told = fuzz(product, tmp_path, *bearer(answer.json()["access_token"]), *but(ENDS_SESSIONS))

    assert cases(told) > 200
    assert " ERROR " not in product.log.read_text()


def test_a_key_of_all_scopes_meets_nothing_that_is_not_described(product, tmp_path):
    product.manage(
        *["create_user", "--username", "clara", "--email", "clara@escola.example"],
        *["--role", "admin", "--password-stdin"],
        given="giz-e-lousa-7",
    )
    key = product.manage(
        *["create_api_key", "--username", "clara", "--name", "fuzz"],
        *["--scopes", ",".join(SCOPES)],
    )

    told = fuzz(product, tmp_path, *bearer(key), *but(ENDS_KEYS), phases=LONG)

    assert cases(told) > 200
    assert " ERROR " not in product.log.read_text()


def test_nobody_gets_anything(product, tmp_path):
    told = fuzz(product, tmp_path)
    assert cases(told) > 100
    assert " ERROR " not in product.log.read_text()
