"""What other apps have every node do now and then."""

import pytest
from django.db import OperationalError, connection

from core.jobs import chores
from core.jobs.chores import Chores

done: list[str] = []


def good() -> None:
    done.append("good")


def away() -> None:
    raise OperationalError("gone")


def broken() -> None:
    raise ValueError("oops")


@pytest.fixture
def three(settings, db, monkeypatch):
    names = ("away", "broken", "good")
    settings.NODE_CHORES = [f"core.tests.test_chores.{name}" for name in names]
    monkeypatch.setattr(connection, "close", lambda: None)
    done.clear()
    return Chores()


def test_one_that_fails_keeps_no_other_from_its_turn(three, caplog):
    three.do_due()
    assert done == ["good"]
    assert "does not answer: gone" in caplog.text
    assert "ValueError: oops" in caplog.text


def test_they_are_done_now_and_then(three, monkeypatch):
    three.do_due()
    three.do_due()
    assert done == ["good"]
    monkeypatch.setattr(chores, "_EVERY_SECONDS", 0.0)
    three.do_due()
    assert done == ["good", "good"]
