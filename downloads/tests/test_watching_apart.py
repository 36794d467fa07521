"""One subscription that cannot be looked at stops neither the others nor the node."""

from datetime import timedelta

import pytest
from django.db import DataError
from django.utils import timezone

from downloads.models import Download, FoundVideo
from downloads.services import keeping, listing, subscriptions, watching
from downloads.services.subscriptions import Source
from downloads.tests.build import make_download
from downloads.tests.school import make_school
from downloads.tests.watch import active_looks, make_subscription

pytestmark = pytest.mark.django_db

PAST = timezone.now() - timedelta(hours=1)


def test_a_row_the_database_refuses_is_a_failure_of_its_subscription_alone(ana, monkeypatch):
    broken = make_subscription(ana, next_check_at=PAST - timedelta(hours=1))
    good = make_subscription(ana, next_check_at=PAST)
    ask = listing.request_listing

    def refuse(**given):
        if given["subscription"] == broken:
            raise DataError("value too long for type character varying(2000)")
        return ask(**given)

    monkeypatch.setattr(listing, "request_listing", refuse)
    watching.make_due()

    assert len(active_looks(good)) == 1
    broken.refresh_from_db()
    assert (broken.failures, broken.error_code) == (1, "internal")
    assert broken.next_check_at > timezone.now()


def test_one_that_cannot_be_tidied_does_not_stop_the_round(ana, monkeypatch):
    tidied = []

    def fail(subscription):
        tidied.append(subscription.pk)
        raise ValueError

    monkeypatch.setattr(keeping, "keep_last", fail)
    rows = [make_subscription(ana) for _ in range(2)]
    for row in rows:
        make_download(ana, status="completed", subscription=row, finished_at=timezone.now())

    watching.make_due()

    assert sorted(tidied) == sorted(row.pk for row in rows)


def test_a_video_of_a_course_whose_address_is_too_long_is_left_out(ana):
    school = make_school(ana)
    course = subscriptions.create_subscription(
        by=ana, source=Source(course=school.course), auto_download=True
    )
    long = school.video(url="https://videos.example.org/?" + "x" * 2050, source_key="long")
    good = school.video()
    type(course).objects.filter(pk=course.pk).update(next_check_at=PAST)

    watching.make_due()

    assert long.pk
    assert [one.course_video for one in FoundVideo.objects.all()] == [good]
    assert [one.course_video for one in Download.objects.all()] == [good]
    course.refresh_from_db()
    assert (course.failures, course.error_code) == (0, "")


def test_whoever_waits_for_an_answer_goes_before_the_checks(ana, bruno):
    for _ in range(3):
        make_subscription(ana, next_check_at=PAST)
    watching.make_due()
    asked = listing.request_listing(by=bruno, url="https://www.youtube.com/playlist?list=PL12345")

    assert listing.LISTINGS.rows().claimable().next_ids(1) == [asked.pk]
