"""A leaver's things become a colleague's, while they run and where both have the same."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from accounts.models import AuditEntry, Credential, User
from accounts.roles import Power
from accounts.tests.build import make_credential
from accounts.tests.staff import make_staff, signed_in
from classroom_site.tests.holdings import fill, make_person, rows_of
from core.jobs.kind import Run
from core.jobs.meter import Meter
from core.models import Status
from courses.models import Course, CourseFile
from courses.tests.make import make_course, make_coursework, make_material
from downloads.models import CookieJar, Download, FoundVideo, Subscription
from downloads.services import cookies
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download, make_jar
from library.models import Video
from library.tests.build import make_video

pytestmark = pytest.mark.django_db


def hand_over(client: Client, user: User, to: User) -> Any:
    address = f"/api/v1/auth/users/{user.pk}/hand-over"
    return client.post(address, {"to": to.pk}, content_type="application/json")


def test_everything_of_a_leaver_becomes_the_colleagues(
    clara_client, django_capture_on_commit_callbacks
):
    ana, bruno = fill(make_person("kanarie")), make_person("papagei")
    with django_capture_on_commit_callbacks(execute=True):
        answer = hand_over(clara_client, ana, bruno)

    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "credentials": 1,
        "courses": 1,
        "materials": 1,
        "downloads": 2,
        "batches": 1,
        "subscriptions": 1,
        "cookies": 1,
        "videos": 2,
    }
    left = set(rows_of(ana)) - {"accounts.User"}
    work = {label for label in left if label.split(".")[0] in {"library", "courses", "downloads"}}
    assert (
        work
        == {
            "downloads.CleaningRun",
            "downloads.Listing",  # a look, forgotten in a week
            "downloads.UserLimits",
            "downloads.RetentionRule",
        }
        & work
    )
    assert Course.objects.visible_to(bruno).count() == 1
    assert Course.objects.visible_to(ana).count() == 0
    assert ana.api_keys.count() == 1
    (deed,) = AuditEntry.objects.filter(action="user.handed_over")
    assert (deed.actor_name, deed.owner_id, deed.details["to"]) == ("clara", ana.pk, bruno.pk)
    assert deed.details["videos"] == 2


def test_the_colleague_can_use_the_cookies_that_came(clara_client):
    ana, bruno = make_person("kanarie"), make_person("papagei")
    make_jar(ana, value="biscuit")
    hand_over(clara_client, ana, bruno)

    (cookie,) = cookies.of_visit(owner_id=bruno.pk, url="https://www.youtube.com/watch?v=1")
    assert cookie["value"] == "biscuit"
    assert cookies.of_visit(owner_id=ana.pk, url="https://www.youtube.com/watch?v=1") == []


def test_what_both_have_stays_where_it_is(clara_client):
    ana, bruno = make_person("kanarie"), make_person("papagei")
    course = make_course()
    sheet = make_material(make_coursework(course))
    mine, theirs = (both_have(person, sheet) for person in (ana, bruno))

    numbers = hand_over(clara_client, ana, bruno).json()

    assert {noun: number for noun, number in numbers.items() if number} == {
        "downloads": 1, "videos": 2,
    }  # fmt: skip
    for thing in (*mine, *theirs):
        owner = thing.owner_id
        thing.refresh_from_db()
        assert thing.owner_id == owner, thing
    ended = Download.objects.get(owner=bruno, status=Status.COMPLETED)
    assert ended.credential == bruno.credentials.get()
    assert FoundVideo.objects.get(subscription__owner=ana).wanted is False


def both_have(person: User, sheet: Any) -> list[Any]:
    """The same account, subscription, cookies and material, and the same under way."""
    credential = make_credential(person, google_sub="same", tenant_id="azul")
    watched = Subscription.objects.create(
        owner=person, name="Same", kind="channel", url="https://www.youtube.com/@same",
        source_key="youtube:same", folder="same",
    )  # fmt: skip
    FoundVideo.objects.create(
        owner=person, subscription=watched, url="https://x.example/1", source="direct",
        source_key="1", wanted=True,
    )  # fmt: skip
    active = make_download(person, fingerprint="f" * 64)
    file = CourseFile.objects.create(
        owner=person, material=sheet, file=make_video(person).file, name="sheet.pdf"
    )
    if person.username == "kanarie":
        make_download(person, status="completed", credential=credential)
    return [credential, watched, active, file, make_jar(person)]


def test_a_download_that_runs_meanwhile_ends_in_the_colleagues_library(clara_client, tmp_path):
    ana, bruno = make_person("kanarie"), make_person("papagei")
    running = make_download(ana, status=Status.RUNNING)
    job = DOWNLOADS.rows().get(pk=running.pk)
    assert job.owner == ana  # the worker has it in memory

    hand_over(clara_client, ana, bruno)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "video.mp4").write_bytes(b"film")
    done = DOWNLOADS.complete(a_run(job), come(folder))

    assert (done.status, done.owner_id) == (Status.COMPLETED, bruno.pk)
    assert done.video is not None
    assert done.video.owner == bruno
    assert Video.objects.filter(owner=ana).count() == 0


def test_whoever_had_a_running_download_no_longer_watches_it(
    clara_client, monkeypatch, django_capture_on_commit_callbacks
):
    ana, bruno = make_person("kanarie"), make_person("papagei")
    job = DOWNLOADS.rows().get(pk=make_download(ana, status=Status.RUNNING).pk)
    hand_over(clara_client, ana, bruno)
    shown: list[Any] = []
    monkeypatch.setattr("core.live.SENDER.put", shown.extend)
    monkeypatch.setattr(DOWNLOADS, "_owners_read", 0.0)

    with django_capture_on_commit_callbacks(execute=True):
        DOWNLOADS.publish([a_run(job)])

    assert [one["owner_id"] for one in shown] == [bruno.pk]


def a_run(job: Download) -> Run[Download]:
    return Run(job=job, child=None, meter=Meter(60.0))


def come(folder: Any) -> dict[str, Any]:
    return {
        "folder": str(folder), "file": "video.mp4", "sha256": "a" * 64, "size_bytes": 4,
        "content_type": "video/mp4", "container": "mp4", "duration_seconds": 1.0,
        "width": None, "height": None, "video_codec": None, "audio_codec": None,
        "thumbnail": None, "subtitles": [],
        "metadata": {
            "title": "Film", "description": "", "uploader": "", "published_at": None,
            "chapters": [],
        },
    }  # fmt: skip


def test_a_subscription_gets_a_directory_that_is_free(
    clara_client, django_capture_on_commit_callbacks
):
    ana, bruno = fill(make_person("kanarie")), make_person("papagei")
    Subscription.objects.create(
        owner=bruno, name="x", kind="channel", url="https://www.youtube.com/@x",
        source_key="youtube:x", folder="kanarie",
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        hand_over(clara_client, ana, bruno)

    folders = Subscription.objects.filter(owner=bruno).order_by("folder")
    assert list(folders.values_list("folder", flat=True)) == ["kanarie", "kanarie-2"]
    root = configured.MEDIA_ROOT / "subscriptions"
    assert [one.name for one in (root / str(bruno.pk)).iterdir()] == ["kanarie-2"]
    assert not (root / str(ana.pk) / "kanarie").exists()


@pytest.mark.parametrize(
    ("to", "status", "code"),
    [("kanarie", 400, "invalid"), ("gone", 400, "account_closed"), ("nobody", 404, "not_found")],
)
def test_nothing_is_handed_to_nobody(clara_client, to, status, code):
    ana = fill(make_person("kanarie"))
    User.objects.create_user("gone", "gone@example.org", is_active=False)
    before = rows_of(ana)
    receiver = User.objects.filter(username=to).first() or User(pk=999_999)

    answer = hand_over(clara_client, ana, receiver)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert rows_of(ana) == before


def test_a_teacher_hands_nothing_over(ana_client, ana, bruno):
    make_video(ana)
    assert hand_over(ana_client, ana, bruno).status_code == 403
    assert Video.objects.get().owner == ana


def test_staff_for_people_hand_nothing_to_themselves(db):
    ana, clerk = fill(make_person("kanarie")), make_staff("clerk", Power.PEOPLE)
    before = rows_of(ana)

    answer = hand_over(signed_in(clerk), ana, clerk)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert rows_of(ana) == before


def test_a_handed_over_account_works_for_the_colleague(clara_client):
    ana, bruno = make_person("kanarie"), make_person("papagei")
    credential = make_credential(ana, refresh_token="1//keep")
    hand_over(clara_client, ana, bruno)

    after = Credential.objects.get()
    assert (after.pk, after.owner) == (credential.pk, bruno)
    assert after.secrets["refresh_token"] == "1//keep"
    assert CookieJar.objects.count() == 0
