"""Pupils are nobody's business: neither their names nor their addresses come further."""

import logging

import pytest
from django.db import connection

from accounts.google.scopes import Bundle
from accounts.models import User
from courses.models import Course
from courses.tests.build import STUDENT, TEACHER, make_account, synchronise
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

PUPIL = "Rita Canário da Silva"
OTHER = "Bento Canário Souza"


@pytest.fixture
def school(google: Google) -> Google:
    google.user(TEACHER, "Paula Souza")
    google.user(STUDENT, PUPIL)
    google.user("bento@escola.example", OTHER)
    google.course("101", "Matemática", TEACHER, students=[STUDENT, "bento@escola.example"])
    google.item(
        "101",
        "courseWork",
        "w1",
        title="Aula",
        only_for=["bento@escola.example"],
        materials=[
            {"form": {"formUrl": "https://forms.gle/a", "responseUrl": f"https://x/{PUPIL}"}}
        ],
        studentSubmission={"profile": {"name": {"fullName": PUPIL}, "emailAddress": STUDENT}},
    )
    return google


def dump() -> str:
    with connection.cursor() as cursor:
        text = ""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text += repr(cursor.fetchall())
    return text


def test_of_people_only_the_teachers_names_are_kept(
    ana: User, school: Google, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    synchronise(make_account(ana, school, bundles=[Bundle.CLASSROOM, Bundle.ROSTERS]))
    course = Course.objects.get()
    sub = school.known(TEACHER).sub
    assert course.teachers == [{"google_id": sub, "name": "Paula Souza"}]
    for text in (dump(), caplog.text):
        for secret in (PUPIL, OTHER, STUDENT, "bento@", school.known("bento@escola.example").sub):
            assert secret not in text


def test_they_are_not_even_asked_for(ana: User, school: Google) -> None:
    synchronise(make_account(ana, school, bundles=[Bundle.CLASSROOM, Bundle.ROSTERS]))
    asked = " ".join(entry.query + entry.path for entry in school.log)
    for word in ("student", "individualStudentsOptions", "emailAddress", "creatorUserId"):
        assert word not in asked.replace("studentId=me", "")
    assert not [entry for entry in school.log if entry.path.endswith("/students")]


def test_no_token_is_kept_in_clear_or_logged(
    ana: User, school: Google, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    school.fail("GET /v1/courses", "unauthenticated")
    synchronise(make_account(ana, school))
    for text in (dump(), caplog.text):
        for token in school.tokens():
            assert token not in text
