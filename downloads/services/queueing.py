"""What a person can ask for: queue, cancel, retry, remove."""

import hashlib
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import User
from core import wakeup
from core.children.addresses import looks_private
from core.database import database_now
from core.errors import Conflict, Forbidden, Invalid
from core.jobs import lifecycle
from core.models import ENDED, Status
from core.queue import enqueue
from core.text import normalise
from downloads.engines import recognise
from downloads.engines.recognise import Recognised
from downloads.models import Download, Format, Quality
from downloads.services import cleaning, transitions
from downloads.services.running import DOWNLOADS
from downloads.taxonomy import explain
from library.services import removing, storing

_LINK_PROBLEMS: dict[type[recognise.LinkError], StrOrPromise] = {
    recognise.LinkTooLong: _("The address is too long."),
    recognise.BadCharacters: _("The address has spaces or other characters that cannot be in it."),
    recognise.BadScheme: _("The address has to begin with https:// or http://."),
    recognise.MissingHost: _("The address names no site."),
    recognise.HasCredentials: _("The address may not hold a name or a password."),
}
_AT_THE_START = {
    "downloaded_bytes": 0,
    "total_bytes": None,
    "progress_percent": 0,
    "has_thumbnail": False,
}
_AUDIO_FORMATS = {Format.AUTO, Format.M4A, Format.MP3, Format.OPUS}
_VIDEO_FORMATS = {Format.AUTO, Format.MP4, Format.WEBM, Format.MKV}


@dataclass(frozen=True, slots=True)
class QueueRequest:
    url: str
    title: str = ""
    quality: str = Quality.BEST
    format: str = Format.AUTO
    audio_only: bool = False
    subtitles: bool = True
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Queued:
    """The download, and whether this request made it."""

    download: Download
    created: bool


def queue_download(*, by: User, request: QueueRequest) -> Queued:
    """Queue a link; one that is under way already is found again, one that is held is linked.

    :raises Invalid: the address or the wishes cannot be served
    :raises Forbidden: somebody who is not staff wants to go before others
    """
    if request.priority > 0 and not by.is_admin:
        raise Forbidden(
            _("Only staff can put a download before those of others."), code="priority_reserved"
        )
    found = _recognise(request.url)
    _check_format(request)
    fingerprint = _fingerprint(found, request)
    try:
        with transaction.atomic():
            return _active(by, fingerprint) or _create(by, request, found, fingerprint)
    except IntegrityError:  # the same request came twice at once, and the other one won
        twin = _active(by, fingerprint)
        if twin is None:
            raise
        return twin


def cancel_download(*, by: User, download: Download, purge: bool = False) -> None:
    """Stop a download and remove what it has fetched; `purge` also removes its finished video.

    Cancelling what has failed or was cancelled changes nothing.

    :raises Conflict: it is completed, and `purge` was not asked for
    """
    cancelled = lifecycle.cancel(DOWNLOADS, download.pk, actor=_actor(by))
    download.refresh_from_db()
    if cancelled:
        transaction.on_commit(wakeup.ring)
        transaction.on_commit(partial(cleaning.remove_leftovers, download.pk))
    if purge:
        _purge(by, download)
    elif download.status == Status.COMPLETED:
        raise Conflict(
            _("This download is complete. Delete its video instead."), code="already_completed"
        )


def retry_download(*, by: User, download: Download) -> Download:
    """Start a failed or cancelled download again, from its beginning.

    :raises Conflict: it has not ended, is complete, or the same one is under way
    """
    try:
        with transaction.atomic():
            again = lifecycle.requeue(DOWNLOADS, download.pk, actor=_actor(by), **_AT_THE_START)
    except IntegrityError:
        raise Conflict(
            _("The same video is being downloaded already."), code="already_under_way"
        ) from None
    if again is None:
        raise Conflict(
            _("Only a failed or cancelled download can be started again."), code="not_retryable"
        )
    enqueue(DOWNLOADS.task)
    return again


def _recognise(url: str) -> Recognised:
    try:
        found = recognise.recognise(url)
    except recognise.LinkError as problem:
        message = _LINK_PROBLEMS.get(type(problem), _("This is not a web address."))
        raise Invalid(message, code="invalid_url", errors={"url": [message]}) from problem
    parts = urlsplit(found.url_normalised)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if looks_private(parts.hostname or "", port, settings.ALLOWED_PRIVATE_ENDPOINTS):
        refusal = explain("network.blocked_address").message
        raise Invalid(refusal, code="network.blocked_address", errors={"url": [refusal]})
    return found


def _check_format(request: QueueRequest) -> None:
    allowed = _AUDIO_FORMATS if request.audio_only else _VIDEO_FORMATS
    if request.format not in allowed:
        message = _("This format does not go with this choice of audio or video.")
        raise Invalid(message, errors={"format": [message]})


def _fingerprint(found: Recognised, request: QueueRequest) -> str:
    """The same for two requests that would fetch the same file."""
    wishes = (request.quality, request.format, request.audio_only, request.subtitles)
    words = [found.source_key, *map(str, wishes)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _active(by: User, fingerprint: str) -> Queued | None:
    twin = (
        Download.objects.active()
        .select_related("owner", "video__file")
        .filter(owner=by, fingerprint=fingerprint)
        .first()
    )
    return Queued(twin, created=False) if twin else None


def _create(by: User, request: QueueRequest, found: Recognised, fingerprint: str) -> Queued:
    download = Download(
        owner=by,
        url=found.url_normalised,
        source=found.source,
        source_key=found.source_key,
        fingerprint=fingerprint,
        title=request.title,
        search_text=normalise(f"{request.title} {found.url_normalised}"),
        quality=request.quality,
        format=request.format,
        audio_only=request.audio_only,
        subtitles=request.subtitles,
        priority=request.priority,
        available_at=database_now(),
    )
    held = _held(by, fingerprint)
    if held:
        _link(download, held)
    download.save()
    download.refresh_from_db(fields=["available_at"])  # PostgreSQL's own time
    transitions.record(download, source=None, reason="linked" if held else "", actor=_actor(by))
    if not held:
        enqueue(DOWNLOADS.task)
    return Queued(download, created=True)


def _held(by: User, fingerprint: str) -> Download | None:
    """An earlier download of the same, whose video is still in this person's library.

    The video stays locked, so that it is not removed before the link to it is written.
    """
    done = Download.objects.filter(owner=by, fingerprint=fingerprint, status=Status.COMPLETED)
    held = done.select_related("video__file").filter(video__owner=by).order_by("-id").first()
    if held is None or held.video is None or not storing.lock_video(video_id=held.video.pk):
        return None
    return held


def _link(download: Download, held: Download) -> None:
    size = held.video.file.size_bytes if held.video else 0
    download.status = Status.COMPLETED
    download.linked = True
    download.video = held.video
    download.title = download.title or held.title
    download.has_thumbnail = held.has_thumbnail
    download.duration_seconds = held.duration_seconds
    download.downloaded_bytes = download.total_bytes = size
    download.progress_percent = 100
    download.started_at = download.finished_at = timezone.now()


def _purge(by: User, download: Download) -> None:
    if download.video is not None:
        removing.remove_video(by=by, video=download.video)
    elif download.status in ENDED:
        cleaning.remove_leftovers(download.pk)


def _actor(by: User) -> str:
    return f"user:{by.pk}"
