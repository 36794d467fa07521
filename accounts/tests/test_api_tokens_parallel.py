"""One refresh token sent many times at once: one renewal, and no thief is seen."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import ApiSession, AuditEntry
from accounts.tests.tokens import PROFILE, bearer, refresh, tokens_of

TIMES = 20

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_twenty_renewals_at_once_one_succeeds_and_the_session_lives(ana, settings):
    settings.RATE_LIMIT_PER_MINUTE = 0
    first = tokens_of(ana)
    at_once = threading.Barrier(TIMES)

    def renew(_number: int) -> tuple[int, dict[str, str]]:
        try:
            at_once.wait(timeout=10)
            answer = refresh(first.refresh)
            return answer.status_code, answer.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(renew, range(TIMES)))
    renewed = [body for status, body in answers if status == 200]
    refused = [body["code"] for status, body in answers if status == 401]
    assert (len(renewed), refused) == (1, ["token_superseded"] * (TIMES - 1))
    assert bearer(renewed[0]["access_token"]).get(PROFILE).status_code == 200
    assert refresh(renewed[0]["refresh_token"]).status_code == 200
    assert ApiSession.objects.get().revoked_at is None
    assert not AuditEntry.objects.filter(action="token.reused").exists()
