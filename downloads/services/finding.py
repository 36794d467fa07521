"""What a look at a source means for a subscription: new rows, gone ones, downloads by rule."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Credential
from accounts.selectors import drive_credential
from core import events
from core.errors import ExpectedError
from courses.models import CourseVideo
from downloads import rules
from downloads.models import FoundBy, FoundVideo, Subscription, SubscriptionKind
from downloads.rules import Entry, Rule
from downloads.selectors import credentials
from downloads.services import naming, queueing, requests
from downloads.services.queueing import Queued
from downloads.services.requests import Plan, QueueRequest
from library.models import Source

Key = tuple[str, str]

_FACTS = ("title", "channel", "channel_id", "duration_seconds", "published_at")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is at a source now, newest first for channels. `is_whole`: all of it was read.

    `waiting` are those that nobody can fetch yet; a course's come with its own rows.
    """

    entries: Sequence[Entry]
    is_whole: bool
    title: str = ""
    channel: str = ""
    course_videos: Mapping[Key, CourseVideo] = field(default_factory=dict)
    credential: Credential | None = None
    waiting: AbstractSet[Key] = frozenset()

    @property
    def available(self) -> dict[Key, Entry]:
        return {one.key: one for one in self.entries if one.available}


def lock(subscription_id: int) -> Subscription | None:
    """Nothing else is found for it until the transaction ends; None if it is there no longer."""
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("owner", "course").filter(id=subscription_id).first()


def take(subscription: Subscription, seen: Seen) -> int:
    """Write down what is new, and queue what is wanted of it; return how many are new.

    `subscription` is locked. The same look taken twice changes nothing the second time.
    """
    known = {
        (one.source, one.source_key): one
        for one in FoundVideo.objects.filter(subscription=subscription)
    }
    now = timezone.now()
    _renew(known, seen, now)
    new = _add(subscription, known, seen)
    _queue_wanted(subscription, seen)
    naming.name_after(subscription, title=seen.channel or seen.title)
    _note_success(subscription, now)
    tell(subscription)
    return new


def queue_found(*, subscription: Subscription | None, found: Sequence[FoundVideo]) -> list[Queued]:
    """Queue these for their owner, as their subscription wants its videos; held ones are linked.

    What is no address that may be fetched is left out.
    """
    way = _way_into(subscription) if subscription else None
    plans = {one.pk: plan for one in found if (plan := _plan(subscription, one, way))}
    return _queue(found, plans)


def wishes_of(subscription: Subscription | None) -> dict[str, Any]:
    """How its videos are wanted, as a request says it; one without a subscription: as always."""
    if subscription is None:
        return {}
    names = ("quality", "format", "audio_only", "subtitles")
    return {name: getattr(subscription, name) for name in names}


def tell(subscription: Subscription) -> None:
    events.record(
        topic=f"subscription.{subscription.pk}",
        type="subscription_changed",
        owner_id=subscription.owner_id,
        data={
            "id": subscription.pk,
            "next_check_at": subscription.next_check_at.isoformat(),
            "error_code": subscription.error_code or None,
        },
    )


def _renew(known: Mapping[Key, FoundVideo], seen: Seen, now: datetime) -> None:
    """What the source tells of those known already, and which of them it has no longer."""
    there = seen.available
    told = {one.key for one in seen.entries}
    changed = []
    for key, found in known.items():
        before = found.gone_at, [getattr(found, name) for name in _FACTS]
        if entry := there.get(key):
            found.gone_at = None
            for name in _FACTS:
                setattr(found, name, getattr(entry, name) or getattr(found, name))
        elif seen.is_whole or key in told:
            found.gone_at = found.gone_at or now
        if (found.gone_at, [getattr(found, name) for name in _FACTS]) != before:
            changed.append(found)
    FoundVideo.objects.bulk_update(changed, ["gone_at", *_FACTS], batch_size=200)


