"""Reads of subscriptions and of the videos they have found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import User
from core.errors import NotFound
from core.models import ACTIVE, Status
from downloads.engines.codes import Code
from downloads.models import Download, FoundVideo, Listing, Subscription
from downloads.models.subscription import FoundVideoQuerySet, SubscriptionQuerySet
from downloads.selectors.downloads import with_all
from downloads.taxonomy import explain
from library.models import Video


class FoundStatus(StrEnum):
    """What has become of a video that was found: a download's states, and those without one."""

    FOUND = "found"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """Empty values filter nothing."""

    kind: str = ""
    enabled: bool | None = None
    course_id: int | None = None


@dataclass(frozen=True, slots=True)
class FoundFilter:
    """Empty values filter nothing. `new`: not held, asked for, set aside or gone."""

    subscription_id: int | None = None
    new: bool | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class FoundState:
    """A video that was found, with its newest download and what the library has of it."""

    status: FoundStatus
    download: Download | None = None
    video: Video | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the videos of one subscription; `fetched` of them were asked for."""

    found: int = 0
    new: int = 0
    fetched: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a check failed, and what to do about it."""

    message: StrOrPromise
    advice: StrOrPromise
    retryable: bool


EVERYTHING = SubscriptionFilter()
ANY_VIDEO = FoundFilter()
NONE_YET = Counts()
COURSE_GONE = "course.gone"
_TROUBLES = {
    COURSE_GONE: Trouble(
        _("None of your Google accounts sees this course any more."),
        _("Connect the account that sees it, or stop watching the course."),
        retryable=False,
    ),
    Code.SOURCE_UNSUPPORTED: Trouble(
        _("There is no list of videos at this address."),
        _("Check the link. If the channel or playlist is gone, stop watching it."),
        retryable=False,
    ),
    Code.SOURCE_NOT_FOUND: Trouble(
        _("This channel or playlist is not there any more."),
        _("Check the link. If it is gone, stop watching it."),
        retryable=False,
    ),
    Code.SOURCE_PRIVATE: Trouble(
        _("This playlist is private."),
        _("Ask its owner to share it by link."),
        retryable=False,
    ),
}
_HELD = Exists(
    Video.objects.filter(
        owner=OuterRef("owner"), source=OuterRef("source"), source_key=OuterRef("source_key")
    )
)
NEW = Q(download=None, removed_at=None, gone_at=None) & ~Q(_HELD)


def list_subscriptions(
    *, user: User, filter: SubscriptionFilter = EVERYTHING
) -> QuerySet[Subscription]:
    """Newest first."""
    found = _with_all(Subscription.objects.visible_to(user))
    wanted = {"kind": filter.kind or None, "course_id": filter.course_id}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    if filter.enabled is not None:
        found = found.filter(enabled=filter.enabled)
    return found.order_by("-id")


def get_subscription(*, user: User, subscription_id: int) -> Subscription:
    """:raises NotFound: there is none, or it is somebody else's"""
    found = _with_all(Subscription.objects.visible_to(user))
    subscription = found.filter(id=subscription_id).first()
    if subscription is None:
        raise NotFound
    return subscription


def own_subscription(*, user: User, subscription_id: int) -> Subscription:
    """For what is done in the owner's name: staff have no part in it.

    :raises NotFound: this person has none such
    """
    found = Subscription.objects.filter(owner=user, id=subscription_id).first()
    if found is None:
        raise NotFound
    return found


def of_course(*, user: User, course_id: int) -> Subscription | None:
    """How this person watches a course, if at all."""
    return Subscription.objects.filter(owner=user, course_id=course_id).first()


def list_found(*, user: User, filter: FoundFilter = ANY_VIDEO) -> FoundVideoQuerySet:
    """The newest first, by when they were published or else found."""
    found = FoundVideo.objects.visible_to(user)
    if filter.subscription_id is not None:
        found = found.filter(subscription_id=filter.subscription_id)
    if filter.new is not None:
        found = found.filter(NEW if filter.new else ~NEW)
    for word in filter.search.split():
        found = found.filter(title__icontains=word)
    found = found.select_related("owner", "subscription", "course_video__coursework__course")
    return found.order_by(Coalesce("published_at", "found_at").desc(), "-id")


def get_found(*, user: User, found_id: int) -> FoundVideo:
    """:raises NotFound: there is none, or it is somebody else's"""
    found = list_found(user=user).filter(id=found_id).first()
    if found is None:
        raise NotFound
    return found


def states_of(found: Iterable[FoundVideo]) -> dict[int, FoundState]:
    """By the number of each; two queries for any number of them.

    A download counts by whatever way it was asked for: what it brings is the same video.
    """
    rows = list(found)
    downloads, videos = _downloads_of(rows), _videos_of(rows)
    return {one.pk: _state(one, _download(one, downloads), videos.get(_same(one))) for one in rows}


def state_of(found: FoundVideo) -> FoundState:
    return states_of([found])[found.pk]


