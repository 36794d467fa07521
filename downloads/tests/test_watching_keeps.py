"""Keep-last, the directory of a subscription, and courses that are watched."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core import storage
from core.models import Status
from courses.models import CourseAccess, Reach
from downloads.models import Download, FoundVideo, Subscription
from downloads.services import folders, subscriptions, watching
from downloads.services.subscriptions import Source
from downloads.tests.build import make_download
from downloads.tests.school import make_school
from downloads.tests.watch import make_found, make_subscription, titles
from library.models import Video
from library.tests.build import make_video

pytestmark = pytest.mark.django_db


def bring(subscription, days, *, wanted=True, **video):
    """A video that was published so many days ago and has been fetched."""
    owner = subscription.owner
    key = f"brought-{days:03}"
    facts: dict[str, Any] = {"source": "youtube", "source_key": key}
    download = make_download(
        owner,
        status=Status.COMPLETED,
        subscription=subscription,
        video=make_video(owner, title=f"{days} days old", **facts, **video),
        **facts,
    )
    return make_found(
        subscription,
        source_key=key,
        published_at=timezone.now() - timedelta(days=days),
        wanted=wanted,
        download=download,
    )


def kept():
    return sorted(Video.objects.values_list("title", flat=True))


def test_the_newest_stay_and_what_was_removed_is_not_fetched_again(ana):
    channel = make_subscription(ana, keep_last=2, auto_download=True)
    rows = [bring(channel, days) for days in (1, 30, 9, 4)]

    watching.tidy(channel)
    watching.tidy(channel)

    assert kept() == ["1 days old", "4 days old"]
    gone = FoundVideo.objects.filter(removed_at__isnull=False)
    assert {one.pk for one in gone} == {rows[1].pk, rows[2].pk}
    assert Download.objects.count() == 4


def test_pinned_hand_picked_shared_watched_and_other_videos_are_never_removed(ana):
    channel = make_subscription(ana, keep_last=1)
    bring(channel, 1)
    bring(channel, 10, pinned=True)
    bring(channel, 11, wanted=False)
    bring(channel, 12, watched_at=timezone.now() - timedelta(minutes=5))
    also = bring(channel, 13)
    make_download(ana, status=Status.COMPLETED, linked=True, video=also.download.video)
    make_video(ana, title="by hand")
    bring(make_subscription(ana), 14)
    before = kept()

    watching.tidy(channel)

    assert kept() == before
    assert not FoundVideo.objects.exclude(removed_at=None).exists()


def test_without_keep_last_everything_stays(ana):
    channel = make_subscription(ana)
    bring(channel, 300)

    watching.tidy(channel)

    assert kept() == ["300 days old"]


def test_a_finished_download_makes_room_and_gets_its_name_without_a_check(ana, settings):
    channel = make_subscription(ana, keep_last=1)
    old, new = bring(channel, 9), bring(channel, 2)

    watching.make_due()

    assert kept() == ["2 days old"]
    old.refresh_from_db()
    assert old.removed_at is not None
    folder = Path(settings.MEDIA_ROOT) / folders.directory_of(channel)
    assert [one.name for one in folder.iterdir()] == [folders.name_of(new, Video.objects.get())]


def test_the_directory_holds_a_link_to_each_video_under_a_name_people_read(ana, settings):
    channel = make_subscription(ana, folder="aulas")
    found = bring(channel, 3)
    video = found.download.video
    Video.objects.filter(pk=video.pk).update(title="../../etc: Frações?")
    folder = Path(settings.MEDIA_ROOT) / "subscriptions" / str(ana.pk) / "aulas"

    folders.refresh(channel)

    day = found.published_at.date().isoformat()
    (link,) = folder.iterdir()
    assert link.name == f"{day} .._.._etc_ Frações_ ({video.pk}).mp4"
    assert link.is_symlink()
    assert link.readlink() == Path("../../../library") / video.file.key
    assert link.read_bytes() == storage.path_of(video.file.key).read_bytes()

    video.delete()
    folders.refresh(channel)
    assert list(folder.iterdir()) == []


def test_a_disk_that_refuses_the_directory_spoils_nothing(ana, settings, tmp_path, caplog):
    channel = make_subscription(ana)
    bring(channel, 3)
    (tmp_path / "subscriptions").write_text("a file in its place")
    settings.MEDIA_ROOT = tmp_path

    folders.refresh(channel)

    assert "could not be written" in caplog.text


def test_a_watched_course_lists_its_videos_at_once_and_fetches_what_is_new(ana):
    school = make_school(ana)
    first = school.video()
    course = subscriptions.create_subscription(
        by=ana, source=Source(course=school.course), auto_download=True
    )
    assert (course.name, course.kind, course.credential) == (
        school.course.name,
        "course",
        school.credential,
    )
    assert titles(course) == [first.title]
    assert not Download.objects.exists()

    new = school.video()
    again = school.video(source_key=first.source_key, url=first.url)
    subscriptions.check_subscription(by=ana, subscription=course)

    assert again.pk
    assert titles(course) == [first.title, new.title]
    made = Download.objects.get()
    assert (made.course_video, made.credential, made.subscription) == (
        new,
        school.credential,
        course,
    )


def test_what_nobody_can_reach_in_a_course_waits_and_is_fetched_later(ana):
    school = make_school(ana)
    course = subscriptions.create_subscription(
        by=ana, source=Source(course=school.course), auto_download=True
    )
    closed = school.drive_video()
    reach = Reach.objects.create(
        video=closed, credential=school.credential, problem="google.no_access"
    )
    subscriptions.check_subscription(by=ana, subscription=course)
    assert not Download.objects.exists()

    reach.delete()
    subscriptions.check_subscription(by=ana, subscription=course)

    assert Download.objects.get().course_video == closed


def test_a_course_nobody_sees_any_more_fails_with_advice_and_keeps_its_list(ana):
    school = make_school(ana)
    school.video()
    course = subscriptions.create_subscription(by=ana, source=Source(course=school.course))
    CourseAccess.objects.update(gone_at=timezone.now())
    Subscription.objects.update(next_check_at=timezone.now())

    watching.make_due()

    course.refresh_from_db()
    assert (course.error_code, course.failures) == ("course.gone", 1)
    assert course.next_check_at > timezone.now() + timedelta(minutes=100)
    assert len(titles(course, gone_at=None)) == 1


def test_a_video_taken_out_of_the_course_is_marked(ana):
    school = make_school(ana)
    video = school.video()
    course = subscriptions.create_subscription(by=ana, source=Source(course=school.course))
    other = school.video()
    video.gone_at = timezone.now()
    video.save()

    subscriptions.check_subscription(by=ana, subscription=course)

    assert titles(course, gone_at=None) == [other.title]
