"""Rows for `waiting.py`, made inside an installation: `fill.py queue N URL` or `fill.py batch N`.

`batch` also downloads a course of N videos through the API in this process, and says how long that
took and in how many queries.
"""

import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "classroom_site.settings")


def queue(number: int, url: str) -> None:
    """Waiting downloads of Ana, each from an address of its own."""
    from accounts.models import User
    from core.links import host_of
    from downloads.models import Download

    owner = User.objects.get(username="ana")
    rows = []
    for each in range(number):
        own = url.replace("NUMBER", str(each))
        unique = {"url": own, "source_key": own[:200], "fingerprint": f"{each:064x}"}
        title = f"Lesson {each}"
        known = {"source": "direct", "title": title, "search_text": title.lower()}
        rows.append(Download(owner=owner, host=host_of(own), **unique, **known))
    Download.objects.bulk_create(rows, batch_size=500)


def batch(number: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from courses.models import CourseVideo
    from downloads.models import Download
    from downloads.tests.school import make_school

    owner = User.objects.create(username="school", email="school@school.example")
    school = make_school(owner)
    coursework = school.coursework()
    CourseVideo.objects.bulk_create(
        [
            CourseVideo(
                coursework=coursework,
                source="youtube",
                source_key=f"b{each:010}",
                url=f"https://www.youtube.com/watch?v=b{each:010}",
                title=f"Video {each}",
            )
            for each in range(number)
        ],
        batch_size=500,
    )
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(owner)
    path = f"/api/v1/courses/{school.course.pk}/download-all"
    wanted = {"credential_id": school.credential.pk}
    before = _cpu()
    began = time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, wanted, "application/json")
    took = time.monotonic() - began
    assert answer.status_code == 202, answer.content
    assert Download.objects.filter(owner=owner).count() == number
    print(f"{took:.2f} s, {_cpu() - before:.2f} s of CPU here, {len(queries)} queries")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    import django

    django.setup()
    what, number, *more = sys.argv[1:]
    queue(int(number), more[0]) if what == "queue" else batch(int(number))
