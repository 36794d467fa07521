"""Watching sources through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Status
from courses.tests.make import make_course
from downloads.models import Download, FoundVideo, Subscription
from downloads.services import subscriptions
from downloads.tests.build import make_download
from downloads.tests.school import make_school
from downloads.tests.watch import active_looks, make_found, make_subscription
from library.models import Video

pytestmark = pytest.mark.django_db

PATH = "/api/v1/subscriptions"
CHANNEL = "https://www.youtube.com/@fisica"


def post(client, path=PATH, **body):
    return client.post(path, body, "application/json")


def patch(client, one, **body):
    return client.patch(f"{PATH}/{one.pk}", body, "application/json")


def test_a_channel_is_watched_and_looked_at_at_once(ana_client, ana):
    answer = post(
        ana_client,
        url=CHANNEL,
        name="Física",
        interval=7200,
        auto_download=True,
        quality="720p",
        keep_last=5,
        title_filter="aula -trailer",
        longest_seconds=5400,
        since="2026-05-01T00:00:00Z",
    )

    assert answer.status_code == 201
    one = Subscription.objects.get()
    told = answer.json()
    assert told | {"next_check_at": None, "created_at": None} == {
        "id": one.pk,
        "monitoring_id": one.pk,
        "name": "Física",
        "kind": "channel",
        "url": "https://www.youtube.com/@fisica/videos",
        "course_id": None,
        "course_google_id": None,
        "credential_id": None,
        "directory": f"subscriptions/{ana.pk}/fisica",
        "enabled": True,
        "interval": 7200,
        "auto_download": True,
        "quality": "720p",
        "format": "auto",
        "audio_only": False,
        "subtitles": True,
        "title_filter": "aula -trailer",
        "longest_seconds": 5400,
        "since": "2026-05-01T00:00:00Z",
        "keep_last": 5,
        "checking": True,
        "last_checked_at": None,
        "next_check_at": None,
        "failures": 0,
        "error": None,
        "found_videos": 0,
        "new_videos": 0,
        "created_at": None,
    }
    assert [look.url for look in active_looks(one)] == [one.url]
    assert ana_client.get(f"{PATH}/{one.pk}").json() == told


def test_a_playlist_and_a_course_can_be_watched_too(ana_client, ana):
    school = make_school(ana)
    school.video()

    playlist = post(ana_client, url="https://www.youtube.com/playlist?list=PLabc123")
    course = post(ana_client, course_id=school.course.pk)
    by_google = post(ana_client, course_id=f"google:{school.course.google_id}")

    assert (playlist.json()["kind"], playlist.json()["name"]) == ("playlist", "PLabc123")
    told = course.json()
    assert (told["kind"], told["course_id"], told["credential_id"], told["interval"]) == (
        "course",
        school.course.pk,
        school.credential.pk,
        3600,
    )
    assert (told["found_videos"], told["new_videos"], told["checking"]) == (1, 1, False)
    assert (by_google.status_code, by_google.json()["code"]) == (409, "already_watched")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "https://www.youtube.com/watch?v=jNQXAC9IVRw"}, 400, "not_watchable"),
        ({"url": "https://example.org/"}, 400, "not_watchable"),
        ({"url": "ftp://example.org/"}, 400, "invalid_url"),
        ({"url": CHANNEL, "audio_only": True, "format": "mp4"}, 400, "invalid"),
        ({"url": CHANNEL, "course_id": 1}, 400, "invalid"),
        ({"url": CHANNEL, "credential_id": 1}, 400, "invalid"),
        ({"name": "x"}, 400, "invalid"),
        ({"url": CHANNEL, "interval": 60}, 400, "invalid"),
        ({"url": CHANNEL, "keep_last": 0}, 400, "invalid"),
        ({"url": CHANNEL, "since": "0001-01-01T00:00:00Z"}, 400, "invalid"),
        ({"url": CHANNEL, "colour": "red"}, 400, "invalid"),
        ({"course_id": 999}, 404, "not_found"),
    ],
)
def test_what_cannot_be_watched_is_refused_and_nothing_is_made(ana_client, body, status, code):
    answer = post(ana_client, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Subscription.objects.exists()


def test_the_same_source_is_watched_once_by_each_person(ana_client, bruno_client):
    post(ana_client, url=CHANNEL)

    again = post(ana_client, url="https://youtube.com/@FISICA/videos")

    assert (again.status_code, again.json()["code"]) == (409, "already_watched")
    assert post(bruno_client, url=CHANNEL).status_code == 201
    assert Subscription.objects.count() == 2


def test_a_request_sent_twice_under_one_key_is_done_once(ana_client):
    key = {"Idempotency-Key": "watch-1"}
    body = {"url": CHANNEL}

    first = ana_client.post(PATH, body, "application/json", headers=key)
    again = ana_client.post(PATH, body, "application/json", headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Subscription.objects.count() == 1


def test_a_course_somebody_elses_account_sees_cannot_be_watched(bruno_client, clara_client, ana):
    course = make_school(ana).course

    assert post(bruno_client, course_id=course.pk).status_code == 404
    staffs = post(clara_client, course_id=course.pk)
    assert (staffs.status_code, staffs.json()["code"]) == (409, "no_account")
    assert not Subscription.objects.exists()


def test_it_can_be_changed_paused_and_begun_again(ana_client, ana):
    one = make_subscription(ana, keep_last=3)

    answer = patch(ana_client, one, interval=3600, keep_last=None, enabled=False, name="New")

    told = answer.json()
    assert (told["interval"], told["keep_last"], told["name"]) == (3600, None, "New")
    assert (told["enabled"], told["next_check_at"]) == (False, None)
    one.refresh_from_db()
    assert one.next_check_at <= timezone.now() + timedelta(hours=1)

    patch(ana_client, one, enabled=True)
    one.refresh_from_db()
    assert one.next_check_at <= timezone.now()


def test_a_wrong_change_changes_nothing(ana_client, ana):
    one = make_subscription(ana)
    before = Subscription.objects.values().get()

    for wrong in ({"format": "mp3"}, {"url": CHANNEL}, {"interval": 1}, {"name": ""}):
        assert patch(ana_client, one, **wrong).status_code == 400

    assert Subscription.objects.values().get() == before


def test_a_check_can_be_asked_for_and_is_made_once(ana_client, ana):
    one = make_subscription(ana)

    answers = [post(ana_client, f"{PATH}/{one.pk}/check") for _ in range(2)]

    assert [(told.status_code, told.json()["checking"]) for told in answers] == [(202, True)] * 2
    assert len(active_looks(one)) == 1


def test_the_end_of_a_subscription_leaves_downloads_and_videos(ana_client, ana):
    one = make_subscription(ana)
    done = make_download(ana, status=Status.COMPLETED, subscription=one)
    make_found(one, download=done)
    post(ana_client, f"{PATH}/{one.pk}/check")

    assert ana_client.delete(f"{PATH}/{one.pk}").status_code == 204

    assert not Subscription.objects.exists()
    assert not FoundVideo.objects.exists()
    done.refresh_from_db()
    assert (done.subscription, done.video) == (None, Video.objects.get())


def test_why_a_check_failed_is_said_with_advice(ana_client, ana):
    make_subscription(ana, error_code="course.gone", failures=2)
    make_subscription(ana, error_code="source.rate_limited", failures=1)

    newest, oldest = (one["error"] for one in ana_client.get(PATH).json()["results"])

    assert oldest == {
        "code": "course.gone",
        "message": "None of your Google accounts sees this course any more.",
        "advice": "Connect the account that sees it, or stop watching the course.",
        "retryable": False,
    }
    assert newest["code"] == "source.rate_limited"
    assert newest["retryable"]


def test_the_list_is_narrowed_and_shows_each_person_their_own(
    ana_client, bruno_client, clara_client, ana, bruno
):
    channel, playlist = make_subscription(ana), make_subscription(ana, kind="playlist")
    paused = make_subscription(ana, enabled=False)
    his = make_subscription(bruno)

    def ids(client, **query):
        return [one["id"] for one in client.get(PATH, query).json()["results"]]

    assert ids(ana_client) == [paused.pk, playlist.pk, channel.pk]
    assert ids(ana_client, kind="playlist") == [playlist.pk]
    assert ids(ana_client, enabled="false") == [paused.pk]
    assert ids(bruno_client) == [his.pk]
    assert len(ids(clara_client)) == 4
    assert ids(ana_client, limit=1, offset=1) == [playlist.pk]
    missing = ana_client.get(PATH, {"course_id": make_course().pk})
    assert missing.status_code == 404


def test_lists_take_the_same_few_queries_for_many_rows(
    ana_client, ana, django_assert_max_num_queries
):
    one = make_subscription(ana)
    make_found(one)
    with django_assert_max_num_queries(12) as few:
        ana_client.get(PATH)
    with django_assert_max_num_queries(12) as of_videos:
        ana_client.get(f"{PATH}/{one.pk}/videos")
    for _ in range(10):
        make_found(make_subscription(ana))
        make_found(one, download=make_download(ana, status=Status.COMPLETED, subscription=one))

    with django_assert_max_num_queries(len(few)):
        ana_client.get(PATH)
    with django_assert_max_num_queries(len(of_videos)):
        ana_client.get(f"{PATH}/{one.pk}/videos")
    assert Download.objects.count() == 10


def test_nobody_watches_more_than_one_person_can(ana_client, ana, monkeypatch):
    make_subscription(ana)
    monkeypatch.setattr(subscriptions, "MOST", 1)

    answer = post(ana_client, url=CHANNEL)

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_subscriptions")
    assert Subscription.objects.count() == 1
