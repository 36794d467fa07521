"""A sandbox and fresh installations for the tests that kill."""

import os
import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest

from classroom_site.tests.kill.nodes import Nodes
from classroom_site.tests.product import Product, SandboxProcess

# The short form runs with every change, the full one every night (.ci/nightly).
FULL = bool(os.environ.get("KILL_FULL"))


@pytest.fixture(scope="session")
def origin(tmp_path_factory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close()


@pytest.fixture
def install(tmp_path, origin) -> Iterator[Callable[..., Product]]:
    """Start a product; on PostgreSQL or Redis where the environment given says so."""
    products: list[Product] = []

    def start(**environment: str) -> Product:
        product = Product(tmp_path, **origin.environment(proxied=False), **environment)
        products.append(product)
        product.start()
        product.make_teacher()
        return product

    yield start
    for product in products:
        product.close()


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    nodes = Nodes()
    yield nodes
    nodes.stop()


@pytest.fixture
def postgres_database() -> Iterator[str]:
    """The URL of a database of its own on this machine's PostgreSQL."""
    server = "postgres://postgres@127.0.0.1:5432"
    name = f"classroom_{uuid.uuid4().hex[:8]}"
    try:
        admin = psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("SKIPPED: no PostgreSQL on 127.0.0.1:5432")
    with admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield f"{server}/{name}"
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def database(request) -> dict[str, str]:
    if request.param == "sqlite":
        return {}
    return {"DATABASE_URL": request.getfixturevalue("postgres_database")}
