"""The courses API: which courses one sees, what is told of them, page by page."""

from datetime import UTC

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import api_keys
from accounts.tests.build import make_credential
from courses.models import CourseAccess
from courses.tests.make import (
    fill,
    give,
    make_course,
    make_course_video,
    make_coursework,
    make_topic,
)
from library.tests.build import make_video

URL = "/api/v1/courses"


@pytest.fixture
def portal(ana) -> Client:
    """Calls the API with a key of Ana's that may see courses, and no more."""
    _key, secret = api_keys.create_api_key(by=ana, owner=ana, name="x", scopes=["courses:read"])
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def account(ana):
    return make_credential(ana, email="ana@school.example")


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [course["name"] for course in answer.json()["results"]]


def test_a_course_is_told_whole(portal, ana, account):
    course = make_course(
        account,
        role="owner",
        google_id="718",
        name="Biologia",
        section="9º B",
        room="12",
        description="Aulas",
        owner_google_id="1059",
        teachers=[{"google_id": "1059", "name": "Ana Lima"}],
        alternate_link="https://classroom.google.com/c/718",
    )
    post, other = make_coursework(course), make_coursework(course)
    held = make_course_video(post, source_key="aaaaaaaaaaa")
    make_course_video(other, source_key="aaaaaaaaaaa")  # the same video again
    make_course_video(post)
    make_course_video(post, gone_at=post.created_at)
    make_video(ana, source="youtube", source_key=held.source_key)
    synced = CourseAccess.objects.get().synced_at.astimezone(UTC).isoformat()
    synced = synced.replace("+00:00", "Z")

    told = portal.get(f"{URL}/{course.pk}").json()

    assert told == {
        "id": course.pk,
        "google_id": "718",
        "name": "Biologia",
        "section": "9º B",
        "heading": None,
        "description": "Aulas",
        "room": "12",
        "state": "active",
        "teachers": [{"google_id": "1059", "name": "Ana Lima"}],
        "owner": "1059",
        "video_count": 2,
        "downloaded_count": 1,
        "last_synced_at": synced,
        "accesses": [
            {
                "credential_id": account.pk,
                "email": "ana@school.example",
                "role": "owner",
                "problem": None,
                "synced_at": synced,
            }
        ],
        "alternate_link": "https://classroom.google.com/c/718",
        "created_at": None,
        "updated_at": None,
    }
    assert portal.get(f"{URL}/google:718").json() == told
    assert portal.get(URL).json() == {"results": [told], "next_page_token": None}


def test_teachers_nobody_may_read_are_null(portal, account):
    make_course(account)

    assert portal.get(URL).json()["results"][0]["teachers"] is None


