"""Whole courses: everything that can be fetched is queued, the rest is named with its reason."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import Credential, User
from accounts.services import audit
from core.bulk import insert
from core.errors import Invalid
from core.models import ACTIVE, Status
from courses.models import Course, CourseMaterial, CourseVideo, Coursework
from downloads.models import BatchDownload, BatchItem, Download, Format, Quality
from downloads.selectors import credentials, preview
from downloads.selectors.preview import Choice, Found
from downloads.services import bulk, queueing, requests, transitions
from downloads.services.queueing import Queued
from downloads.services.requests import Plan, QueueRequest


def download_course(
    *,
    by: User,
    course: Course,
    credential: Credential,
    quality: str = Quality.BEST,
    format: str = Format.AUTO,
    subtitles: bool = True,
    choice: Choice = preview.EVERYTHING,
) -> BatchDownload:
    """Queue what is wanted of a course and not held; what is under way already is joined.

    :raises NotFound: a picked video is none of the course, or not for this person to see
    :raises Invalid: the account does not see the course
    """
    credentials.choose(user=by, course=course, credential_id=credential.pk)
    wishes = QueueRequest(
        quality=quality, format=format, subtitles=subtitles, credential=credential
    )
    with transaction.atomic():
        rows = preview.sort(user=by, course=course, credential=credential, choice=choice)
        batch = BatchDownload.objects.create(
            owner=by,
            course=course,
            credential=credential,
            title=course.name,
            quality=quality,
            format=format,
        )
        _add_items(batch, rows, _queue_ready(by, rows, wishes))
        transitions.tell_batch(batch)
        deed, account = Deed.BATCH_STARTED, credential.pk
        audit.record(deed, by=by, target=batch, owner_id=by.pk, credential=account)
    return batch


def queue_coursework(
    *,
    by: User,
    coursework: Coursework,
    credential: Credential,
    wishes: QueueRequest,
    video_ids: Sequence[int] | None = None,
) -> list[Queued]:
    """Queue the videos of one coursework, or those picked of them; what is held is linked.

    :raises NotFound: a picked video is none of its, or not for this person to see
    :raises Invalid: it has no video, or the account does not see its course
    """
    credentials.choose(user=by, course=coursework.course, credential_id=credential.pk)
    videos = preview.videos_of(user=by, coursework=coursework, video_ids=video_ids)
    if not videos:
        raise Invalid(_("There is no video in this coursework."), code="no_video")
    wishes = replace(wishes, credential=credential)
    plans = [requests.plan(_request(video, wishes)) for video in videos]
    return queueing.queue_planned(by=by, plans=plans)


def cancel_batch(*, by: User, batch: BatchDownload) -> int:
    """Cancel all that has not ended; return how many that were."""
    active = Download.objects.filter(batch_items__batch=batch, status__in=ACTIVE).distinct()
    return bulk.cancel_downloads(by=by, downloads=list(active), batch=batch).done


def retry_failed(*, by: User, batch: BatchDownload) -> bulk.Outcome:
    """Start anew what failed or was cancelled."""
    ended = [Status.FAILED, Status.CANCELLED]
    found = Download.objects.filter(batch_items__batch=batch, status__in=ended).distinct()
    return bulk.retry_downloads(by=by, downloads=list(found), batch=batch)


def _request(item: CourseVideo | CourseMaterial, wishes: QueueRequest) -> QueueRequest:
    if isinstance(item, CourseVideo):
        return replace(wishes, course_video=item)
    return replace(wishes, material=item, quality=Quality.BEST, format=Format.AUTO)


def _queue_ready(
    by: User, rows: Sequence[Found], wishes: QueueRequest
) -> dict[int, Download | str]:
    """By place among the rows: the download of each ready one, or why it has none after all."""
    ended: dict[int, Download | str] = {}
    plans: dict[int, Plan] = {}
    for place, row in enumerate(rows):
        if row.is_ready:
            try:
                plans[place] = requests.plan(_request(row.item, wishes))
            except Invalid as refusal:
                ended[place] = refusal.code
    queued = queueing.queue_planned(by=by, plans=list(plans.values())) if plans else []
    return ended | {place: one.download for place, one in zip(plans, queued, strict=True)}


def _add_items(
    batch: BatchDownload, rows: Sequence[Found], ended: dict[int, Download | str]
) -> None:
    items = []
    for place, row in enumerate(rows):
        outcome = ended.get(place, row.under_way)
        items.append(
            BatchItem(
                batch=batch,
                position=place + 1,
                title=row.title,
                video=row.item if isinstance(row.item, CourseVideo) else None,
                material=row.item if isinstance(row.item, CourseMaterial) else None,
                download=outcome if isinstance(outcome, Download) else None,
                reason=outcome if isinstance(outcome, str) else row.reason,
            )
        )
    insert(items)
