"""Whose courses, accounts and batches: only one's own; and what a list of them costs."""

import json

import pytest

from downloads.models import BatchDownload
from downloads.tests.batching import BATCHES, download_all, look, rows
from downloads.tests.school import make_account, make_school, see

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(ana):
    return make_school(ana)


def test_another_teacher_neither_sees_nor_uses_a_course_account_or_batch(
    bruno_client, bruno, ana_client, school
):
    school.video()
    job = download_all(ana_client, school).json()["job_id"]
    own = make_school(bruno)
    own.video()
    before = rows()

    assert look(bruno_client, school).status_code == 404
    assert download_all(bruno_client, school).status_code == 404
    stolen = {"credential_id": school.credential.pk}
    assert look(bruno_client, own, **stolen).status_code == 404
    assert download_all(bruno_client, own, **stolen).status_code == 404
    for path in ("", "/items", "/zip"):
        assert bruno_client.get(f"{BATCHES}/{job}{path}").status_code == 404
    for path in ("/cancel", "/retry-failed"):
        assert bruno_client.generic("POST", f"{BATCHES}/{job}{path}").status_code == 404
    assert bruno_client.get(BATCHES).json()["results"] == []
    query = {"course_id": school.course.pk}
    assert bruno_client.get(BATCHES, query).status_code == 404
    assert bruno_client.get("/api/v1/downloads", query).status_code == 404
    assert bruno_client.get("/api/v1/downloads", {"batch_id": job}).json()["total"] == 0
    assert rows() == before


def test_a_foreign_video_among_the_picked_ones_stops_all(bruno_client, bruno, school):
    foreign, own = school.video(), make_school(bruno)
    mine = own.video()
    before = rows()

    answer = download_all(bruno_client, own, video_ids=[mine.pk, foreign.pk])

    assert answer.status_code == 404
    assert rows() == before


def test_staff_do_not_download_with_anybody_elses_account(clara_client, school):
    school.video()
    before = rows()

    assert download_all(clara_client, school).status_code == 404
    path = f"/api/v1/courses/{school.course.pk}/download-all"
    answer = clara_client.post(path, {}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_account")
    assert rows() == before


def test_an_account_that_does_not_see_the_course_is_refused(ana_client, ana, school):
    school.video()
    other, gone = make_account(ana), make_account(ana, status="revoked")
    see(gone, school.course)

    answer = download_all(ana_client, school, credential_id=other.pk)

    assert (answer.status_code, answer.json()["code"]) == (400, "credential_without_course")
    assert download_all(ana_client, school, credential_id=gone.pk).status_code == 404
    assert not BatchDownload.objects.exists()


def test_no_secret_of_the_account_is_in_any_answer(ana_client, school):
    school.video()
    job = download_all(ana_client, school).json()["job_id"]
    paths = [BATCHES, f"{BATCHES}/{job}", f"{BATCHES}/{job}/items", "/api/v1/downloads"]
    told = [ana_client.get(path).json() for path in paths] + [look(ana_client, school).json()]

    assert "canary" not in json.dumps(told)


# --- how much it costs


@pytest.mark.parametrize("number", [10, 500])
def test_batches_and_their_items_cost_as_many_queries_for_500_as_for_10(
    ana_client, ana, number, django_assert_num_queries
):
    school = make_school(ana)
    coursework = school.coursework()
    for _ in range(number):
        school.video(coursework)
    job = download_all(ana_client, school).json()["job_id"]
    ana_client.get(BATCHES)

    with django_assert_num_queries(5):  # session, user, number, rows, counters
        ana_client.get(BATCHES)
    with django_assert_num_queries(4):
        ana_client.get(f"{BATCHES}/{job}")
    with django_assert_num_queries(14):
        told = ana_client.get(f"{BATCHES}/{job}/items", {"limit": 200}).json()
    assert len(told["results"]) == min(number, 200)
