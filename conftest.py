"""The cast and the stage of every test.

Ana is a teacher, Bruno another one who must never see what is hers, Clara is staff. Ana's
integrator calls the API with a key of hers.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.models import Role, User
from accounts.services import api_keys, blocks, rates, security

PASSWORD = "a long enough secret"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in the product: only there do several threads see one database."""
    settings = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        settings["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def stage(settings, tmp_path: Path) -> Iterator[None]:
    """Every test has folders of its own, speaks English, and waits neither for limits nor
    for password hashes.
    """
    run_dir = Path(tempfile.mkdtemp(prefix="cd-"))  # short: it holds unix sockets
    settings.RUN_DIR = run_dir
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.MIN_FREE_BYTES = 0
    settings.LANGUAGE_CODE = "en"
    settings.RATE_LIMIT_PER_MINUTE = settings.RATE_LIMIT_READS_PER_MINUTE = 0
    rates.forget()
    security.forget()
    blocks.known.set([], fresh_for=3600)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "realtime.relay.LocalSocketChannelLayer",
            "CONFIG": {"directory": run_dir / "live"},
        }
    }
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    yield
    shutil.rmtree(run_dir, ignore_errors=True)


@pytest.fixture(autouse=True)
def _others_have_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A thread that still asks something would deadlock with the emptying of the tables."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction") and connection.vendor == "postgresql":
        asking = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        end = time.monotonic() + 5
        with connection.cursor() as cursor:
            while time.monotonic() < end:
                cursor.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {asking}")
                if cursor.fetchone() == (0,):
                    return
                time.sleep(0.02)


@pytest.fixture
def ana(db) -> User:
    """A teacher with things of her own."""
    return _person("ana", full_name="Ana Lima")


@pytest.fixture
def bruno(db) -> User:
    """Another teacher, who must never see what is Ana's."""
    return _person("bruno", full_name="Bruno Reis")


@pytest.fixture
def clara(db) -> User:
    """Staff: sees and manages everybody's."""
    return _person("clara", full_name="Clara Dias", role=Role.ADMIN)


@pytest.fixture
def integrator_key(ana: User) -> str:
    """A key that may do with Ana's downloads and videos what she may."""
    scopes = ["downloads:read", "downloads:write", "library:read", "library:write"]
    return api_keys.create_api_key(by=ana, owner=ana, name="school portal", scopes=scopes)[1]


@pytest.fixture
def anonymous() -> Client:
    return Client()


@pytest.fixture
def ana_client(ana: User) -> Client:
    return _signed_in(ana)


@pytest.fixture
def bruno_client(bruno: User) -> Client:
    return _signed_in(bruno)


@pytest.fixture
def clara_client(clara: User) -> Client:
    return _signed_in(clara)


@pytest.fixture
def integrator(integrator_key: str) -> Client:
    """Calls the API with Ana's key."""
    return Client(headers={"Authorization": f"Bearer {integrator_key}"})


def received(response: Any) -> bytes:
    """The body of a response, also of one that is streamed."""
    if not response.streaming:
        return bytes(response.content)

    async def collect(chunks: AsyncIterable[bytes]) -> bytes:
        return b"".join([chunk async for chunk in chunks])

    content = response.streaming_content
    return asyncio.run(collect(content)) if response.is_async else b"".join(content)


def _person(username: str, *, full_name: str, role: str = Role.USER) -> User:
    staff = role == Role.ADMIN
    return User.objects.create_user(
        username,
        f"{username}@example.org",
        PASSWORD,
        full_name=full_name,
        role=role,
        is_staff=staff,
        is_superuser=staff,
    )


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
