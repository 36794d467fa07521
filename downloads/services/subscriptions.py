"""What a person can ask for: watch a source, change how, look now, fetch what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import Credential, User
from accounts.services import audit
from core import links
from core.errors import Conflict, Invalid, NotFound
from core.queue import wake_workers
from courses.models import Course
from downloads.models import Download, FoundBy, FoundVideo, Listing, Subscription, SubscriptionKind
from downloads.selectors import credentials
from downloads.selectors.subscriptions import NEW
from downloads.services import finding, folders, naming, requests, watching
from downloads.services.queueing import Queued
from downloads.services.requests import QueueRequest

COURSE_INTERVAL_SECONDS = 3600  # it costs nobody anything: only our own rows are compared

MOST = 500  # of one person

_WISHES = ("quality", "format", "audio_only", "subtitles")
_CLASSROOM = "https://classroom.google.com/"


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be watched: an address, or a course, with the account that sees it."""

    url: str = ""
    course: Course | None = None
    credential: Credential | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """A video that is known of from now on, and whether it was not before."""

    found: FoundVideo
    created: bool


@dataclass(frozen=True, slots=True)
class _Watched:
    """The fields of a subscription that follow from its source."""

    kind: SubscriptionKind
    source_key: str
    name: str
    facts: dict[str, Any] = field(default_factory=dict)


def create_subscription(*, by: User, source: Source, **choices: Any) -> Subscription:
    """Watch a channel, a playlist or a course; it is looked at for the first time at once.

    `choices`: fields of the row, from `interval_seconds` to `keep_last`. The first look lists what
    is there; of that only what was published since `since` is fetched by itself.

    :raises Invalid: the address is none that can be watched, or the wishes cannot be served
    :raises Conflict: it is watched already, no account of this person sees the course, or it
        would be one too many
    """
    watched = _of_course(by, source) if source.course else _of_address(source)
    _check_wishes(choices, source.url)
    if Subscription.objects.filter(owner=by).count() >= MOST:
        message = _("You watch as much as one person can. Stop watching something first.")
        raise Conflict(message, code="too_many_subscriptions")
    facts = {"name": source.name or watched.name, **watched.facts, **choices}
    try:
        subscription = _make(by, watched, facts)
    except IntegrityError:
        if Subscription.objects.filter(owner=by, source_key=watched.source_key).exists():
            raise Conflict(_("You watch this already."), code="already_watched") from None
        subscription = _make(by, watched, facts)  # only the directory's name was taken just now
    watching.check(subscription)
    wake_workers()
    return _fresh(subscription)


@transaction.atomic
def change_subscription(*, by: User, subscription: Subscription, **changes: Any) -> Subscription:
    """`changes`: fields of the row. A rule applies to what is found from now on.

    :raises Invalid: the wishes cannot be served
    :raises NotFound: it is somebody else's, or there no longer
    """
    locked = _locked(by, subscription)
    _check_wishes({name: getattr(locked, name) for name in _WISHES} | changes, locked.url)
    begins_again = changes.get("enabled") and not locked.enabled
    for name, value in changes.items():
        setattr(locked, name, value)
    soonest = timezone.now() + timedelta(seconds=locked.interval_seconds)
    locked.next_check_at = timezone.now() if begins_again else min(locked.next_check_at, soonest)
    locked.save(update_fields=[*changes, "next_check_at"])
    finding.tell(locked)
    transaction.on_commit(partial(watching.tidy, locked))
    return locked


def delete_subscription(*, by: User, subscription: Subscription) -> None:
    """Watch it no longer, and forget what was found. Downloads and videos stay.

    :raises NotFound: it is somebody else's, or there no longer
    """
    with transaction.atomic():
        # In the order in which a look that ends at this moment takes its locks.
        list(Listing.objects.select_for_update().filter(subscription=subscription))
        locked = _locked(by, subscription)
        finding.tell(locked)
        deed, owner_id = Deed.SUBSCRIPTION_REMOVED, locked.owner_id
        audit.record(deed, by=by, target=locked, owner_id=owner_id)
        transaction.on_commit(partial(folders.remove, folders.directory_of(locked)))
        locked.delete()


def check_subscription(*, by: User, subscription: Subscription) -> Subscription:
    """Look now, whatever its interval; one that is paused is looked at this once.

    :raises NotFound: it is somebody else's
    """
    if not Subscription.objects.visible_to(by).filter(id=subscription.pk).exists():
        raise NotFound
    watching.check(subscription)
    wake_workers()
    return _fresh(subscription)


def register_video(
    *, by: User, url: str, title: str = "", subscription: Subscription | None = None
) -> Registered:
    """Note a video without fetching it; one that is known already is found again.

    :raises Invalid: the address is none that can be downloaded
    """
    found = requests.plan(QueueRequest(url=url)).found
    with transaction.atomic():
        row, created = FoundVideo.objects.get_or_create(
            owner=by,
            subscription=subscription,
            source=found.source,
            source_key=found.source_key,
            defaults={
                "url": found.url_normalised,
                "title": title,
                "found_by": FoundBy.USER,
            },
        )
        if created and subscription:
            finding.tell(subscription)
    return Registered(row, created)


