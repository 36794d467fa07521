"""How a worker brings a download home."""

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime

from core import events, storage
from core.children import client
from core.children.client import Child
from core.jobs import lifecycle, node
from core.jobs.kind import Event, Fenced, JobKind, Run
from core.jobs.runner import Runner
from core.models import JobQuerySet, Status
from core.text import normalise
from downloads.models import Download
from downloads.services import cleaning, transitions
from downloads.services.updates import update_of
from downloads.states import Stage
from library import selectors as library
from library.services import storing
from library.services.storing import Published, SubtitleFacts, VideoFacts


class DownloadKind(JobKind[Download]):
    task = "downloads.tasks.run_downloads"
    idle_fields: ClassVar = {"speed_bytes_per_second": None, "eta_seconds": None}

    def __init__(self) -> None:
        self.wall_seconds = settings.DOWNLOAD_TIMEOUT_SECONDS
        self.stall_seconds = settings.DOWNLOAD_STALL_SECONDS

    def rows(self) -> JobQuerySet[Download]:
        return Download.objects.select_related("video__file")

    def moved(self, job: Download, source: Status, reason: str, actor: str) -> None:
        transitions.record(job, source=source, reason=reason, actor=actor)

    def obstacle(self) -> str:
        return "disk_low" if storage.free_bytes() < settings.MIN_FREE_BYTES else ""

    def prepare(self, job: Download) -> None:
        cleaning.make_room(job)

    def launch(self, job: Download) -> Child:
        folder = storage.partial_folder(job.folder)
        return client.launch(
            node.children_socket(), entry="downloads.engines.child:run", job=_order(job, folder)
        )

    def apply(self, run: Run[Download], event: Event) -> dict[str, Any]:
        match event["event"]:
            case "started":
                return {"stage": Stage.RESOLVING}
            case "stage":
                return {"stage": event["stage"]}
            case "resolved":
                return _resolved(run.job, event)
            case "progress":
                return _progress(run.job, event)
        return {}

    def complete(self, run: Run[Download], event: Event) -> Download:
        key = f"{storage.shelf_of(run.job.folder)}/{run.job.folder}-{run.job.token}"
        if not storage.path_of(key).exists():  # a retry after the database was away
            storage.publish(Path(event["folder"]), key)
        try:
            with transaction.atomic():
                video = storing.add_video(
                    owner=run.job.owner,
                    published=_published(key, event),
                    facts=_facts(run.job, event),
                )
                return lifecycle.complete(
                    self,
                    run.lease,
                    video=video,
                    title=video.title,
                    duration_seconds=video.duration_seconds,
                    has_thumbnail=bool(video.thumbnail_key),
                    downloaded_bytes=event["size_bytes"],
                    total_bytes=event["size_bytes"],
                    progress_percent=100,
                )
        except Fenced:
            # Unless the first try was recorded after all, and only its answer was lost.
            if not library.is_key_known(key):
                storage.remove(key)
            raise

    def publish(self, runs: list[Run[Download]]) -> None:
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


def drain() -> None:
    """Run downloads until there are none to run; what a worker does when it is woken."""
    Runner(DOWNLOADS, slots=settings.SLOTS_PER_WORKER).drain()


def _order(job: Download, folder: Path) -> dict[str, Any]:
    """What the child process is told (see downloads.engines.base.Job)."""
    return {
        "url": job.url,
        "source": job.source,
        "workdir": str(folder),
        "tools_dir": str(Path(settings.RUN_DIR) / "tools"),
        "fingerprint": job.fingerprint,
        "run": job.run,
        "quality": job.quality,
        "format": job.format,
        "audio_only": job.audio_only,
        "subtitles": job.subtitles,
        "max_bytes": settings.MAX_DOWNLOAD_BYTES,
        "max_seconds": settings.MAX_DURATION_SECONDS,
        "expression": settings.YTDLP_FORMAT,
        "network": {
            "allowed": settings.ALLOWED_PRIVATE_ENDPOINTS,
            "proxy": settings.OUTBOUND_PROXY,
            "ca_file": settings.OUTBOUND_CA_FILE,
        },
        "limits": {"file_bytes": settings.MAX_DOWNLOAD_BYTES},
    }


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


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