def _add(subscription: Subscription, known: Mapping[Key, FoundVideo], seen: Seen) -> int:
    """The newest get the largest numbers, however the source puts them."""
    fresh = [one for key, one in seen.available.items() if key not in known]
    if subscription.kind == SubscriptionKind.CHANNEL:
        fresh.reverse()
    wanted = _wanted(subscription, set(known), seen)
    FoundVideo.objects.bulk_create(
        [
            FoundVideo(
                owner=subscription.owner,
                subscription=subscription,
                course_video=seen.course_videos.get(one.key),
                url=one.url,
                source=one.source,
                source_key=one.source_key,
                wanted=one.key in wanted,
                **{name: getattr(one, name) for name in _FACTS},
            )
            for one in fresh
        ],
        batch_size=200,
    )
    return len(fresh)


def _wanted(subscription: Subscription, known: set[Key], seen: Seen) -> set[Key]:
    if not subscription.auto_download:
        return set()
    rule = Rule(subscription.title_filter, subscription.longest_seconds, subscription.since)
    first_look = subscription.last_checked_at is None
    past: set[Key] = set()
    if subscription.kind == SubscriptionKind.CHANNEL and not seen.is_whole:
        past = rules.of_the_past(seen.entries, known)
    return {
        one.key
        for one in seen.entries
        if one.key not in known | past and rules.fits(rule, one, first_look=first_look)
    }


def _queue_wanted(subscription: Subscription, seen: Seen) -> None:
    """Also what could not be queued at an earlier look."""
    if not subscription.auto_download:
        return
    asked = FoundVideo.objects.filter(
        subscription=subscription, wanted=True, download=None, removed_at=None, gone_at=None
    )
    there = seen.available.keys() - seen.waiting
    rows = asked.select_related("owner", "course_video").order_by("id")
    found = [one for one in rows if (one.source, one.source_key) in there]
    way = seen.credential
    plans = {one.pk: plan for one in found if (plan := _plan(subscription, one, way))}
    _queue(found, plans)


def _queue(found: Sequence[FoundVideo], plans: Mapping[int, Plan]) -> list[Queued]:
    ready = [one for one in found if one.pk in plans]
    if not ready:
        return []
    by = ready[0].owner
    queued = queueing.queue_planned(by=by, plans=[plans[one.pk] for one in ready])
    for one, made in zip(ready, queued, strict=True):
        one.download, one.removed_at = made.download, None
    FoundVideo.objects.bulk_update(ready, ["download", "removed_at"], batch_size=200)
    return queued


def _plan(
    subscription: Subscription | None, found: FoundVideo, way: Credential | None
) -> Plan | None:
    wanted = QueueRequest(
        url=found.url,
        title=found.title if found.found_by == FoundBy.USER else "",
        subscription=subscription,
        course_video=found.course_video,
        credential=_credential(found, way),
    )
    try:
        return requests.plan(replace(wanted, **wishes_of(subscription)))
    except ExpectedError:  # an address of which nothing may be fetched; it stays on the list
        return None


def _credential(found: FoundVideo, way: Credential | None) -> Credential | None:
    """A course's video is fetched with the account that sees the course."""
    if found.course_video_id:
        return way
    return drive_credential(user=found.owner) if found.source == Source.DRIVE else None


def _way_into(subscription: Subscription) -> Credential | None:
    if subscription.course is None:
        return None
    ways = credentials.into_course(user=subscription.owner, course=subscription.course)
    return next((one for one in ways if one.pk == subscription.credential_id), (*ways, None)[0])


def _note_success(subscription: Subscription, now: datetime) -> None:
    subscription.last_checked_at = now
    subscription.next_check_at = now + timedelta(seconds=subscription.interval_seconds)
    subscription.failures = 0
    subscription.error_code = subscription.error_detail = ""
    subscription.save(
        update_fields=[
            "last_checked_at",
            "next_check_at",
            "failures",
            "error_code",
            "error_detail",
        ]
    )
