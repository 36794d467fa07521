"""What a person can ask for: queue, cancel, retry, remove."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import tenants
from accounts.deeds import Deed
from accounts.models import User
from accounts.selectors import drive_credential
from accounts.services import audit
from core import bulk, wakeup
from core.database import read_clock
from core.errors import Conflict, Forbidden
from core.jobs import lifecycle
from core.links import host_of
from core.models import ENDED, Status
from core.queue import wake_workers
from core.text import normalise
from downloads.models import BatchDownload, Download
from downloads.selectors.downloads import with_all
from downloads.services import cleaning, holdings, requests, transitions
from downloads.services.holdings import Held
from downloads.services.requests import Plan, QueueRequest
from downloads.services.running import DOWNLOADS
from library.models import Source
from library.services import keeping, removing, storing

_TURN = 0x71756575  # one arbitrary number: the key of the advisory lock, with the owner's id

_AT_THE_START = {
    "downloaded_bytes": 0,
    "total_bytes": None,
    "progress_percent": 0,
    "has_thumbnail": False,
}


@dataclass(frozen=True, slots=True)
class Queued:
    """The download, and whether this request made it."""

    download: Download
    created: bool


def queue_download(*, by: User, request: QueueRequest) -> Queued:
    """Queue a link; one that is under way already is found again, one that is held is linked.

    A link to Drive is fetched with the person's own account, if one may read Drive.

    :raises Invalid: the address or the wishes cannot be served
    :raises Forbidden: somebody who is not staff wants to go before others
    """
    plan = requests.plan(request)
    requests.refuse_lists(plan)
    if plan.found.source == Source.DRIVE and request.credential is None:
        plan = replace(plan, request=replace(request, credential=drive_credential(user=by)))
    return queue_planned(by=by, plans=[plan])[0]


def queue_planned(*, by: User, plans: Sequence[Plan]) -> list[Queued]:
    """Queue several at once, all or none, in the order of `plans`.

    :raises Forbidden: somebody who is not staff wants to go before others
    """
    for plan in plans:
        account = plan.request.credential
        tenants.check(by=by, tenant_id=account.tenant_id if account else "")
    if not by.is_admin and any(plan.request.priority > 0 for plan in plans):
        raise Forbidden(
            _("Only staff can put a download before those of others."), code="priority_reserved"
        )
    try:
        with transaction.atomic():
            return _queue(by, plans)
    except IntegrityError:  # the same request came twice at once, and the other one won
        with transaction.atomic():
            return _queue(by, plans)


def cancel_download(*, by: User, download: Download, purge: bool = False) -> None:
    """Stop a download and remove what it has fetched; `purge` also removes its finished video.

    Cancelling what has failed or was cancelled changes nothing.

    :raises Conflict: it is completed, and `purge` was not asked for
    """
    cancel_many(by=by, ids=[download.pk])
    download.refresh_from_db()
    if purge:
        _purge(by, download)
        deed, owner_id = Deed.DOWNLOAD_PURGED, download.owner_id
        audit.record(deed, by=by, target=download, owner_id=owner_id)
    elif download.status == Status.COMPLETED:
        raise already_completed()


def cancel_many(*, by: User, ids: Sequence[int], batch: BatchDownload | None = None) -> set[int]:
    """Stop those of these downloads that have not ended; return which these are.

    They are all of a `batch` that were going on, which is one deed.
    """
    with transaction.atomic():
        cancelled = lifecycle.cancel(DOWNLOADS, ids, actor=_actor(by))
        _write_down(Deed.DOWNLOAD_CANCELLED, Deed.BATCH_CANCELLED, by, cancelled, batch)
    if cancelled:
        transaction.on_commit(wakeup.ring)
    for download in cancelled:
        if download.run:  # or it was never begun, and has no folder
            transaction.on_commit(partial(cleaning.remove_leftovers, download.pk))
    return {download.pk for download in cancelled}


def retry_download(*, by: User, download: Download) -> Download:
    """Start a failed or cancelled download again, from its beginning.

    :raises Conflict: it has not ended, is complete, or the same one is under way
    """
    try:
        with transaction.atomic():
            take_turns([download.owner_id])
            again = retry_many(by=by, ids=[download.pk])
    except IntegrityError:
        raise already_under_way() from None
    if not again:
        raise not_retryable()
    return again[0]


def retry_many(
    *, by: User, ids: Sequence[int], batch: BatchDownload | None = None
) -> list[Download]:
    """Start those of these downloads again that have failed or were cancelled; return them.

    Of many, `take_turns` comes first.

    :raises IntegrityError: the same as one of them is under way, so that none is started
    """
    with transaction.atomic():
        again = lifecycle.requeue(DOWNLOADS, ids, actor=_actor(by), **_AT_THE_START)
        _write_down(Deed.DOWNLOAD_RETRIED, Deed.BATCH_RETRIED, by, again, batch)
    if again:
        wake_workers()
    return again


def take_turns(owner_ids: Iterable[int]) -> None:
    """Nobody else queues or retries for these people until the transaction ends.

    The same video is under way once for each, so of two who write the same ones in another order
    both would wait for each other. Before any download or video is locked. SQLite's write
    transactions take turns by themselves.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for owner_id in sorted(set(owner_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TURN, owner_id % 2**31])