def download_found(
    *, by: User, subscription: Subscription | None, found_ids: Sequence[int] | None = None
) -> list[Queued]:
    """Fetch these for their owner, or all that are new; what is held is linked.

    They are his own choice from now on: keep-last does not remove them.

    :raises NotFound: one of them is none of its videos
    :raises Invalid: there is nothing to fetch
    """
    with transaction.atomic():
        if subscription is not None:
            subscription = _locked(by, subscription)
        rows = _picked(by, subscription, found_ids)
        if not rows:
            raise Invalid(_("There is nothing new to download."), code="nothing_new")
        FoundVideo.objects.filter(id__in=[row.pk for row in rows]).update(
            wanted=False, removed_at=None
        )
        queued = finding.queue_found(subscription=subscription, found=rows)
        if subscription is not None:
            finding.tell(subscription)
    return queued


def note_downloads(*, by: User, downloads: Iterable[Download]) -> None:
    """Put downloads that were asked for in the name of a subscription on its list of videos."""
    for download in downloads:
        if download.subscription is None or download.owner_id != download.subscription.owner_id:
            continue
        with transaction.atomic():
            locked = _locked(by, download.subscription)
            FoundVideo.objects.update_or_create(
                subscription=locked,
                source=download.source,
                source_key=download.source_key,
                defaults={"download": download, "wanted": False, "removed_at": None},
                create_defaults={
                    "owner": locked.owner,
                    "url": download.url,
                    "title": download.title,
                    "found_by": FoundBy.USER,
                    "download": download,
                },
            )
            finding.tell(locked)


def set_aside(*, by: User, found: FoundVideo, ignored: bool = True) -> None:
    """Never fetch this video by itself, and do not count it as new; or take that back.

    :raises NotFound: it is somebody else's
    """
    with transaction.atomic():
        if found.subscription is not None:
            _locked(by, found.subscription)
        rows = FoundVideo.objects.visible_to(by).filter(id=found.pk)
        if not rows.update(removed_at=timezone.now() if ignored else None, wanted=False):
            raise NotFound
        if found.subscription is not None:
            finding.tell(found.subscription)


def set_all_aside(*, by: User, subscription: Subscription, found_ids: Sequence[int]) -> int:
    """The same for several of one subscription; return how many.

    :raises NotFound: it is somebody else's, or one of them is none of its videos
    """
    with transaction.atomic():
        locked = _locked(by, subscription)
        rows = _picked(by, locked, found_ids)
        now = timezone.now()
        FoundVideo.objects.filter(id__in=[row.pk for row in rows]).update(
            removed_at=now, wanted=False
        )
        finding.tell(locked)
    return len(rows)


def forget_found(*, by: User, found: FoundVideo) -> None:
    """Take a video that was noted by hand off its list.

    :raises Conflict: a check found it, and the next one would again
    :raises NotFound: it is somebody else's
    """
    if found.found_by != FoundBy.USER:
        message = _(
            "A check found this video, and the next one would again. Set it aside instead."
        )
        raise Conflict(message, code="found_by_check")
    with transaction.atomic():
        if found.subscription is not None:
            _locked(by, found.subscription)
        if not FoundVideo.objects.visible_to(by).filter(id=found.pk).delete()[0]:
            raise NotFound


@transaction.atomic
@transaction.atomic
def _make(by: User, watched: _Watched, facts: dict[str, Any]) -> Subscription:
    subscription = Subscription.objects.create(
        owner=by,
        kind=watched.kind,
        source_key=watched.source_key,
        folder=naming.free_folder(by.pk, facts["name"]),
        **facts,
    )
    finding.tell(subscription)
    audit.record(Deed.SUBSCRIPTION_MADE, by=by, target=subscription, owner_id=by.pk)
    return subscription


def _of_address(source: Source) -> _Watched:
    try:
        playlist = links.playlist_of(source.url)
    except links.LinkError:
        requests.plan(QueueRequest(url=source.url))  # which says what is wrong with it
        playlist = None
    if playlist is None:
        message = _("Only channels and playlists of YouTube and courses can be watched.")
        raise Invalid(message, code="not_watchable", errors={"url": [message]})
    of_channel = playlist.kind == "channel"
    kind = SubscriptionKind.CHANNEL if of_channel else SubscriptionKind.PLAYLIST
    name = naming.placeholder(playlist)
    return _Watched(kind, playlist.key[:200], name, {"url": playlist.url})


def _of_course(by: User, source: Source) -> _Watched:
    course = source.course
    assert course is not None  # noqa: S101 - asked for by the caller
    named = source.credential.pk if source.credential else None
    credential = credentials.choose(user=by, course=course, credential_id=named)
    facts = {
        "course": course,
        "credential": credential,
        "interval_seconds": COURSE_INTERVAL_SECONDS,
    }
    return _Watched(SubscriptionKind.COURSE, f"course:{course.pk}", course.name[:200], facts)


def _check_wishes(choices: dict[str, Any], url: str) -> None:
    wishes = {name: choices[name] for name in _WISHES if name in choices}
    requests.plan(QueueRequest(url=url or _CLASSROOM, **wishes))


def _locked(by: User, subscription: Subscription) -> Subscription:
    locked = finding.lock(subscription.pk)
    if locked is None or not (by.is_admin or locked.owner_id == by.pk):
        raise NotFound
    return locked


def _picked(
    by: User, subscription: Subscription | None, found_ids: Sequence[int] | None
) -> list[FoundVideo]:
    rows = FoundVideo.objects.visible_to(by).filter(subscription=subscription)
    rows = rows.select_related("owner", "course_video").order_by("id")
    if found_ids is None:
        return list(rows.filter(NEW))
    picked = list(rows.filter(id__in=found_ids))
    if len(picked) < len(set(found_ids)):
        raise NotFound
    return picked


def _fresh(subscription: Subscription) -> Subscription:
    subscription.refresh_from_db()
    return subscription
