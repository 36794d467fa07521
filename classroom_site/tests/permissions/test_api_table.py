"""Every operation of the API, by every actor, as the table says."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from classroom_site.tests.permissions.asking import mistakes
from classroom_site.tests.permissions.routes import routes
from classroom_site.tests.permissions.table_api import TABLE, UNDESCRIBED


@pytest.mark.parametrize("operation", TABLE)
def test_every_actor_gets_what_the_table_says(world, operation):
    assert mistakes(operation, TABLE[operation], world) == []


def test_every_operation_of_the_site_is_in_the_table():
    found = {
        f"{method} {route.path}"
        for route in routes()
        if route.api_class is not None
        for method in route.methods
    }

    assert found == set(TABLE)


def test_every_operation_is_described_and_names_its_scope(world):
    described = operations()

    assert set(described) == set(TABLE) - UNDESCRIBED
    for operation, told in described.items():
        if scope := TABLE[operation].scope:
            assert f"Scope: `{scope}`." in told["description"]
            assert {"apiKey": [scope]} in told["security"]
        else:
            assert "Scope: " not in told["description"]


def operations() -> dict[str, dict[str, Any]]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, methods in paths.items()
        for method, operation in methods.items()
    }
