"""Reads of downloads. Everything an interface may see of them passes through here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from core.errors import NotFound
from core.models import Status
from core.text import normalise
from courses.models import CourseVideo, Coursework
from downloads.models import BatchItem, Download, Transition
from downloads.models.download import DownloadQuerySet
from downloads.selectors import waits
from downloads.selectors.waits import WaitReason

NEEDS_CONSENT = WaitReason.NEEDS_CONSENT


@dataclass(frozen=True, slots=True)
class DownloadFilter:
    """Empty values filter nothing."""

    status: str = ""
    source: str = ""
    search: str = ""
    course_id: int | None = None
    credential_id: int | None = None
    batch_id: int | None = None
    tenant_id: str = ""
    error_code: str = ""
    host: str = ""
    without_account: bool = False
    finished_after: datetime | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


EVERYTHING = DownloadFilter()


def list_downloads(*, user: User, filter: DownloadFilter = EVERYTHING) -> QuerySet[Download]:
    """Newest first."""
    found = with_all(Download.objects.visible_to(user))
    wanted = {
        "status": filter.status,
        "source": filter.source,
        "credential_id": filter.credential_id,
        "credential__tenant_id": filter.tenant_id,
        "error_code": filter.error_code,
        "host": filter.host.lower().removeprefix("www."),
        "finished_at__gte": filter.finished_after,
        "created_at__gte": filter.created_after,
        "created_at__lt": filter.created_before,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if filter.without_account:
        found = found.filter(credential=None)
    if filter.course_id:
        found = found.filter(of_course(filter.course_id))
    if filter.batch_id:
        items = BatchItem.objects.filter(batch_id=filter.batch_id, download=OuterRef("pk"))
        found = found.filter(Exists(items))
    for word in normalise(filter.search).split():
        found = found.filter(search_text__contains=word)
    return found.order_by("-id")


def get_download(*, user: User, download_id: int) -> Download:
    """:raises NotFound: there is none, or it is somebody else's"""
    found = with_all(Download.objects.visible_to(user))
    download = found.filter(id=download_id).first()
    if download is None:
        raise NotFound
    return download


def with_all(found: DownloadQuerySet) -> DownloadQuerySet:
    """With everything that is told of them; the account without what only its services read."""
    return found.select_related(
        "owner",
        "video__file",
        "credential",
        "course_video__coursework__course",
        "course_video__coursework__topic",
        "material__coursework__course",
        "material__coursework__topic",
    )


def of_course(course_id: int) -> Q:
    return Q(course_video__coursework__course_id=course_id) | Q(
        material__coursework__course_id=course_id
    )


def coursework_of(download: Download) -> Coursework | None:
    """Where in a course it hangs, if it came from one."""
    item = download.course_video or download.material
    return item.coursework if item else None


def of_course_videos(user: User, videos: Sequence[CourseVideo]) -> dict[int, Download]:
    """What becomes of videos of a course for this person: their newest download, by the video.

    A cancelled one is not told of: it is as if it had never been asked for.
    """
    keys = {video.source_key for video in videos}
    own = Download.objects.filter(owner=user, source_key__in=keys, material=None)
    told = with_all(own.exclude(status__in=[Status.CANCELLED, Status.COMPLETED]))
    newest = {(one.source, one.source_key): one for one in told.order_by("id")}
    return {
        video.pk: newest[same]
        for video in videos
        if (same := (video.source, video.source_key)) in newest
    }


def wait_reason(download: Download) -> str:
    """Why it waits, "" if for its turn only (see downloads.selectors.waits)."""
    return waits.wait_of(download).reason or ""


def reference_of(download: Download) -> str:
    """What to tell staff of its last run: the log names that by the same word."""
    return f"{download.folder}-{download.run}"


def has_picture(download: Download) -> bool:
    """There is one while the working folder is, and again once there is a video."""
    return download.has_thumbnail and (download.is_active or download.video_id is not None)


def batch_ids_of(downloads: Iterable[Download]) -> dict[int, list[int]]:
    """The batches each of them belongs to, oldest first; one query for all."""
    ids = [download.pk for download in downloads]
    items = BatchItem.objects.filter(download_id__in=ids).order_by("batch_id")
    found: dict[int, list[int]] = {}
    for download_id, batch_id in items.values_list("download_id", "batch_id"):
        batches = found.setdefault(download_id or 0, [])
        if batch_id not in batches:
            batches.append(batch_id)
    return found


def history(*, user: User, download: Download) -> QuerySet[Transition]:
    """Its moves, oldest first."""
    visible = Download.objects.visible_to(user)
    return Transition.objects.filter(download__in=visible, download=download).order_by("id")
