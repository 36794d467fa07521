"""Whether the product lives is asked and answered without anything else."""

import pytest
from django.db import connection


@pytest.mark.parametrize("path", ["/health/live", "/health/live/"])
def test_everybody_hears_that_it_lives(anonymous, path):
    answer = anonymous.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not answer.cookies


def test_neither_database_nor_session_is_asked(anonymous, db, django_assert_num_queries):
    with django_assert_num_queries(0, connection=connection):
        assert anonymous.get("/health/live").status_code == 200
        assert anonymous.head("/health/live").status_code == 200


def test_a_key_that_opens_nothing_does_not_matter(anonymous):
    headers = {"Authorization": "Bearer cdk_wrong"}
    assert anonymous.get("/health/live", headers=headers).status_code == 200


def test_only_asking_is_possible(anonymous):
    answer = anonymous.post("/health/live")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
