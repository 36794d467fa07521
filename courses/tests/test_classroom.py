"""Google's answers become plain values; nothing in them is trusted."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accounts.google.client import GoogleClient
from accounts.google.endpoints import endpoints
from accounts.google.errors import GoogleError, Reason
from accounts.google.http import session
from accounts.google.scopes import to_ask_for
from courses.classroom import files, payloads, plain, reading
from courses.classroom.reading import EndlessList, ItemList
from courses.tests.build import TEACHER, WITH_DRIVE
from sandbox import Sandbox
from sandbox.google import Google


@pytest.fixture
def client(played: Sandbox, google: Google) -> GoogleClient:
    """The real one, without the database's tokens."""
    token = google.issue(TEACHER, to_ask_for(WITH_DRIVE))
    return GoogleClient(
        tokens=lambda refused="": token,
        session=session(proxy="", ca_file=""),
        endpoints=endpoints(played.origin),
        pause=lambda seconds: None,
    )


@pytest.mark.parametrize("raw", [{}, {"id": None}, {"id": 7}, {"id": "../1"}, {"id": "x" * 65}])
def test_what_has_no_id_is_passed_over(raw: Mapping[str, Any]) -> None:
    assert payloads.course(raw) is None
    assert payloads.item(raw, "assignment") is None
    assert payloads.topic({"topicId": raw.get("id"), "name": "x"}) is None


def test_a_course_of_wrong_types_is_as_good_as_empty() -> None:
    told = payloads.course(
        {
            "id": "1",
            "name": ["x"],
            "section": {"a": 1},
            "courseState": 7,
            "ownerId": "a b",
            "alternateLink": "javascript:alert(1)",
            "creationTime": "yesterday",
            "updateTime": 12,
        }
    )
    assert told is not None
    assert (told.name, told.section, told.state, told.owner_google_id) == ("1", "", "active", "")
    assert (told.alternate_link, told.google_created_at, told.google_updated_at) == (
        "",
        None,
        None,
    )


def test_texts_are_cut_to_their_columns_and_cleaned() -> None:
    long = "a\x00b\r\n" * 20_000
    told = payloads.course({"id": "1", "name": long, "section": long, "room": long})
    assert told is not None
    assert [len(told.name), len(told.section), len(told.room)] == [749, 2800, 650]
    assert told.name.startswith("ab ab")
    item = payloads.item({"id": "1", "title": long, "description": long}, "assignment")
    assert item is not None
    assert (len(item.title), len(item.description)) == (2999, 30_000)
    assert "\x00" not in item.description
    assert "\n" in item.description


@pytest.mark.parametrize(
    ("work_type", "kind"),
    [
        ("ASSIGNMENT", "assignment"),
        ("SHORT_ANSWER_QUESTION", "question"),
        ("MULTIPLE_CHOICE_QUESTION", "question"),
        ("COURSE_WORK_TYPE_UNSPECIFIED", "assignment"),
        (None, "assignment"),
        (["MULTIPLE_CHOICE_QUESTION"], "assignment"),
    ],
)
def test_coursework_says_what_it_is(work_type: object, kind: str) -> None:
    item = payloads.item({"id": "1", "workType": work_type}, "assignment")
    assert item is not None
    assert item.kind == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00:00.123456789Z", "2026-11-20T10:00:00.123456+00:00"),
        ("2026-11-20T07:00:00-03:00", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00+00:00"),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("x", None),
        (None, None),
    ],
)
def test_times_are_moments_of_utc(text: object, expected: str | None) -> None:
    found = plain.moment(text)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12", 12), (12, 12), ("-1", None), ("9" * 30, None), (True, None), (1.5, None), ("x", None)],
)
def test_numbers_come_as_texts(value: object, expected: int | None) -> None:
    assert plain.number(value) == expected


def test_states_are_asked_for_by_who_asks(client: GoogleClient, google: Google) -> None:
    google.course("1", "X", TEACHER)
    for teaching in (True, False):
        list(reading.items(client, "1", ItemList.MATERIALS, teaching=teaching, since=None))
    teachers, students = (entry.query for entry in google.log)
    for state, asked in (("PUBLISHED", True), ("DRAFT", False), ("DELETED", False)):
        assert f"courseWorkMaterialStates={state}" in teachers
        assert (f"courseWorkMaterialStates={state}" in students) is asked
    assert "orderBy=updateTime+desc" in teachers
    assert "nextPageToken" in teachers


def test_pages_follow_each_other_to_the_end(client: GoogleClient, google: Google) -> None:
    google.course("1", "X", TEACHER)
    for number in range(250):
        google.item("1", "announcements", f"a{number}", text="Oi")
    pages = reading.items(client, "1", ItemList.ANNOUNCEMENTS, teaching=True, since=None)
    found = [one.google_id for page in pages for one in page]
    assert len(found) == len(set(found)) == 250
    assert client.calls == 3


@pytest.mark.parametrize("key", ["topic", "teachers", "courses", "announcements"])
def test_no_list_is_read_for_ever(client: GoogleClient, google: Google, key: str) -> None:
    google.course("1", "X", TEACHER)
    google.endless_pages.add(key)
    lists: dict[str, Callable[[], Any]] = {
        "topic": lambda: reading.topics(client, "1"),
        "teachers": lambda: reading.teachers(client, "1"),
        "courses": lambda: reading.courses(client, teaching=True),
        "announcements": lambda: reading.items(
            client, "1", ItemList.ANNOUNCEMENTS, teaching=True, since=None
        ),
    }
    token = google.issue(TEACHER, ["https://www.googleapis.com/auth/classroom.rosters.readonly"])
    if key == "teachers":
        client._tokens = lambda refused="": token
    with pytest.raises(EndlessList):
        list(lists[key]())
    assert 1 < client.calls <= reading.MOST_PAGES


def test_an_empty_list_is_left_out_by_google(client: GoogleClient, google: Google) -> None:
    google.known(TEACHER)
    assert list(reading.courses(client, teaching=True)) == [[]]


def test_drives_numbers_and_sums_are_checked() -> None:
    told = files._file(
        "a",
        "",
        {
            "mimeType": "video/mp4",
            "size": "5497558138880",
            "sha256Checksum": "<script>",
            "videoMediaMetadata": {"durationMillis": "x"},
            "capabilities": None,
        },
    )
    assert told is not None
    facts = (told.size_bytes, told.sha256, told.duration_seconds, told.problem, told.is_video)
    assert facts == (5 << 40, "", None, None, True)


def test_what_drive_says_of_a_file_it_does_not_show() -> None:
    gone = files._file("a", "k", GoogleError(Reason.GONE))
    assert gone is not None
    assert (gone.id, gone.resource_key, gone.problem) == ("a", "k", Reason.GONE)
    assert files._file("a", "", GoogleError(Reason.UPSTREAM)) is None
    assert files._file("a", "", b"<html>") is None
    with pytest.raises(GoogleError):
        files._file("a", "", GoogleError(Reason.MISSING_SCOPE))