def counts_of(subscriptions: Sequence[Subscription]) -> dict[int, Counts]:
    """By the number of each; one query for all."""
    ids = [subscription.pk for subscription in subscriptions]
    rows = FoundVideo.objects.filter(subscription_id__in=ids).values("subscription_id")
    told = rows.annotate(
        found=Count("id"),
        new=Count("id", filter=NEW),
        fetched=Count("id", filter=Q(download__isnull=False)),
    )
    found = {
        one["subscription_id"]: Counts(one["found"], one["new"], one["fetched"]) for one in told
    }
    return dict.fromkeys(ids, NONE_YET) | found


def checked_now(subscriptions: Sequence[Subscription]) -> set[int]:
    """The numbers of those that are being looked at right now, or soon."""
    under_way = Listing.objects.filter(subscription__in=subscriptions, status__in=ACTIVE)
    return set(under_way.values_list("subscription_id", flat=True))


def trouble(subscription: Subscription) -> Trouble | None:
    """Why its last check failed, in words."""
    if not subscription.error_code:
        return None
    if own := _TROUBLES.get(subscription.error_code):
        return own
    told = explain(subscription.error_code)
    return Trouble(told.message, told.advice, told.retryable)


def over_kept(subscription: Subscription) -> list[FoundVideo]:
    """What its keep-last rule has no more room for: only what it brought by itself, whole.

    Never a video its owner keeps for good, or got by another download as well.
    """
    brought = FoundVideo.objects.filter(
        subscription=subscription,
        wanted=True,
        removed_at=None,
        download__subscription=subscription,
        download__linked=False,
        download__status=Status.COMPLETED,
        download__video__isnull=False,
    )
    newest_first = brought.select_related("download__video").order_by("-published_at", "-id")
    return [one for one in _by_age(newest_first)[subscription.keep_last :] if _may_go(one)]


def brought(subscription: Subscription) -> list[tuple[FoundVideo, Video]]:
    """What of its videos the owner's library has, oldest first."""
    rows = list(FoundVideo.objects.filter(subscription=subscription).order_by("id"))
    videos = _videos_of(rows)
    return [(one, videos[_same(one)]) for one in rows if _same(one) in videos]


def _with_all(found: SubscriptionQuerySet) -> SubscriptionQuerySet:
    return found.select_related("owner", "course", "credential")


def _by_age(found: Iterable[FoundVideo]) -> list[FoundVideo]:
    """The newest first; where no day of publishing is known, the day it was found counts."""
    return sorted(found, key=lambda one: (one.published_at or one.found_at, one.pk), reverse=True)


def _may_go(found: FoundVideo) -> bool:
    video = found.download.video if found.download else None
    if video is None or video.pinned:
        return False
    others = Download.objects.filter(video=video).exclude(subscription=found.subscription)
    return not others.exists()


def _same(found: FoundVideo) -> tuple[int, str, str]:
    return found.owner_id, found.source, found.source_key


def _downloads_of(rows: Sequence[FoundVideo]) -> dict[object, Download]:
    """By their own numbers, and the newest of each video by that."""
    asked = Q(owner_id__in={one.owner_id for one in rows}) & Q(
        source_key__in={one.source_key for one in rows}
    )
    linked = Q(id__in=[one.download_id for one in rows if one.download_id])
    found = with_all(Download.objects.filter(linked | asked, material=None)).order_by("id")
    by_key: dict[object, Download] = {}
    for download in found:
        by_key[download.pk] = download
        by_key[download.owner_id, download.source, download.source_key] = download
    return by_key


def _download(found: FoundVideo, downloads: dict[object, Download]) -> Download | None:
    """The newest; one that was cancelled says less than one before that brought the video."""
    own, newest = downloads.get(found.download_id), downloads.get(_same(found))
    if own and newest and newest.status == Status.CANCELLED:
        return own
    return newest or own


def _videos_of(rows: Sequence[FoundVideo]) -> dict[tuple[int, str, str], Video]:
    keys = {one.source_key for one in rows}
    owners = {one.owner_id for one in rows}
    videos = Video.objects.filter(owner_id__in=owners, source_key__in=keys).order_by("id")
    return {
        (video.owner_id, video.source, video.source_key): video
        for video in videos.select_related("file")
    }


def _state(found: FoundVideo, download: Download | None, video: Video | None) -> FoundState:
    if download and download.status in ACTIVE:
        return FoundState(FoundStatus(download.status), download, video)
    if held := video or (download and download.video):
        return FoundState(FoundStatus.COMPLETED, download, held)
    if found.removed_at:
        status = FoundStatus.REMOVED if download else FoundStatus.IGNORED
        return FoundState(status, download)
    if download is None:
        return FoundState(FoundStatus.FOUND)
    if download.status == Status.COMPLETED:  # and its video was deleted since
        return FoundState(FoundStatus.REMOVED, download)
    return FoundState(FoundStatus(download.status), download)
