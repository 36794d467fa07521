"""Looking at what is watched: what is new is written down, and fetched where a rule wants it."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core import links
from core.database import AWAY
from core.errors import ExpectedError
from core.jobs.kind import Failure
from core.models import ACTIVE, Status
from courses.models import CourseVideo
from courses.selectors import videos as course_videos
from downloads import rules
from downloads.engines.codes import Code
from downloads.models import Download, HostPause, Listing, Subscription, SubscriptionKind
from downloads.models.subscription import SubscriptionQuerySet
from downloads.rules import Entry
from downloads.selectors import credentials
from downloads.selectors.subscriptions import COURSE_GONE
from downloads.services import finding, folders, keeping, listing
from downloads.services.finding import Seen

logger = logging.getLogger(__name__)

MOST_OF_CHANNEL = 500
MOST_OF_PLAYLIST = 2000

_AT_ONCE = 20
_PRIORITY = -1  # somebody who has just pasted a link waits for the answer; nobody does for a check
_SITE = "youtube.com"  # of all that is watched but courses
_REFUSALS = (Code.SOURCE_RATE_LIMITED, Code.SOURCE_BOT_CHECK)
_PAUSE = timedelta(minutes=15)
_YEARS = range(1970, 2200)
_NEWS_FOR = timedelta(minutes=2)


def make_due() -> None:
    """Check what is due; every node asks every few seconds, and one of them does it."""
    for subscription in list(_due()[:_AT_ONCE]):
        _check_if_due(subscription.pk)
    for subscription in list(_with_news()):
        _tidy_safely(subscription)


def check(subscription: Subscription) -> None:
    """Look now: at a course at once, at a channel or playlist as soon as a worker is free.

    One that is being looked at already is not looked at twice.
    """
    if subscription.kind == SubscriptionKind.COURSE:
        _check_course(subscription)
        return
    of_channel = subscription.kind == SubscriptionKind.CHANNEL
    listing.request_listing(
        by=subscription.owner,
        url=subscription.url,
        most=MOST_OF_CHANNEL if of_channel else MOST_OF_PLAYLIST,
        subscription=subscription,
        priority=_PRIORITY,
    )
    # Should the look end without a word, cancelled by somebody, the next one still has its time.
    later = timezone.now() + timedelta(seconds=subscription.interval_seconds)
    Subscription.objects.filter(id=subscription.pk, next_check_at__lte=timezone.now()).update(
        next_check_at=later
    )


def receive(listing: Listing) -> None:
    """What a look has brought; in the transaction in which it is completed, so it counts once."""
    if listing.subscription_id is None:
        return
    whole = listing.total is None or listing.total <= listing.most
    seen = Seen(
        entries=[_entry(one) for one in listing.entries],
        is_whole=whole and bool(listing.entries),
        title=listing.title,
        channel=listing.channel,
    )
    with transaction.atomic():
        locked = finding.lock(listing.subscription_id)
        if locked is None:
            return
        new = finding.take(locked, seen)
        Listing.objects.filter(id=listing.pk).update(found_new=new)
    transaction.on_commit(partial(tidy, locked), robust=True)


def check_failed(listing: Listing, failure: Failure) -> None:
    """It is tried again later and later; what was found before stays."""
    if listing.subscription_id is None:
        return
    _note_failure(listing.subscription_id, failure.code, failure.detail)
    if failure.code in _REFUSALS:
        transaction.on_commit(_spare_the_site, robust=True)


def tidy(subscription: Subscription) -> None:
    """Remove what is kept no longer, and renew the directory. Can be done any number of times."""
    keeping.keep_last(subscription)
    folders.refresh(subscription)


def _spare_the_site() -> None:
    """It asked for a pause: the others that would ask it in a moment wait too."""
    later = timezone.now() + _PAUSE
    rows = Subscription.objects.exclude(kind=SubscriptionKind.COURSE)
    rows.filter(next_check_at__lt=later).update(next_check_at=later)


def _due() -> SubscriptionQuerySet:
    under_way = Listing.objects.filter(subscription=OuterRef("pk"), status__in=ACTIVE)
    due = Subscription.objects.due().filter(owner__is_active=True).exclude(Exists(under_way))
    if HostPause.objects.in_force().filter(host=_SITE).exists():
        due = due.filter(kind=SubscriptionKind.COURSE)
    return due.select_related("owner").order_by("next_check_at")


def _with_news() -> SubscriptionQuerySet:
    """Those that have just got a video which still has no place in their directory, perhaps."""
    since = timezone.now() - _NEWS_FOR
    fetched = Download.objects.filter(
        subscription=OuterRef("pk"), status=Status.COMPLETED, finished_at__gt=since
    )
    untouched = Subscription.objects.filter(Exists(fetched))
    return untouched.select_related("owner")


def _check_if_due(subscription_id: int) -> None:
    subscription = _due().filter(id=subscription_id).first()
    if subscription is None:  # another node was quicker
        return
    try:
        check(subscription)
    except ExpectedError as refusal:  # its address is none that may be asked, by now
        _note_failure(subscription_id, refusal.code, str(refusal))
    except AWAY:
        raise
    except Exception as problem:  # one that cannot be checked must not keep the others from it
        logger.exception("Could not check %s", subscription)
        _note_failure(subscription_id, "internal", repr(problem))


def _tidy_safely(subscription: Subscription) -> None:
    try:
        tidy(subscription)
    except AWAY:
        raise
    except Exception:
        logger.exception("Could not tidy %s", subscription)


@transaction.atomic
def _check_course(subscription: Subscription) -> None:
    """Of what was last read from Classroom; nobody is asked anything."""
    locked = finding.lock(subscription.pk)
    if locked is None or locked.course is None:
        return
    ways = credentials.into_course(user=locked.owner, course=locked.course)
    if not ways:
        _note_failure(locked.pk, COURSE_GONE, "")
        return
    there = course_videos.in_course(user=locked.owner, course_ids=[locked.course.pk])
    videos: dict[tuple[str, str], CourseVideo] = {}
    for one in there.select_related("coursework").order_by("created_at", "id"):
        videos.setdefault((one.source, one.source_key), one)  # posted twice, it is one video
    way = next((one for one in ways if one.pk == locked.credential_id), ways[0])
    out_of_reach = course_videos.unreachable(user=locked.owner, videos=videos.values())
    seen = Seen(
        entries=[
            Entry(
                url=one.url,
                source=one.source,
                source_key=one.source_key,
                title=one.title,
                duration_seconds=one.duration_seconds,
                published_at=one.coursework.google_created_at,
                available=len(one.url) <= links.MAX_LENGTH,
            )
            for one in videos.values()
        ],
        is_whole=True,
        title=locked.course.name,
        course_videos=videos,
        credential=way,
        waiting={key for key, one in videos.items() if one.pk in out_of_reach},
    )
    finding.take(locked, seen)
    transaction.on_commit(partial(tidy, locked), robust=True)


@transaction.atomic
def _note_failure(subscription_id: int, code: str, detail: str) -> None:
    locked = finding.lock(subscription_id)
    if locked is None:
        return
    locked.failures = min(locked.failures + 1, 1000)
    locked.error_code, locked.error_detail = code[:40], detail
    wait = rules.pause_after(locked.failures, locked.interval_seconds)
    locked.next_check_at = timezone.now() + timedelta(seconds=wait)
    locked.save(update_fields=["failures", "error_code", "error_detail", "next_check_at"])
    finding.tell(locked)


def _entry(told: dict[str, object]) -> Entry:
    return Entry(
        url=str(told["url"]),
        source=str(told["source"]),
        source_key=str(told["source_key"]),
        title=str(told.get("title") or ""),
        channel=str(told.get("channel") or ""),
        channel_id=str(told.get("channel_id") or ""),
        duration_seconds=_seconds(told.get("duration_seconds")),
        published_at=_moment(told.get("published_at")),
        available=bool(told.get("available", True)),
    )


def _moment(told: object) -> datetime | None:
    """What a source says, unless it is at the edges of time, where no other zone has that day."""
    moment = parse_datetime(told) if isinstance(told, str) else None
    return moment if moment and moment.tzinfo and moment.year in _YEARS else None


def _seconds(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) else None