def test_another_teacher_sees_neither_the_course_nor_what_is_in_it(bruno_client, account):
    course = make_course(account)
    post = make_coursework(course)

    assert names(bruno_client.get(URL)) == []
    for path in ("", "/coursework", f"/coursework/{post.pk}", "/topics", "/materials", "/changes"):
        for key in (course.pk, f"google:{course.google_id}"):
            answer = bruno_client.get(f"{URL}/{key}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_coursework_is_read_in_its_own_course_only(portal, account):
    course, other = make_course(account), make_course(account)
    post = make_coursework(other)

    assert portal.get(f"{URL}/{course.pk}/coursework/{post.pk}").status_code == 404
    assert portal.get(f"{URL}/{other.pk}/coursework/{post.pk}").status_code == 200
    named = portal.get(f"{URL}/{other.pk}/coursework/google:{post.google_id}")
    assert named.json()["id"] == post.pk


def test_what_an_account_no_longer_gives_is_no_longer_seen(portal, account, ana):
    gone = make_course(account)
    CourseAccess.objects.filter(course=gone).update(gone_at=gone.created_at)
    make_course(make_credential(ana, status="revoked"))
    kept = make_course(make_credential(ana, status="needs_consent"), name="Kept")

    assert names(portal.get(URL)) == ["Kept"]
    assert portal.get(f"{URL}/{gone.pk}").status_code == 404
    assert portal.get(f"{URL}/{kept.pk}").status_code == 200


def test_one_course_through_two_accounts_is_one(portal, ana, account, bruno):
    course = make_course(account, make_credential(ana, email="b@school.example"))
    give(make_credential(bruno), course)

    (told,) = portal.get(URL).json()["results"]

    emails = [access["email"] for access in told["accesses"]]
    assert emails == ["ana@school.example", "b@school.example"]


def test_courses_are_narrowed(portal, ana, account):
    other = make_credential(ana, tenant_id="north")
    make_course(account, name="Biologia", section="Fotossíntese")
    make_course(account, name="História", state="archived")
    make_course(other, name="Frações")

    assert names(portal.get(URL)) == ["Frações", "História", "Biologia"]
    assert names(portal.get(f"{URL}?state=archived")) == ["História"]
    assert names(portal.get(f"{URL}?search=fotossintese")) == ["Biologia"]
    assert names(portal.get(f"{URL}?credential_id={other.pk}")) == ["Frações"]
    assert names(portal.get(f"{URL}?tenant_id=north")) == ["Frações"]
    assert names(portal.get(f"{URL}?tenant_id=south")) == []


def test_somebody_elses_account_narrows_to_nothing(portal, bruno, account):
    course, theirs = make_course(account), make_credential(bruno)
    give(theirs, course)

    assert names(portal.get(f"{URL}?credential_id={theirs.pk}")) == []


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ("?limit=3", "limit", "unknown_field"),
        ("?offset=1", "offset", "unknown_field"),
        ("?state=ACTIVE", "state", "invalid_choice"),
        ("?page_size=0", "page_size", "min_value"),
        ("?page_size=201", "page_size", "max_value"),
        ("?credential_id=x", "credential_id", "invalid"),
        ("?page_token=abc", "page_token", "invalid_page_token"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(portal, asked, field, code):
    answer = portal.get(URL + asked)

    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        (field, code)
    ]


@pytest.mark.parametrize("key", ["0", "x", "google:", "google:a b", "-1", "9" * 19, "Google:7"])
def test_a_key_that_is_none_finds_nothing(portal, key):
    answer = portal.get(f"{URL}/{key}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def pages(client: Client, address: str, size: int) -> list[list[str]]:
    found, token = [], ""
    while True:
        answer = client.get(f"{address}?page_size={size}&page_token={token}").json()
        found.append([row["google_id"] for row in answer["results"]])
        token = answer["next_page_token"]
        if not token:
            return found


def test_courses_come_page_by_page_also_while_others_are_added(portal, account):
    made = [make_course(account).google_id for _ in range(5)][::-1]
    assert pages(portal, URL, 2) == [made[:2], made[2:4], made[4:]]
    assert pages(portal, URL, 5) == [made]

    first = portal.get(f"{URL}?page_size=2").json()
    make_course(account)
    second = portal.get(URL, {"page_size": 2, "page_token": first["next_page_token"]}).json()
    assert [row["google_id"] for row in second["results"]] == made[2:4]


def test_coursework_comes_by_topic_page_by_page_each_once(portal, account):
    course = make_course(account)
    second, first = make_topic(course, position=2), make_topic(course, position=1)
    posts = fill(course, number=11, topics=[second, first])
    alone = [make_coursework(course, google_created_at=None) for _ in range(3)]
    expected = [post.google_id for post in posts if post.topic == first]
    expected += [post.google_id for post in posts if post.topic == second]
    expected += [post.google_id for post in reversed(alone)]

    for size in (1, 2, 3, 5, 14, 200):
        found = pages(portal, f"{URL}/{course.pk}/coursework", size)
        assert [one for page in found for one in page] == expected
        assert {len(page) for page in found[:-1]} <= {size}


def test_a_token_of_one_list_is_none_for_another(portal, account):
    course, other = make_course(account), make_course(account)
    for one in (course, other):
        fill(one, number=3)
    token = portal.get(f"{URL}/{course.pk}/coursework?page_size=1").json()["next_page_token"]

    assert portal.get(f"{URL}/{course.pk}/coursework?page_token={token}").status_code == 200
    for path in (f"/{other.pk}/coursework", f"/{course.pk}/materials", ""):
        answer = portal.get(f"{URL}{path}?page_token={token}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_page_token")


def test_the_number_of_questions_is_fixed(portal, account):
    course = make_course(account)
    portal.get(URL)  # notes that the key was used
    fill(course, number=10)
    small = count(portal, f"{URL}/{course.pk}/coursework?page_size=10")
    fill(course, number=190)
    for _ in range(9):
        fill(make_course(account), number=3)

    assert count(portal, f"{URL}/{course.pk}/coursework?page_size=200") == small
    assert count(portal, f"{URL}?page_size=1") == count(portal, URL)


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
