"""The sandbox's Google, and browsers that walk through its consent page."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from accounts.google.endpoints import endpoints
from accounts.tests.browsing import Browser
from sandbox import Sandbox
from sandbox.google import Google


@pytest.fixture(scope="session")
def played() -> Iterator[Sandbox]:
    """The media are made once per machine and kept."""
    with Sandbox(Path(tempfile.gettempdir()) / "classroom-sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def google(played: Sandbox, settings) -> Iterator[Google]:
    """Google, as this site sees it: empty but for what a test puts into it."""
    played.reset()
    played.google.clear()
    settings.GOOGLE_ROOT_URL = played.origin
    settings.GOOGLE = endpoints(played.origin)
    settings.GOOGLE_CLIENT_ID = "sandbox-client"
    settings.GOOGLE_CLIENT_SECRET = "sandbox-secret"
    settings.GOOGLE_CALLS_PER_SECOND = 1000
    played.google.user("ana@escola.example", "Ana Lima", hd="escola.example")
    played.google.user("ana.privada@gmail.com", "Ana em casa")
    yield played.google
    assert played.log.errors == []


@pytest.fixture
def browser(google: Google) -> Callable[[Client], Browser]:
    """A browser with the cookies of a test client."""
    return lambda client: Browser(client, google.origin)