def already_completed() -> Conflict:
    text = _("This download is complete. Delete its video instead.")
    return Conflict(text, code="already_completed")


def already_under_way() -> Conflict:
    text = _("The same video is being downloaded already.")
    return Conflict(text, code="already_under_way")


def not_retryable() -> Conflict:
    text = _("Only a failed or cancelled download can be started again.")
    return Conflict(text, code="not_retryable")


def _queue(by: User, plans: Sequence[Plan]) -> list[Queued]:
    take_turns([by.pk])
    known = _active(by, plans)
    new = {plan.fingerprint: plan for plan in plans if plan.fingerprint not in known}
    held = _locked(holdings.of(user=by, plans=list(new.values())))
    now = read_clock()
    made = [_download(by, plan, held.get(plan.fingerprint), now) for plan in new.values()]
    bulk.insert(made)
    lasting = [one for one in made if one.linked and one.expires_in_seconds is None]
    keeping.keep_lasting(video_ids=[one.video_id for one in lasting if one.video_id])
    transitions.record_made(made, actor=_actor(by))
    if len(held) < len(made):
        wake_workers()
    known |= {download.fingerprint: Queued(download, created=True) for download in made}
    return [known[plan.fingerprint] for plan in plans]


def _active(by: User, plans: Sequence[Plan]) -> dict[str, Queued]:
    prints = {plan.fingerprint for plan in plans}
    found = with_all(Download.objects.active().filter(owner=by, fingerprint__in=prints))
    return {twin.fingerprint: Queued(twin, created=False) for twin in found}


def _locked(held: dict[str, Held]) -> dict[str, Held]:
    """Those of `held` that are still there, and stay until the links to them are written."""
    return {
        fingerprint: one
        for fingerprint, one in held.items()
        if one.video is None or storing.lock_video(video_id=one.video.pk)
    }


def _download(by: User, plan: Plan, held: Held | None, now: datetime) -> Download:
    wanted = plan.request
    download = Download(
        owner=by,
        url=plan.found.url_normalised,
        source=plan.found.source,
        source_key=plan.found.source_key,
        host=host_of(plan.found.url_normalised),
        fingerprint=plan.fingerprint,
        title=plan.title,
        search_text=normalise(f"{plan.title} {plan.found.url_normalised}"),
        quality=wanted.quality,
        format=wanted.format,
        audio_only=wanted.audio_only,
        subtitles=wanted.subtitles,
        priority=wanted.priority,
        credential=wanted.credential,
        course_video=wanted.course_video,
        material=wanted.material,
        subscription=wanted.subscription,
        expires_in_seconds=wanted.expires_in_seconds,
        estimated_bytes=wanted.size_bytes,
        available_at=now,
        created_at=now,
    )
    if held:
        _link(download, held)
    return download


def _link(download: Download, held: Held) -> None:
    download.status = Status.COMPLETED
    download.linked = True
    download.video = held.video
    download.title = download.title or held.title
    download.has_thumbnail = bool(held.video and held.video.thumbnail_key)
    download.duration_seconds = held.video.duration_seconds if held.video else None
    download.downloaded_bytes = download.total_bytes = held.size_bytes
    download.progress_percent = 100
    download.started_at = download.finished_at = timezone.now()


def _purge(by: User, download: Download) -> None:
    if download.video is not None:
        removing.remove_video(by=by, video=download.video)
    elif download.status in ENDED:
        cleaning.remove_leftovers(download.pk)


def _write_down(
    each: Deed, whole: Deed, by: User, done: Sequence[Download], batch: BatchDownload | None
) -> None:
    if batch is not None and done:
        audit.record(whole, by=by, target=batch, owner_id=batch.owner_id, downloads=len(done))
    elif done:
        audit.record_many(each, by=by, targets=[(one, one.owner_id) for one in done])


def _actor(by: User) -> str:
    return f"user:{by.pk}"
