"""Google, as the sandbox plays it, and accounts of Ana and Bruno in it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.google.endpoints import endpoints
from accounts.services import clients
from core.jobs import node
from sandbox import Sandbox
from sandbox.google import Google


@pytest.fixture(scope="session")
def played() -> Iterator[Sandbox]:
    """The media are made once per machine and kept."""
    with Sandbox(Path(tempfile.gettempdir()) / "classroom-sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def google(played: Sandbox, settings) -> Iterator[Google]:
    """An empty Google that knows this site as its client; nobody waits for the rate limit."""
    settings.GOOGLE_ROOT_URL = played.origin
    settings.GOOGLE = endpoints(played.origin)
    settings.GOOGLE_CLIENT_ID = "sandbox-client"
    settings.GOOGLE_CLIENT_SECRET = "sandbox-secret"
    settings.GOOGLE_CALLS_PER_SECOND = 10_000
    clients._limiters.clear()
    node.start()
    played.reset()
    played.google.clear()
    yield played.google
    clients._limiters.clear()
    assert played.log.errors == []
