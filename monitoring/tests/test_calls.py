"""Every call to Google is counted by how it ended, whoever makes it."""

import pytest
import requests
from django.db import DatabaseError

from accounts.services import tokens
from monitoring.models import CallTally
from monitoring.services import calls


def counted() -> dict[str, int]:
    return dict(CallTally.objects.values_list("outcome", "calls"))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "ok"),
        (404, "ok"),
        (401, "refused"),
        (403, "refused"),
        (429, "rate_limited"),
        (500, "upstream"),
        (None, "unreachable"),
    ],
)
def test_an_answer_is_told_from_a_refusal_and_from_none(db, status, outcome):
    calls.note_call(status)
    calls.note_call(status)
    assert counted() == {outcome: 2}


def test_the_session_every_part_uses_tells_of_its_calls(db, answering):
    with tokens.google_session() as session:
        session.get(answering, timeout=5)
        with pytest.raises(requests.ConnectionError):
            session.get("http://127.0.0.1:9/", timeout=5)
    assert counted() == {"ok": 1, "unreachable": 1}


def test_a_call_that_cannot_be_counted_goes_on(db, monkeypatch, caplog):
    def refuse(outcome):
        raise DatabaseError("locked")

    monkeypatch.setattr(calls, "_count", refuse)
    calls.note_call(200)
    assert "was not counted" in caplog.text
