"""A course of a thousand coursework: few calls, at Google's pace, in little memory."""

import time
import tracemalloc
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import clients
from courses.classroom.payloads import Item, item
from courses.models import Course, CourseAccess, CourseChange, CourseVideo, Coursework
from courses.services import writing
from courses.tests.build import TEACHER, WITH_DRIVE, make_account, synchronise
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 1000


@pytest.fixture
def school(google: Google) -> Google:
    """A thousand coursework with a film of YouTube each, a tenth of them with one of Drive."""
    google.course("101", "Matemática", TEACHER)
    for number in range(NUMBER):
        materials: list[dict[str, Any]] = [
            {"youtubeVideo": {"id": f"film{number:07}", "title": f"Aula {number}"}}
        ]
        if number % 10 == 0:
            google.file(f"v{number}", "aula.mp4", "video/mp4", b"v", readers=[TEACHER])
            file = {"id": f"v{number}", "title": "aula.mp4"}
            materials.append({"driveFile": {"driveFile": file, "shareMode": "VIEW"}})
        words = {"title": f"Aula {number}", "description": "Leia e veja. " * 20}
        words["updateTime"] = f"2026-01-{1 + number % 28:02}T10:00:00Z"
        google.item("101", "courseWork", f"w{number}", materials, **words)
    return google


@pytest.mark.slow
def test_the_calls_are_few_and_not_more_than_google_wants(
    ana: User, school: Google, settings
) -> None:
    settings.GOOGLE_CALLS_PER_SECOND = 20
    clients._limiters.clear()
    began = time.monotonic()
    sync = synchronise(make_account(ana, school, bundles=WITH_DRIVE))
    seconds = time.monotonic() - began
    assert (sync.items_seen, sync.videos_found) == (NUMBER, NUMBER + NUMBER // 10)
    # Two lists of courses, topics, ten pages, materials, announcements, one batch of Drive.
    assert sync.calls == 16
    inner = school.calls(r"/drive/v3/files/.*")
    assert inner == NUMBER // 10
    # The burst of the first second is the bucket's.
    assert sync.calls - 1 + inner <= 20 * (seconds + 1) + 100
    assert CourseVideo.objects.filter(mime_type="video/mp4").count() == inner
    school.reset()
    again = synchronise(sync.credential)
    assert (again.calls, again.items_seen) == (6, 100)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_course(ana: User, school: Google) -> None:
    account = make_account(ana, school)
    synchronise(account)  # whatever is loaded or cached once
    tracemalloc.start()
    try:
        synchronise(account, full=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50 << 20


def page(first: int, *, title: str) -> list[Item]:
    return [
        item(
            {
                "id": f"w{number}",
                "title": f"{title} {number}",
                "state": "PUBLISHED",
                "updateTime": f"2026-11-{title}T10:00:00Z",
                "materials": [
                    {"youtubeVideo": {"id": f"film{number:07}"}},
                    {"link": {"url": f"https://x.example/{title}/{number}"}},
                ],
            },
            "assignment",
        )
        for number in range(first, first + 100)
    ]


def queries(view: writing.View, items: list[Item]) -> int:
    with CaptureQueriesContext(connection) as captured:
        writing.write_page(view=view, items=items)
    return len(captured)


def test_a_page_takes_a_fixed_number_of_queries(ana: User, google: Google) -> None:
    course = Course.objects.create(google_id="101", name="Matemática")
    account = make_account(ana, google)
    access = CourseAccess.objects.create(credential=account, course=course, role="teacher")
    view = writing.view_of(access, quiet=False)
    first = queries(view, page(0, title="01"))
    assert queries(view, page(100, title="01")) == first
    for number in range(300, 700, 100):
        writing.write_page(view=view, items=page(number, title="01"))
    assert queries(view, page(200, title="01")) == first
    changed = queries(view, page(0, title="02"))
    assert queries(view, page(300, title="02")) == changed
    unchanged = queries(view, page(0, title="02"))
    assert max(first, changed, unchanged) <= 30
    assert unchanged <= 9
    assert Coursework.objects.count() == 700
    assert CourseChange.objects.filter(what="coursework").count() == 900
