"""The way from a course to its batch, and what a teacher sees of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.google.scopes import Bundle
from courses.models import Change, CourseChange, Reach
from downloads.models import BatchDownload, BatchItem, Download, Transition
from downloads.tests.build import make_download
from downloads.tests.school import make_account, make_school, see
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

HOME = reverse("home")
HTMX = {"HX-Request": "true"}


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def preview_of(school) -> str:
    return f"/courses/{school.course.pk}/download"


def start(client, school, **body):
    return client.post(f"/courses/{school.course.pk}/download/start", body)


@pytest.fixture
def school(ana):
    return make_school(ana)


def test_a_teacher_sees_what_would_come_before_it_comes(ana_client, ana, school):
    school.drive_video(size_bytes=6_100_000)
    held = school.video()
    make_video(ana, source="youtube", source_key=held.source_key)
    refused = school.drive_video(title="Interview <b>")
    Reach.objects.create(
        video=refused, credential=school.credential, problem="google.not_downloadable"
    )

    page = text(ana_client.get(preview_of(school)))

    assert "<dt>found</dt> <dd> 3 </dd>" in page
    assert "<dt>in your library</dt> <dd> 1 </dd>" in page
    assert "<dt>out of reach</dt> <dd> 1 </dd>" in page
    assert "6.1 MB" in page
    assert "Interview &lt;b&gt;" in page
    assert "Its owner, or Google, does not allow this video to be downloaded." in page
    assert "Download 1 </button>" in page
    assert not Download.objects.exists()


def test_one_button_queues_the_course_and_leads_to_its_batch(ana_client, school):
    school.video(title="Fractions")
    school.material()

    answer = start(ana_client, school, all="on", quality="720p", materials="on")

    batch = BatchDownload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/batches/{batch.pk}")
    assert [one.quality for one in Download.objects.order_by("id")] == ["720p", "best"]
    page = text(ana_client.get(answer["Location"]))
    assert "2 are in the queue." in page
    assert "Mathematics 7A" in page
    assert "0 of 2" in page
    assert "Fractions" in page


def test_the_ticked_videos_alone_are_queued(ana_client, school):
    picked, other = school.video(), school.video()

    answer = start(ana_client, school, video=[picked.pk])

    assert answer.status_code == 302
    assert Download.objects.get().course_video == picked
    nothing = start(ana_client, school)
    assert nothing.status_code == 302
    assert Download.objects.count() == 1
    assert other.downloads.count() == 0


def test_the_choices_are_taken_over_from_the_address(ana_client, ana, school):
    second = make_account(ana)
    see(second, school.course)
    school.material()
    query = {"credential": second.pk, "materials": "on"}

    page = text(ana_client.get(preview_of(school), query, headers=HTMX))

    assert "<html" not in page
    assert f'name="credential" value="{second.pk}"' in page
    assert '<input type="hidden" name="materials" value="on">' in page
    assert f'<option value="{second.pk}" selected>' in page
    assert "Download 1 </button>" in page


def test_the_permission_that_is_missing_is_one_click_away(ana_client, ana):
    school = make_school(ana, bundles=[Bundle.CLASSROOM])
    school.drive_video()

    page = text(ana_client.get(preview_of(school)))

    assert "1 file lies in Google Drive, which may not be read yet" in page
    assert f'action="/google/{school.credential.pk}/consent"' in page
    assert '<input type="hidden" name="bundle" value="drive">' in page


def test_an_account_that_has_to_be_reconnected_says_so(ana_client, ana):
    school = make_school(ana, status="needs_consent")
    school.video()

    page = text(ana_client.get(preview_of(school)))
    assert "has to be connected again" in page
    batch = start(ana_client, school, all="on")["Location"]
    page = text(ana_client.get(batch))
    assert "has to be connected again" in page
    assert "Waits until its Google account is connected again" in page


def test_another_teacher_gets_nowhere(bruno_client, ana_client, school):
    school.video()
    batch = start(ana_client, school, all="on")["Location"]
    before = list(Download.objects.values()), list(Transition.objects.values())

    assert bruno_client.get(preview_of(school)).status_code == 404
    assert start(bruno_client, school, all="on").status_code == 404
    for part in ("", "/fragment", "/zip"):
        assert bruno_client.get(batch + part).status_code == 404
    for part in ("/cancel", "/retry-failed"):
        assert bruno_client.post(batch + part).status_code == 404
    assert "Mathematics" not in text(bruno_client.get("/batches"))
    assert (list(Download.objects.values()), list(Transition.objects.values())) == before


def test_an_account_of_somebody_else_is_never_used(bruno_client, bruno, school):
    own = make_school(bruno)
    own.video()

    start(bruno_client, own, all="on", credential=school.credential.pk)
    assert not BatchDownload.objects.exists()
    assert not Download.objects.exists()

    query = {"credential": school.credential.pk}
    page = text(bruno_client.get(preview_of(own), query))
    assert f'name="credential" value="{own.credential.pk}"' in page
    assert school.credential.email not in page


def test_staff_without_an_account_of_their_own_are_told_so(clara_client, school):
    school.video()
    assert "None of your own Google accounts" in text(clara_client.get(preview_of(school)))
    assert start(clara_client, school, all="on").status_code == 302
    assert not Download.objects.exists()


# --- the batch


@pytest.fixture
def batch(ana, school):
    batch = BatchDownload.objects.create(owner=ana, course=school.course, title="Mathematics")
    for position, state in enumerate(("running", "completed", "failed"), 1):
        made = make_download(ana, status=state, title=f"is {state}")
        BatchItem.objects.create(batch=batch, position=position, title="x", download=made)
    BatchItem.objects.create(batch=batch, position=4, title="Old one", reason="already_held")
    return batch


def test_a_batch_shows_totals_rows_and_what_was_left_out(ana_client, batch):
    page = text(ana_client.get(f"/batches/{batch.pk}"))

    assert "1 of 3" in page
    assert 'value="33.3"' in page
    running = Download.objects.get(status="running")
    assert f'data-download="{running.pk}"' in page
    for words in ("is running", "is completed", "is failed", "Old one"):
        assert words in page
    assert "Your library has it already." in page
    for part in ("cancel", "retry-failed"):
        assert f'action="/batches/{batch.pk}/{part}"' in page
    assert f'href="/batches/{batch.pk}/zip"' in page
    assert 'hx-trigger="live:changed from:body, live:progress from:body throttle:2s"' in page


def test_the_rows_are_narrowed_by_state(ana_client, batch):
    page = text(ana_client.get(f"/batches/{batch.pk}/fragment?status=failed"))
    assert "is failed" in page
    assert "is running" not in page


def test_a_batch_is_cancelled_and_retried_with_a_word_of_how_many(ana_client, batch):
    cancelled = ana_client.post(f"/batches/{batch.pk}/cancel", follow=True)
    assert "Cancelled 1." in text(cancelled)
    again = ana_client.post(f"/batches/{batch.pk}/retry-failed", headers=HTMX)
    assert (again.status_code, "2 are in the queue again." in again["HX-Trigger"]) == (204, True)
    assert sorted(Download.objects.values_list("status", flat=True)) == [
        "completed",
        "queued",
        "queued",
    ]


def test_the_button_says_whether_it_is_for_failures(ana_client, batch):
    assert "Retry what failed" in text(ana_client.get(f"/batches/{batch.pk}"))
    Download.objects.filter(status="failed").update(status="cancelled", error_code="")

    page = text(ana_client.get(f"/batches/{batch.pk}"))

    assert "Retry what failed" not in page
    assert "Fetch what was cancelled" in page


def test_batches_are_listed_with_how_far_they_are(ana_client, batch):
    page = text(ana_client.get("/batches"))
    assert f'href="/batches/{batch.pk}"' in page
    assert "1 of 3" in page
    assert "1 failed" in page


def test_the_first_batch_is_explained(ana_client):
    assert "You have not downloaded a whole course yet." in text(ana_client.get("/batches"))


@pytest.mark.parametrize("number", [10, 500])
def test_a_batch_costs_as_many_queries_for_500_as_for_10(
    ana_client, ana, number, django_assert_num_queries
):
    school = make_school(ana)
    coursework = school.coursework()
    for _ in range(number):
        school.video(coursework)
    address = start(ana_client, school, all="on")["Location"]
    ana_client.get(address)

    with django_assert_num_queries(15):
        page = text(ana_client.get(address))
    assert page.count("<article") == min(number, 50)
    with django_assert_num_queries(5):
        ana_client.get("/batches")


# --- the other pages


def test_a_download_of_a_course_tells_where_it_comes_from(ana_client, ana, school):
    lesson = school.coursework(title="Lesson 3", topic=school.topic("Fractions"))
    school.video(lesson, title="Halves")
    batch = start(ana_client, school, all="on")["Location"]
    download = Download.objects.get()

    page = text(ana_client.get(f"/downloads/{download.pk}"))

    for words in ("Mathematics 7A", "Fractions", "Lesson 3", school.credential.email):
        assert words in page
    assert f'href="{batch}"' in page
    assert f'href="/courses/{school.course.pk}"' in page


def test_the_page_of_a_course_tells_what_becomes_of_its_videos(ana_client, ana, school):
    video = school.video(title="Halves")
    running = make_download(
        ana,
        status="running",
        source="youtube",
        source_key=video.source_key,
        progress_percent=34,
        total_bytes=1000,
    )

    page = text(ana_client.get(f"/courses/{school.course.pk}"))

    assert f'data-download="{running.pk}"' in page
    assert 'value="34"' in page
    assert f'href="/downloads/{running.pk}"' in page


def test_an_account_to_reconnect_needs_you_and_says_how_much_waits(ana_client, ana, bruno_client):
    account = make_account(ana, status="needs_consent")
    make_account(ana)
    for _ in range(2):
        make_download(ana, credential=account)

    page = text(ana_client.get(HOME))

    assert 'Needs you <span class="count">1</span>' in page
    assert f"Connect {account.email} again" in page
    assert "2 downloads wait for that." in page
    assert f'action="/google/{account.pk}/consent"' in page
    assert account.email not in text(bruno_client.get(HOME))


def test_the_first_visit_has_two_doors_where_google_is_set_up(ana_client, settings):
    settings.GOOGLE_CLIENT_ID = "client"
    page = text(ana_client.get(HOME))
    assert "Connect Google Classroom" in page
    assert 'href="/google/connect"' in page
    assert "Paste a link above" in page
    settings.GOOGLE_CLIENT_ID = ""
    assert "Connect Google Classroom" not in text(ana_client.get(HOME))


def test_what_is_new_in_a_course_is_offered_and_fetched(ana_client, ana, bruno_client, school):
    old = timezone.now() - timedelta(days=3)
    lesson = school.coursework()
    school.video(lesson, created_at=old)
    new = school.video(lesson)
    held = school.video(lesson)
    make_video(ana, source="youtube", source_key=held.source_key)
    CourseChange.objects.create(
        course=school.course, coursework=lesson, change=Change.NEW, what="video"
    )

    page = text(ana_client.get(HOME))
    assert 'New in my courses <span class="count">1</span>' in page
    assert "1 new video" in page
    assert 'id="panel-news" hx-swap-oob="true" aria-labelledby="news-title" hidden' in text(
        bruno_client.get(HOME)
    )

    answer = ana_client.post("/courses/download-new")
    batch = BatchDownload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/batches/{batch.pk}")
    assert Download.objects.get().course_video == new
    assert "1 new video" not in text(ana_client.get(HOME))


def test_ticked_rows_are_cancelled_or_retried_without_a_script(ana_client, ana, bruno):
    queued, failed = make_download(ana), make_download(ana, status="failed")
    done, foreign = make_download(ana, status="completed"), make_download(bruno)
    page = text(ana_client.get("/downloads"))
    assert f'form="bulk" id="pick-{queued.pk}"' in page
    assert f"pick-{done.pk}" not in page

    picked = [queued.pk, failed.pk, foreign.pk]
    answer = ana_client.post(
        "/downloads/bulk", {"action": "cancel", "download": picked}, follow=True
    )
    assert "Cancelled 1. 2 stay as they are." in text(answer)
    answer = ana_client.post("/downloads/bulk", {"action": "retry", "download": [failed.pk]})
    assert answer.status_code == 302
    states = {one.pk: one.status for one in Download.objects.all()}
    assert states == {
        queued.pk: "cancelled",
        failed.pk: "queued",
        done.pk: "completed",
        foreign.pk: "queued",
    }


def test_nothing_ticked_changes_nothing(ana_client, ana):
    make_download(ana)
    for body in ({"action": "cancel"}, {"download": [1]}, {"action": "purge", "download": [1]}):
        answer = ana_client.post("/downloads/bulk", body, follow=True)
        assert "Tick at least one download first." in text(answer)
    assert Download.objects.get().status == "queued"


def test_a_material_that_has_come_is_offered_as_a_file(ana_client, ana, school):
    material = school.material(title="Plan.pdf")
    make_download(ana, status="completed", video=None, material=material, title="Plan.pdf")

    page = text(ana_client.get("/downloads"))

    assert "Saved with its course." in page
    assert f'href="/courses/materials/{material.pk}/file"' in page
    assert "Its video was deleted." not in page
