"""The site as the tables ask it."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from accounts.google.endpoints import endpoints
from classroom_site.tests.permissions.world import World


@pytest.fixture
def google_away(settings):
    """A site that has a Google client, while Google does not answer."""
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "x"
    settings.GOOGLE = endpoints("http://127.0.0.1:9")


@pytest.fixture
def no_limits(settings):
    """Who asks this often is refused for that reason; limits have tests of their own."""
    settings.RATE_LIMIT_PER_MINUTE = settings.RATE_LIMIT_READS_PER_MINUTE = 0


@pytest.fixture(scope="module")
def _made_once(
    request, django_db_setup, django_db_blocker, tmp_path_factory
) -> Iterator[tuple[World, str]]:
    """All that the rows of this module's table name, in a transaction that is never committed."""
    media = str(tmp_path_factory.mktemp("media"))
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings = override_settings(MEDIA_ROOT=media, PASSWORD_HASHERS=quick)
    with django_db_blocker.unblock(), transaction.atomic():
        with settings:
            world = World(request.module.TABLE.values())
        yield world, media
        transaction.set_rollback(True)


@pytest.fixture
def world(_made_once, db, settings, google_away, no_limits) -> World:
    """Everybody and everything; what a test does to them is undone after it."""
    world, settings.MEDIA_ROOT = _made_once
    return world
