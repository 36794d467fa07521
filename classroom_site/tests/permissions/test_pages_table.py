"""Every page for people, by every actor, as the table says."""

import pytest

from classroom_site.tests.permissions.asking import mistakes
from classroom_site.tests.permissions.routes import routes
from classroom_site.tests.permissions.table_pages import TABLE

PATHS = sorted({one.partition(" ")[2] for one in TABLE})


@pytest.mark.parametrize("operation", TABLE)
def test_every_actor_gets_what_the_table_says(world, operation):
    assert mistakes(operation, TABLE[operation], world) == []


def test_every_page_is_in_the_table():
    pages = {
        route.path
        for route in routes()
        if route.api_class is None and not route.path.startswith("/admin/")
    }

    assert pages == set(PATHS)
