"""Temporary videos, and those that a rule lets go once their owners have been told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.tests.build import make_credential
from core import storage
from core.models import Event, Status
from courses.tests.make import make_course, make_course_video, make_coursework
from downloads.models import Download, RetentionRule
from downloads.selectors.retention import past, preview
from downloads.tests.build import make_download
from downloads.tests.sweeping import ago, clean, figures, told
from library.models import Video
from library.services import removing
from library.tests.build import make_video

pytestmark = pytest.mark.django_db(transaction=True)


def make_rule(**over) -> RetentionRule:
    facts = {"name": "Old ones", "enabled": True, "max_age_days": 365, "warn_days": 14}
    return RetentionRule.objects.create(**(facts | over))


def make_old(owner, **over) -> Video:
    return make_video(owner, **({"created_at": ago(days=400)} | over))


def titles(rule) -> set[str]:
    return {video.title for video in past(rule, now=timezone.now())}


def of_course(owner, course, *, age: int, **over) -> Video:
    """A video that came out of a course, `age` days ago."""
    video = make_video(owner, created_at=ago(days=age), **over)
    found = make_course_video(make_coursework(course))
    for _ in range(2):  # fetched, and later linked
        make_download(owner, status=Status.COMPLETED, video=video, course_video=found)
    return video


def test_a_temporary_video_goes_when_its_time_is_over(ana):
    over = make_video(ana, title="Over", expires_at=ago(minutes=1))
    make_video(ana, title="Not yet", expires_at=ago(minutes=-1))
    make_video(ana, title="Kept", expires_at=ago(minutes=1), pinned=True)
    make_video(ana, title="For good")
    download = make_download(ana, status=Status.COMPLETED, video=over)

    run = clean("temporary")

    assert told(run) == [("video", "Over", "expired", True)]
    assert figures(run) == ("completed", 1, 1, over.file.size_bytes)
    assert run.report[0]["owner"] == "ana"
    assert sorted(Video.objects.values_list("title", flat=True)) == [
        "For good",
        "Kept",
        "Not yet",
    ]
    assert not storage.path_of(over.file.key).exists()
    download.refresh_from_db()
    assert (download.status, download.video) == ("completed", None)
    event = Event.objects.get(type="video_deleted")
    assert (event.owner_id, event.data) == (ana.pk, {"id": over.pk, "by": None})


def test_bytes_that_somebody_else_has_are_not_counted_as_freed(ana, bruno):
    make_video(ana, content=b"same", expires_at=ago(minutes=1))
    his = make_video(bruno, content=b"same")

    looked, done = clean("temporary", dry_run=True), clean("temporary")

    assert figures(looked) == ("completed", 1, 0, 0)
    assert figures(done) == ("completed", 1, 1, 0)
    assert storage.path_of(his.file.key).read_bytes() == b"same"


def test_a_video_that_its_owner_keeps_at_the_last_moment_stays(ana, ana_client, monkeypatch):
    video = make_video(ana, expires_at=ago(minutes=1))
    remove_if = removing.remove_if

    def after_her_click(**what):
        ana_client.post(f"/library/{video.pk}/keep", {"pinned": "true"})
        return remove_if(**what)

    monkeypatch.setattr(removing, "remove_if", after_her_click)
    run = clean("temporary")

    assert figures(run) == ("completed", 0, 0, 0)
    assert Video.objects.get().pinned


def test_no_rule_is_in_force_by_itself(ana):
    make_old(ana)
    make_rule(enabled=False)

    assert figures(clean("retention")) == ("completed", 0, 0, 0)
    assert mail.outbox == []
    assert Video.objects.get().removal_at is None


def test_an_owner_is_told_before_and_the_video_goes_only_then(ana):
    make_rule()
    old = make_old(ana, title="Fractions")
    size, key = old.file.size_bytes, old.file.key
    make_video(ana, title="New")

    first = clean("retention")
    old.refresh_from_db()
    again = clean("retention")

    assert told(first) == [("video", "Fractions", "announced", True)]
    assert (first.warned, first.removed, first.bytes) == (1, 0, 0)
    assert timedelta(days=13.9) < old.removal_at - timezone.now() < timedelta(days=14)
    assert (again.found, again.warned) == (0, 0)
    (sent,) = mail.outbox
    assert sent.to == ["ana@example.org"]
    assert "Fractions" in sent.body
    assert "/library?going=true" in sent.body
    assert sent.subject.startswith("1 video of yours is removed on ")

    Video.objects.filter(id=old.pk).update(removal_at=ago(minutes=1))
    last = clean("retention")

    assert told(last) == [("video", "Fractions", "rule", True)]
    assert figures(last) == ("completed", 1, 1, size)
    assert Video.objects.get().title == "New"
    assert not storage.path_of(key).exists()
    assert len(mail.outbox) == 1


def test_an_owner_gets_one_mail_in_the_own_language_about_all_of_them(ana, bruno):
    make_rule()
    ana.language = "en"
    ana.save()
    for number in range(35):
        make_old(ana, title=f"Lesson <{number}>")
    make_old(bruno)

    run = clean("retention")

    assert (run.found, run.warned) == (36, 2)
    hers, his = mail.outbox
    assert (hers.to, his.to) == (["ana@example.org"], ["bruno@example.org"])
    assert "35 videos of yours go" in hers.subject
    assert hers.body.count("Lesson <") == 30
    assert "and 5 more" in hers.body
    html = hers.alternatives[0][0]  # type: ignore[attr-defined] # as Django sends it
    assert "Lesson &lt;0&gt;" in html
    assert "Lesson <" not in html


def test_of_two_rules_the_earlier_day_counts(ana):
    make_rule(warn_days=30)
    make_rule(warn_days=5, max_age_days=300)
    make_old(ana)

    clean("retention")

    left = Video.objects.get().removal_at - timezone.now()
    assert timedelta(days=4.9) < left < timedelta(days=5)


def test_an_owner_who_cannot_be_told_loses_nothing(ana, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    make_rule()
    make_old(ana, title="Fractions")

    run = clean("retention")

    assert told(run) == [("video", "Fractions", "not_told", False)]
    assert (run.status, run.warned) == ("completed", 0)
    assert Video.objects.get().removal_at is None


def test_a_dry_run_announces_nothing_and_removes_nothing(ana):
    make_rule()
    make_old(ana, title="New to it")
    make_old(ana, title="Due", removal_at=ago(minutes=1))

    run = clean("retention", dry_run=True)

    assert sorted(told(run)) == [
        ("video", "Due", "rule", False),
        ("video", "New to it", "announced", False),
    ]
    assert (run.warned, run.removed, mail.outbox) == (0, 0, [])
    assert Video.objects.filter(removal_at=None).count() == 1


@pytest.mark.parametrize(
    "because",
    [
        {"pinned": True},
        {"watched_at": ago(hours=1)},
        {"created_at": ago(days=100)},
    ],
)
def test_what_is_due_but_kept_watched_or_no_longer_past_a_rule_stays(ana, because):
    make_rule(unwatched_days=30)
    make_old(ana, **({"removal_at": ago(days=1)} | because))

    assert clean("retention").removed == 0
    assert Video.objects.get().removal_at is None


def test_a_video_that_is_watched_right_now_waits_for_the_next_day(ana):
    make_rule()
    make_old(ana, removal_at=ago(days=1), watched_at=ago(minutes=5))

    assert clean("retention").removed == 0
    assert Video.objects.get().removal_at is not None

    Video.objects.update(watched_at=ago(hours=7))
    assert clean("retention").removed == 1


def test_a_video_that_a_download_is_working_on_stays(ana):
    make_rule()
    video = make_old(ana, removal_at=ago(days=1))
    download = make_download(ana, status=Status.RUNNING, video=video)

    assert clean("retention").removed == 0

    Download.objects.filter(id=download.pk).delete()
    assert clean("retention").removed == 1


def test_rules_go_by_age_by_last_watching_and_by_person(ana, bruno):
    make_old(ana, title="Old, never watched")
    make_old(ana, title="Old, watched lately", watched_at=ago(days=3))
    make_old(ana, title="Old, watched long ago", watched_at=ago(days=50))
    make_old(ana, title="Old, kept", pinned=True)
    make_old(bruno, title="His")
    make_video(ana, title="New")

    assert titles(make_rule(owner=ana)) == {
        "Old, never watched",
        "Old, watched lately",
        "Old, watched long ago",
    }
    assert titles(make_rule(owner=ana, max_age_days=None, unwatched_days=30)) == {
        "Old, never watched",
        "Old, watched long ago",
    }
    assert titles(make_rule(unwatched_days=30)) == {
        "Old, never watched",
        "Old, watched long ago",
        "His",
    }


def test_the_newest_of_each_course_and_owner_stay(ana, bruno):
    hers, his = make_credential(ana), make_credential(bruno)
    math, art = make_course(hers, his), make_course(hers)
    for age in (1, 2, 3):
        of_course(ana, math, age=age, title=f"Ana math {age}")
        of_course(bruno, math, age=age, title=f"Bruno math {age}")
    of_course(ana, art, age=9, title="Ana art")
    make_video(ana, title="Of no course", created_at=ago(days=900))
    rule = {"max_age_days": None, "keep_per_course": 2}

    assert titles(make_rule(**rule)) == {"Ana math 3", "Bruno math 3"}
    assert titles(make_rule(**rule, course=art)) == set()
    assert titles(make_rule(**rule, course=math, owner=bruno)) == {"Bruno math 3"}
    assert titles(make_rule(**(rule | {"keep_per_course": 1}), course=math)) == {
        "Ana math 2",
        "Ana math 3",
        "Bruno math 2",
        "Bruno math 3",
    }
    assert titles(make_rule(course=art, max_age_days=5)) == {"Ana art"}


def test_a_rule_says_how_much_it_would_take(ana):
    make_old(ana, content=b"12345")
    make_old(ana, content=b"123")
    make_video(ana)

    found = preview(make_rule(enabled=False))

    assert (found.number, found.bytes) == (2, 8)


def test_a_retired_owner_has_nobody_to_be_told(ana):
    ana.is_active = False
    ana.save()
    make_rule()
    make_old(ana)

    run = clean("retention")

    assert (run.warned, mail.outbox) == (1, [])
    assert Video.objects.get().removal_at is not None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no clock of its own")
def test_a_worker_whose_clock_is_ahead_removes_nothing_too_early(ana, time_machine):
    make_rule(warn_days=400)
    make_video(ana, expires_at=ago(days=-1))
    make_old(ana, removal_at=ago(days=-20), created_at=ago(days=700))

    time_machine.move_to(timezone.now() + timedelta(days=30))

    assert clean("temporary", available_at=ago(days=60)).found == 0
    assert clean("retention", available_at=ago(days=60)).removed == 0
    assert Video.objects.filter(removal_at__isnull=False).count() == 1
