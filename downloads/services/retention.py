"""Videos whose time is over: temporary ones, and those that rules let go after a warning."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.deeds import Deed
from accounts.models import User
from accounts.roles import Power
from accounts.services import audit
from core.database import read_clock
from core.errors import Forbidden
from downloads.cleaning_reasons import Why
from downloads.models import RetentionRule
from downloads.selectors import retention as selectors
from downloads.services.tally import Tally
from library.models import StoredFile, Video
from library.services import notices, removing

_AT_ONCE = 500


def save_rule(*, by: User, rule: RetentionRule) -> None:
    """:raises Forbidden: only staff make rules"""
    _check(by)
    with transaction.atomic():
        rule.save()
        audit.record(Deed.SETTINGS_CHANGED, by=by, target=rule, enabled=rule.enabled)
        _withdraw(set(_past_rules(read_clock())))


def delete_rule(*, by: User, rule: RetentionRule) -> None:
    """:raises Forbidden: only staff make rules"""
    _check(by)
    with transaction.atomic():
        audit.record(Deed.SETTINGS_CHANGED, by=by, target=rule, deleted=True)
        rule.delete()
        _withdraw(set(_past_rules(read_clock())))


def remove_temporary(tally: Tally) -> None:
    """Remove videos that were to be kept for a while, once that is over."""
    over = Q(expires_at__lte=read_clock(), pinned=False)
    _remove(tally, Video.objects.filter(over), still=over, reason=Why.EXPIRED)


def apply_rules(tally: Tally) -> None:
    """Remove what was announced and is due; announce what has come to be past a rule.

    Nothing goes that its owner was not told of `warn_days` before, and what is past no rule any
    more, because it was watched or a rule was changed, is not announced any longer.
    """
    now = read_clock()
    past = _past_rules(now)
    if not tally.dry_run:
        _withdraw(set(past))
    due = Q(removal_at__lte=now, pinned=False)
    announced = Video.objects.filter(due).values_list("id", flat=True)
    gone = sorted(set(announced) & set(past))
    for some in _chunks(gone):
        rows = Video.objects.filter(selectors.free(now), due, id__in=some)
        _remove(tally, rows, still=due & selectors.free(now), reason=Why.RULE)
    _announce(tally, past, now)


def _check(by: User) -> None:
    if not by.may(Power.SETTINGS):
        raise Forbidden


def _past_rules(now: datetime) -> dict[int, int]:
    """Videos past a rule that is in force, with the days their owners are told before."""
    found: dict[int, int] = {}
    for rule in RetentionRule.objects.filter(enabled=True).order_by("-warn_days", "id"):
        ids = selectors.past(rule, now=now).values_list("id", flat=True)
        found |= dict.fromkeys(ids.iterator(), rule.warn_days)
    return found


def _withdraw(past: set[int]) -> None:
    """What no rule wants to go any more stays."""
    rows = Video.objects.filter(removal_at__isnull=False)
    for some in _chunks(sorted(set(rows.values_list("id", flat=True)) - past)):
        rows.filter(id__in=some).update(removal_at=None)


def _remove(tally: Tally, rows: QuerySet[Video], *, still: Q, reason: Why) -> None:
    """One after another: a run may end between any two of them."""
    others = Video.objects.filter(file=OuterRef("file")).exclude(id=OuterRef("pk"))
    found = rows.select_related("owner", "file").annotate(shared=Exists(others)).order_by("id")
    for video in list(found):
        if tally.dry_run:
            _note(tally, video, reason, removed=False, freed=not video.shared)
        elif gone := removing.remove_if(video_id=video.pk, still=still):
            freed = not StoredFile.objects.filter(id=gone.file_id).exists()
            _note(tally, gone, reason, removed=True, freed=freed)


def _announce(tally: Tally, past: dict[int, int], now: datetime) -> None:
    """Owner by owner, each with one mail about all of theirs."""
    unknown = Video.objects.filter(removal_at=None, pinned=False)
    owners: dict[int, list[int]] = {}
    for some in _chunks(sorted(past)):
        pairs = unknown.filter(id__in=some).values_list("owner_id", "id")
        for owner_id, video_id in pairs:
            owners.setdefault(owner_id, []).append(video_id)
    for owner_id, ids in sorted(owners.items()):
        videos = [video for some in _chunks(ids) for video in _rows(unknown, some)]
        for video in videos:
            video.removal_at = now + timedelta(days=past[video.pk])
        if videos:
            _tell(tally, User.objects.get(id=owner_id), videos)


def _rows(rows: QuerySet[Video], ids: Sequence[int]) -> list[Video]:
    return list(rows.filter(id__in=ids).select_related("owner", "file").order_by("id"))


def _tell(tally: Tally, owner: User, videos: list[Video]) -> None:
    """Mail before row: if this run ends in between, the owner is told twice, not never."""
    videos.sort(key=lambda video: (video.removal_at, video.pk))
    first = videos[0].removal_at
    reachable = owner.is_active and bool(owner.email)
    told = tally.dry_run or not reachable
    if not told and first is not None:
        told = notices.send_videos_go(owner=owner, videos=videos, on=first)
    if told and not tally.dry_run:
        _write(videos)
        tally.warned()
    for video in videos:
        reason = Why.ANNOUNCED if told else Why.NOT_TOLD
        _note(tally, video, reason, freed=False, told=told and not tally.dry_run)


def _write(videos: list[Video]) -> None:
    days: dict[datetime | None, list[int]] = {}
    for video in videos:
        days.setdefault(video.removal_at, []).append(video.pk)
    rows = Video.objects.filter(removal_at=None, pinned=False)
    for at, ids in days.items():
        for some in _chunks(ids):
            rows.filter(id__in=some).update(removal_at=at)


def _note(
    tally: Tally,
    video: Video,
    reason: Why,
    *,
    removed: bool = False,
    freed: bool = True,
    told: bool = False,
) -> None:
    tally.note(
        "video",
        reason,
        id=video.pk,
        title=video.title,
        owner=video.owner.username,
        size_bytes=video.file.size_bytes,
        removed=removed,
        freed=freed,
        told=told,
    )


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    """So many at once as a statement takes."""
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        yield some
