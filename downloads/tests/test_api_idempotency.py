"""A request sent again under the same Idempotency-Key is done once and answered alike."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.models import IdempotencyKey
from downloads.models import Download, Transition
from downloads.services import queueing

URL = "/api/v1/downloads"
LINK = "https://videos.example.org/aula.mp4"


def queue(client, key, **body):
    wanted = {"url": LINK, **body}
    return client.post(URL, wanted, "application/json", headers={"Idempotency-Key": key})


def test_the_second_answer_is_the_first_one_again(integrator):
    first = queue(integrator, "lesson-1")
    Download.objects.update(title="changed meanwhile")
    again = queue(integrator, "lesson-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Download.objects.count() == 1


def test_the_order_and_spacing_of_a_body_make_no_other_request(integrator):
    body = json.dumps({"url": LINK, "title": "Aula"}, indent=2)
    headers = {"Idempotency-Key": "k"}
    first = integrator.generic("POST", URL, body, "application/json", headers=headers)
    body = json.dumps({"title": "Aula", "url": LINK}, separators=(",", ":"))
    again = integrator.generic("POST", URL, body, "application/json", headers=headers)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()


def test_a_key_used_for_another_request_is_refused(integrator):
    queue(integrator, "lesson-1")
    answer = queue(integrator, "lesson-1", quality="360p")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert Download.objects.count() == 1


def test_a_key_belongs_to_one_person(integrator, bruno_client):
    mine, theirs = queue(integrator, "lesson-1"), queue(bruno_client, "lesson-1")
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "ação", "a\tb"])
def test_a_key_that_is_none_is_refused(integrator, key):
    answer = queue(integrator, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")
    assert not Download.objects.exists()
    assert queue(integrator, "x" * 255).status_code == 201


def test_a_refused_request_leaves_its_key_free(integrator):
    assert queue(integrator, "k", url="ftp://example.org/a").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert queue(integrator, "k").status_code == 201


def test_a_request_that_broke_leaves_nothing_behind(integrator, monkeypatch):
    def broken(**_kwargs):
        Download.objects.update(title="half done")
        raise RuntimeError

    assert queue(integrator, "a").status_code == 201
    with monkeypatch.context() as patch:
        patch.setattr(queueing, "queue_download", broken)
        assert queue(integrator, "b").status_code == 500
    assert Download.objects.get().title == ""
    assert [row.key for row in IdempotencyKey.objects.all()] == ["a"]


def test_without_a_key_nothing_is_kept(integrator):
    integrator.post(URL, {"url": LINK}, "application/json")
    assert not IdempotencyKey.objects.exists()


def test_a_key_is_free_again_after_a_day(integrator):
    first = queue(integrator, "lesson-1")
    Download.objects.update(status="failed", finished_at=timezone.now())
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    again = queue(integrator, "lesson-1", quality="360p")
    assert again.status_code == 201
    assert again.json()["id"] != first.json()["id"]
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{"Idempotency-Key": "lesson-1"}, {}], ids=["key", "no key"])
def test_twenty_at_once_make_one_download(integrator_key, headers):
    def ask(_number: int):
        try:
            client = Client(headers={"Authorization": f"Bearer {integrator_key}", **headers})
            return client.post(URL, {"url": LINK}, "application/json")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert Download.objects.count() == 1
    assert Transition.objects.count() == 1
    assert {answer.json()["id"] for answer in answers} == {Download.objects.get().pk}
    codes = sorted(answer.status_code for answer in answers)
    assert codes == ([201] * 20 if headers else [200] * 19 + [201])
