"""How a worker brings a download home."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime

from core import events, failpoints, storage
from core.children import client
from core.children.client import Child
from core.database import AWAY, read_clock
from core.jobs import lifecycle, node
from core.jobs.kind import (
    ChildKind,
    Ended,
    Event,
    Failure,
    Fenced,
    Move,
    PutBack,
    Run,
)
from core.models import JobQuerySet
from core.text import normalise
from courses.services import materials
from downloads.engines.codes import Code
from downloads.models import Download, gates
from downloads.services import (
    admission,
    cleaning,
    cookies,
    limits,
    noting,
    pauses,
    questions,
    transitions,
)
from downloads.services.orders import order_of
from downloads.services.updates import update_of
from downloads.states import Stage
from library import selectors as library
from library.services import storing
from library.services.storing import Published, SubtitleFacts, VideoFacts

_AWAY_SECONDS = 5.0
_OWNERS_EVERY = 5.0
_STARTED_OVER = (Code.DISK_FULL, Code.FILE_CORRUPT)  # the child has removed what it had fetched


class DownloadKind(ChildKind[Download]):
    idle_fields: ClassVar = {"speed_bytes_per_second": None, "eta_seconds": None}

    def __init__(self) -> None:
        self.wall_seconds = settings.DOWNLOAD_TIMEOUT_SECONDS
        self.stall_seconds = settings.DOWNLOAD_STALL_SECONDS
        self._owners_read = 0.0

    def rows(self) -> JobQuerySet[Download]:
        told = ("video__file", "course_video", "material", "credential")
        return Download.objects.select_related(*told)

    def moved(self, moves: Sequence[Move[Download]], reason: str, actor: str) -> None:
        if reason in _STARTED_OVER:
            _forget_fetched([move.job for move in moves])
        transitions.record(moves, reason=reason, actor=actor)
        if reason:
            noting.note_failures([move.job for move in moves], code=reason)
            cookies.note_refusals([move.job for move in moves], code=reason)

    def obstacle(self) -> str:
        return gates.obstacle()

    def admits(self, job_id: int) -> bool:
        return admission.admits(job_id)

    def plan(self) -> None:
        """A new bandwidth goes for what runs, too."""
        limits.keep_bandwidth()
        pauses.forget_old()

    def judge(self, job: Download, failure: Failure) -> Failure | PutBack:
        try:
            return pauses.judge(job, failure)
        except AWAY:
            return PutBack("database_away", _AWAY_SECONDS)

    def prepare(self, job: Download) -> None:
        cleaning.make_room(job)

    def launch(self, job: Download) -> Child:
        limits.keep_bandwidth()
        folder = storage.partial_folder(job.folder)
        return client.launch(
            node.children_socket(), entry="downloads.engines.child:run", job=order_of(job, folder)
        )

    def apply(self, run: Run[Download], event: Event) -> dict[str, Any]:
        match event["event"]:
            case "started":
                return {"stage": Stage.RESOLVING}
            case "stage":
                return {"stage": event["stage"]}
            case "resolved":
                return _reserved(run, _resolved(run.job, event))
            case "progress":
                return _progress(run.job, event)
        return {}

    def answer(self, job: Download, question: Event) -> Event:
        match question["what"]:
            case "token":
                return {"token": questions.access_token(job, refused=question["refused"])}
            case "cookies":
                return {"cookies": cookies.of_visit(owner_id=job.owner_id, url=job.url)}
            case "held":
                asked = {name: question[name] for name in ("sha256", "size_bytes")}
                return {"path": questions.held_path(**asked)}
        return super().answer(job, question)

    def complete(self, run: Run[Download], event: Event) -> Download:
        key = f"{storage.shelf_of(run.job.folder)}/{run.job.folder}-{run.job.token}"
        if not storage.path_of(key).exists():  # a retry after the database was away
            storage.publish(Path(event["folder"]), key)
        try:
            with transaction.atomic():
                _refresh_owner(run.job)
                job = lifecycle.complete(
                    self,
                    run.lease,
                    **_record(run.job, key, event),
                    downloaded_bytes=event["size_bytes"],
                    total_bytes=event["size_bytes"],
                    progress_percent=100,
                )
                pauses.answered(job)
                failpoints.reach("complete.recorded")
        except Fenced:
            # Unless the first try was recorded after all, and only its answer was lost.
            if not library.is_key_known(key):
                storage.remove(key)
            raise
        failpoints.reach("complete.committed")
        return job

    def publish(self, runs: list[Run[Download]]) -> None:
        if monotonic() - self._owners_read > _OWNERS_EVERY:
            self._owners_read = monotonic()
            _refresh_owners([run.job for run in runs])
        events.publish_many(
            [
                events.Live(
                    topic=f"download.{run.job.pk}",
                    type="download_update",
                    owner_id=run.job.owner_id,
                    data=update_of(run.job),
                )
                for run in runs
            ]
        )

    def work_bytes(self, job: Download) -> int:
        return cleaning.size_of(storage.partial_folder(job.folder))

    def release(self, job: Download) -> None:
        cleaning.remove_leftovers(job.pk)

    def sweep_files(self) -> int:
        return cleaning.sweep()


DOWNLOADS = DownloadKind()


def _forget_fetched(jobs: Sequence[Download]) -> None:
    """Or it would be claimed as if it needed no room for what has to come again."""
    for job in jobs:
        job.downloaded_bytes, job.progress_percent = 0, 0
    rows = Download.objects.filter(id__in=[job.pk for job in jobs])
    rows.update(downloaded_bytes=0, progress_percent=0)


def _refresh_owner(job: Download) -> None:
    """It may have been handed to somebody else meanwhile, and will not be until this is over."""
    rows = Download.objects.select_for_update(no_key=True).filter(id=job.pk)
    job.owner_id = rows.values_list("owner_id", flat=True).first() or job.owner_id


def _refresh_owners(jobs: Sequence[Download]) -> None:
    """Who else got one meanwhile watches it from now on, and whoever had it no longer does."""
    with suppress(*AWAY):
        rows = Download.objects.filter(id__in=[job.pk for job in jobs])
        owners = dict(rows.values_list("id", "owner_id"))
        for job in jobs:
            job.owner_id = owners.get(job.pk, job.owner_id)


def _reserved(run: Run[Download], fields: dict[str, Any]) -> dict[str, Any]:
    """What is known by now is written, even if there is no room and the download has to wait."""
    run.unwritten |= fields
    try:
        admission.reserve(run.job, fields)
    except AWAY:
        raise Ended(PutBack("database_away", _AWAY_SECONDS)) from None
    return fields


def _resolved(job: Download, event: Event) -> dict[str, Any]:
    title = job.title or event["title"]
    return {
        "title": title,
        "search_text": normalise(f"{title} {job.url}"),
        "duration_seconds": event["duration_seconds"],
        "estimated_bytes": event["estimated_bytes"],
        "has_thumbnail": bool(event["thumbnail"]),
    }


def _progress(job: Download, event: Event) -> dict[str, Any]:
    done, total = event["downloaded_bytes"], event["total_bytes"]
    percent = min(99.9, 100 * done / total) if total else 0.0
    return {
        "downloaded_bytes": done,
        "total_bytes": total,
        "speed_bytes_per_second": event["speed"],
        "eta_seconds": event["eta"],
        "progress_percent": percent,
    }


def _record(job: Download, key: str, event: Event) -> dict[str, Any]:
    """Write down what has come; return what the download says of it from now on."""
    published = _published(key, event)
    if job.material:
        name = event["name"]
        materials.add_file(owner=job.owner, material=job.material, published=published, name=name)
        return {"title": job.title or name}
    held = event.get("linked", False) and library.has_bytes(user=job.owner, sha256=event["sha256"])
    video = storing.add_video(owner=job.owner, published=published, facts=_facts(job, event))
    return {
        "video": video,
        "title": video.title,
        "duration_seconds": video.duration_seconds,
        "has_thumbnail": bool(video.thumbnail_key),
        # To say so of bytes that only others hold would tell that they do.
        "linked": held,
    }


def _published(key: str, event: Event) -> Published:
    return Published(
        folder=key,
        file=event["file"],
        sha256=event["sha256"],
        size_bytes=event["size_bytes"],
        content_type=event["content_type"],
    )


def _facts(job: Download, event: Event) -> VideoFacts:
    known = event["metadata"]
    return VideoFacts(
        title=job.title or known["title"],
        source=job.source,
        source_url=job.url,
        source_key=job.source_key,
        container=event["container"],
        description=known["description"],
        uploader=known["uploader"],
        published_at=_moment(known["published_at"]),
        expires_at=_expiry(job),
        duration_seconds=event["duration_seconds"],
        width=event["width"],
        height=event["height"],
        video_codec=event["video_codec"] or "",
        audio_codec=event["audio_codec"] or "",
        chapters=known["chapters"],
        thumbnail=event["thumbnail"] or "",
        subtitles=[
            SubtitleFacts(
                language=subtitle["language"],
                label=subtitle["label"],
                automatic=subtitle["automatic"],
                file=subtitle["file"],
            )
            for subtitle in event["subtitles"]
        ],
    )


def _expiry(job: Download) -> datetime | None:
    """From now on, since nobody could have watched it before."""
    if job.expires_in_seconds is None:
        return None
    return read_clock() + timedelta(seconds=job.expires_in_seconds)


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
