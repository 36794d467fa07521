"""The downloads API: queue, list, follow, cancel, retry, purge."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core import storage
from downloads.models import Download
from downloads.tests.build import make_download
from library.models import Video
from library.tests.build import make_video

URL = "/api/v1/downloads"
LINK = "https://videos.example.org/aula.mp4"


def queue(client, **body):
    return client.post(URL, {"url": LINK, **body}, "application/json")


def retry(client, download):
    return client.generic("POST", f"{URL}/{download.pk}/retry")


def iso(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- queueing


def test_a_queued_link_is_answered_whole(integrator, ana):
    answer = queue(integrator, title="Aula", quality="720p", priority=-3, subtitles=False)
    row = Download.objects.get()
    assert answer.status_code == 201
    assert (row.owner, row.url, row.quality, row.priority) == (ana, LINK, "720p", -3)
    assert answer.json() == {
        "id": row.pk,
        "status": "queued",
        "stage": None,
        "wait_reason": None,
        "queue_position": 1,
        "url": LINK,
        "source": "direct",
        "title": "Aula",
        "quality": "720p",
        "format": "auto",
        "audio_only": False,
        "subtitles": False,
        "priority": -3,
        "linked": False,
        "video_id": None,
        "estimated_size": None,
        "duration_seconds": None,
        "progress_percent": 0.0,
        "downloaded_bytes": 0,
        "total_bytes": None,
        "speed_bytes_per_second": None,
        "eta_seconds": None,
        "attempt": 0,
        "file": None,
        "directories": {"project": None, "video": None, "source": None},
        "error": None,
        "created_at": iso(row.created_at),
        "available_at": iso(row.available_at),
        "started_at": None,
        "finished_at": None,
        "completed_at": None,
        "course_id": None,
        "course_google_id": None,
        "coursework_id": None,
        "coursework_google_id": None,
        "course_video_id": None,
        "material_id": None,
        "credential_id": None,
        "batch_id": None,
        "batch_ids": [],
        "subscription_id": None,
        "expires_in": None,
        "probed": None,
        "download_id": row.pk,
        "download_status": "queued",
        "download_progress": 0.0,
        "video_url": LINK,
        "video_metadata": {
            "title": "Aula",
            "duration_seconds": None,
            "format": None,
            "source": "direct",
        },
        "file_path": None,
        "file_size_bytes": None,
        "project_path": None,
        "video_path": None,
        "source_path": None,
        "retry_count": 0,
        "error_message": None,
    }


def test_the_same_link_under_way_is_found_again(integrator):
    first, again = queue(integrator), queue(integrator)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert queue(integrator, quality="360p").status_code == 201
    assert Download.objects.count() == 2


def test_another_teacher_with_the_same_link_has_a_download_of_their_own(integrator, bruno_client):
    assert queue(integrator).status_code == 201
    answer = queue(bruno_client)
    assert (answer.status_code, answer.json()["queue_position"]) == (201, 2)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "aula.mp4",
        "ftp://example.org/a.mp4",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "--exec=touch /tmp/x",
        "-o/tmp/x",
        "https://example.org/a.mp4\n--exec=x",
        "https://",
        "https://exa mple.org/a",
        "https://user:secret@example.org:port/a",
        "ytsearch10:maths",
    ],
)
def test_what_is_no_web_address_is_refused(integrator, link):
    answer = queue(integrator, url=link)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "url"
    assert not Download.objects.exists()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "169.254.169.254", "2130706433"]
)
def test_an_inner_address_is_refused_with_its_own_code(integrator, host):
    answer = queue(integrator, url=f"http://{host}/a.mp4")
    assert answer.status_code == 400
    assert answer.json()["code"] == "network.blocked_address"
    assert [error["field"] for error in answer.json()["errors"]] == ["url"]
    assert not Download.objects.exists()


def test_a_format_that_does_not_go_with_audio_is_refused(integrator):
    assert queue(integrator, audio_only=True, format="mp3").status_code == 201
    answer = queue(integrator, audio_only=True, format="mkv")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "format"
    assert Download.objects.count() == 1


@pytest.mark.parametrize(
    "title", ["🎬 Aula", "\u202eexe.mp4", "e\u0301" * 250, '"; <img onerror>']
)
def test_a_title_comes_back_as_it_was_given(integrator, title):
    answer = queue(integrator, title=title)
    assert answer.json()["title"] == title
    assert integrator.get(f"{URL}/{answer.json()['id']}").json()["title"] == title


# --- following


def test_a_running_download_tells_its_progress(integrator, ana):
    download = make_download(
        ana,
        status="running",
        downloaded_bytes=300,
        total_bytes=1000,
        estimated_bytes=1000,
        progress_percent=30,
        speed_bytes_per_second=50.5,
        eta_seconds=14,
    )
    told = integrator.get(f"{URL}/{download.pk}").json()
    assert told["status"] == told["download_status"] == "running"
    assert told["stage"] == "downloading"
    assert told["queue_position"] is None
    assert told["progress_percent"] == told["download_progress"] == 30.0
    assert (told["downloaded_bytes"], told["total_bytes"]) == (300, 1000)
    assert (told["speed_bytes_per_second"], told["eta_seconds"]) == (50.5, 14.0)
    assert told["estimated_size"] == 1000
    assert told["started_at"] == iso(download.started_at)
    assert told["finished_at"] is None


def test_a_completed_download_names_its_file_below_the_media_root(integrator, ana):
    video = make_video(ana, content=b"moving pictures", duration_seconds=19.0)
    download = make_download(ana, status="completed", video=video)
    told = integrator.get(f"{URL}/{download.pk}").json()
    path = f"library/{video.file.key}"
    assert told["file"] == {
        "path": path,
        "size_bytes": 15,
        "sha256": video.file.sha256,
        "content_type": "video/mp4",
        "url": f"/api/v1/videos/{video.pk}/file",
    }
    assert told["video_id"] == video.pk
    assert told["file_path"] == told["video_path"] == told["source_path"] == path
    assert told["project_path"] == path.removesuffix("/video.mp4")
    assert told["directories"] == {
        "project": told["project_path"],
        "video": path,
        "source": path,
    }
    assert told["file_size_bytes"] == 15
    assert told["video_metadata"]["format"] == "mp4"
    assert told["completed_at"] == told["finished_at"] == iso(download.finished_at)
    assert (storage.library_root().parent / path).read_bytes() == b"moving pictures"


def test_a_failed_download_says_why_and_what_to_do(integrator, ana):
    download = make_download(ana, status="failed", error_code="source.private")
    told = integrator.get(f"{URL}/{download.pk}").json()
    assert told["error"]["code"] == "source.private"
    assert told["error"]["retryable"] is False
    assert told["error"]["advice"]
    assert told["error_message"] == told["error"]["message"]
    assert told["attempt"] == told["retry_count"] == 1
    assert told["completed_at"] is None
    assert told["finished_at"] == iso(download.finished_at)


# --- listing


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_the_newest_come_first_a_page_at_a_time(integrator, ana):
    made = [make_download(ana).pk for _ in range(5)][::-1]
    assert ids(integrator.get(URL)) == made
    page = integrator.get(f"{URL}?limit=2&offset=1")
    assert ids(page) == made[1:3]
    body = page.json()
    assert (body["total"], body["limit"], body["offset"]) == (5, 2, 1)
    assert list(body) == ["results", "total", "limit", "offset", "next_cursor"]
    after = integrator.get(f"{URL}?offset=2147483647").json()
    assert (after["results"], after["total"]) == ([], 5)


def test_a_list_is_narrowed_by_status_source_words_and_time(integrator, ana):
    noon = timezone.now().replace(microsecond=0)
    early = make_download(ana, created_at=noon - timedelta(days=1), title="Frações I")
    late = make_download(ana, created_at=noon, title="Frações II", status="failed")
    other = make_download(ana, source="youtube", title="Verbos")
    assert ids(integrator.get(f"{URL}?status=failed")) == [late.pk]
    assert ids(integrator.get(f"{URL}?source=youtube")) == [other.pk]
    assert ids(integrator.get(URL, {"search": "fracoes"})) == [late.pk, early.pk]
    assert ids(integrator.get(URL, {"search": "FRAÇÕES ii"})) == [late.pk]
    assert ids(integrator.get(URL, {"search": ""})) == [other.pk, late.pk, early.pk]
    assert ids(integrator.get(URL, {"created_before": iso(noon)})) == [early.pk]
    assert ids(integrator.get(URL, {"created_after": iso(noon)})) == [other.pk, late.pk]
    naive = noon.astimezone(UTC).replace(tzinfo=None).isoformat()
    assert ids(integrator.get(URL, {"created_before": naive})) == [early.pk]
    both = {"created_after": iso(noon - timedelta(days=2)), "created_before": iso(noon)}
    assert ids(integrator.get(URL, both)) == [early.pk]


def test_places_in_the_queue_count_everybodys_downloads(integrator, ana, bruno):
    first = make_download(ana)
    make_download(bruno)
    third = make_download(ana)
    urgent = make_download(ana, priority=5)
    make_download(ana, status="running")
    places = {row["id"]: row["queue_position"] for row in integrator.get(URL).json()["results"]}
    # Bruno has nothing running, so his goes before Ana's that are no more urgent.
    assert [places[first.pk], places[third.pk], places[urgent.pk]] == [3, 4, 1]
    for download in (first, third, urgent):
        one = integrator.get(f"{URL}/{download.pk}").json()
        assert one["queue_position"] == places[download.pk]


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    integrator, ana, django_assert_num_queries
):
    statuses = ["queued", "running", "completed", "failed", "cancelled"]
    integrator.get(URL)  # notes the key's use
    for number in (1, 6):
        for status in statuses * number:
            make_download(ana, status=status)
        # The key, the number, the rows, the lines of the queue (3), the batches.
        with django_assert_num_queries(11):
            assert len(ids(integrator.get(f"{URL}?limit=200"))) > number


# --- cancelling, purging, retrying


def test_a_queued_download_is_cancelled(integrator, ana):
    download = make_download(ana)
    answer = integrator.delete(f"{URL}/{download.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    download.refresh_from_db()
    assert download.status == "cancelled"


def test_a_completed_download_is_not_cancelled(integrator, ana):
    download = make_download(ana, status="completed")
    answer = integrator.delete(f"{URL}/{download.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_completed")
    download.refresh_from_db()
    assert (download.status, Video.objects.count()) == ("completed", 1)


def test_purging_a_completed_download_removes_video_and_bytes(
    integrator, ana, django_capture_on_commit_callbacks
):
    download = make_download(ana, status="completed")
    assert download.video is not None
    path = storage.path_of(download.video.file.key)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = integrator.delete(f"{URL}/{download.pk}?purge=true")
    assert answer.status_code == 204
    assert not path.exists()
    assert not Video.objects.exists()
    told = integrator.get(f"{URL}/{download.pk}").json()
    assert (told["file"], told["file_path"], told["video_id"]) == (None, None, None)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_cancelling_what_has_ended_changes_nothing(integrator, ana, status):
    download = make_download(ana, status=status)
    before = Download.objects.values().get()
    assert integrator.delete(f"{URL}/{download.pk}").status_code == 204
    assert integrator.delete(f"{URL}/{download.pk}?purge=false").status_code == 204
    assert Download.objects.values().get() == before


@pytest.mark.parametrize("purge", ["1", "yes", "True", "", "null"])
def test_purge_is_true_or_false_and_nothing_else(integrator, ana, purge):
    download = make_download(ana, status="completed")
    answer = integrator.delete(f"{URL}/{download.pk}?purge={purge}")
    assert answer.status_code == 400
    assert Video.objects.count() == 1


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_failed_or_was_cancelled_is_started_again(integrator, ana, status):
    download = make_download(ana, status=status)
    answer = retry(integrator, download)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["status"], told["queue_position"]) == (download.pk, "queued", 1)
    assert told["error"] is None


@pytest.mark.parametrize("status", ["queued", "running", "completed"])
def test_what_has_not_failed_is_not_started_again(integrator, ana, status):
    download = make_download(ana, status=status)
    before = Download.objects.values().get()
    answer = retry(integrator, download)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_retryable")
    assert Download.objects.values().get() == before


def test_a_retry_takes_no_fields(integrator, ana):
    download = make_download(ana, status="failed")
    path = f"{URL}/{download.pk}/retry"
    answer = integrator.post(path, {"force": True}, "application/json")
    assert answer.status_code == 400
    assert integrator.post(path, {}, "application/json").status_code == 200
