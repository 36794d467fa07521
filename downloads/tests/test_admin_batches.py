"""Staff looking after batches, and after the courses and accounts of downloads."""

import re
from html import unescape

import pytest

from courses.models import Reach
from downloads.models import BatchDownload, BatchItem, Download, Transition
from downloads.selectors.preview import Choice
from downloads.services import batches as work
from downloads.tests.build import make_download
from downloads.tests.school import make_account, make_school

pytestmark = pytest.mark.django_db

BATCHES = "/admin/downloads/batchdownload/"
DOWNLOADS = "/admin/downloads/download/"


def page(client, address, **query) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def act(client, action, *batches):
    chosen = {"action": action, "_selected_action": [batch.pk for batch in batches]}
    answer = client.post(BATCHES, chosen, follow=True)
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def batch(ana):
    batch = BatchDownload.objects.create(owner=ana, title="Mathematics <7A>")
    for state in ("completed", "failed", "queued"):
        made = make_download(ana, status=state, downloaded_bytes=1000)
        BatchItem.objects.create(batch=batch, title=f"is {state}", download=made)
    BatchItem.objects.create(batch=batch, title="Old one", reason="already_held")
    return batch


def test_staff_see_how_far_each_batch_is(clara_client, batch):
    listed = page(clara_client, BATCHES)

    assert "Mathematics <7A>" in listed
    assert "1 of 3, 1 failed, 1 left out" in listed
    assert '<progress max="100" value="33">33%</progress> 33%' in listed
    assert "3.0\u00a0kB" in listed or "3.0 kB" in listed
    assert "Running" in listed


def test_staff_read_every_item_of_a_batch_and_change_none(clara_client, batch):
    address = f"{BATCHES}{batch.pk}/change/"
    shown = page(clara_client, address)

    assert "is failed" in shown
    assert "Your library has it already." in shown
    assert "1 of 3, 1 failed, 1 left out" in shown
    assert 'name="title"' not in shown
    assert clara_client.post(address, {"title": "x"}).status_code == 403
    assert clara_client.post(f"{BATCHES}{batch.pk}/delete/", {"post": "yes"}).status_code == 403
    batch.refresh_from_db()
    assert batch.title == "Mathematics <7A>"


def test_staff_cancel_a_batch_and_retry_what_failed(clara_client, clara, batch):
    assert act(clara_client, "cancel", batch) == ["Cancelled 1."]
    assert act(clara_client, "retry_failed", batch) == ["2 are in the queue again."]

    states = sorted(Download.objects.values_list("status", flat=True))
    assert states == ["completed", "queued", "queued"]
    assert set(Transition.objects.values_list("actor", flat=True)) == {f"user:{clara.pk}"}


def test_a_teacher_does_nothing_here(ana_client, batch):
    for action in ("cancel", "retry_failed"):
        answer = ana_client.post(BATCHES, {"action": action, "_selected_action": [batch.pk]})
        assert answer.status_code in {302, 403}
    assert not Transition.objects.exists()


def test_a_batch_is_found_by_title_course_or_owner(clara_client, ana, bruno):
    school = make_school(ana)
    mine = work.download_course(by=ana, course=school.course, credential=school.credential)
    BatchDownload.objects.create(owner=bruno, title="History")

    for words in ("mathematics", "ana@example", school.course.google_id, str(mine.pk)):
        found = clara_client.get(BATCHES, {"q": words}).context["cl"].result_list
        assert mine in found
    assert clara_client.get(BATCHES, {"q": "nothing"}).context["cl"].result_count == 0


@pytest.mark.parametrize("number", [1, 40])
def test_the_list_takes_as_many_queries_for_forty_as_for_one(
    clara_client, ana, number, django_assert_num_queries
):
    for _ in range(number):
        batch = BatchDownload.objects.create(owner=ana, title="x", credential=make_account(ana))
        BatchItem.objects.create(batch=batch, download=make_download(ana))
    clara_client.get(BATCHES)

    with django_assert_num_queries(6):
        clara_client.get(BATCHES)


def test_a_batch_of_hundreds_takes_as_many_queries_as_one_of_a_few(
    clara_client, ana, django_assert_max_num_queries
):
    batch = BatchDownload.objects.create(owner=ana, title="x")
    address = f"{BATCHES}{batch.pk}/change/"
    BatchItem.objects.create(batch=batch, download=make_download(ana))
    with django_assert_max_num_queries(20) as few:
        clara_client.get(address)
    for _ in range(50):
        BatchItem.objects.create(batch=batch, download=make_download(ana))

    with django_assert_max_num_queries(len(few)):
        clara_client.get(address)


def test_downloads_tell_course_and_account_and_are_narrowed_by_them(clara_client, ana):
    school, other = make_school(ana), make_school(ana, status="needs_consent")
    video = school.video()
    Reach.objects.create(video=video, credential=school.credential)
    for one in (school, other):
        one.video()
        choice = Choice()
        work.download_course(by=ana, course=one.course, credential=one.credential, choice=choice)
    make_download(ana)
    listed = page(clara_client, DOWNLOADS)

    assert school.course.name in listed
    assert school.credential.email in listed
    assert "canary" not in listed
    for query, found in (
        ({"course_video__coursework__course__id__exact": school.course.pk}, 2),
        ({"credential__id__exact": other.credential.pk}, 1),
        ({"account": "needs_consent"}, 1),
        ({"account": "none"}, 1),
    ):
        assert clara_client.get(DOWNLOADS, query).context["cl"].result_count == found
    links = re.findall(r'href="\?(course_video[^"]+)"', listed)
    assert f"course_video__coursework__course__id__exact={school.course.pk}" in links
