"""What Drive says about the files of a course: which are videos, and who can fetch them.

What there is to ask stands in the rows, so a synchronisation that is cut off here goes on with
the next one.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.google.client import GoogleClient
from courses.classroom import files
from courses.classroom.files import File
from courses.classroom.videos import drive_address
from courses.models import (
    CourseAccess,
    CourseMaterial,
    CourseVideo,
    Coursework,
    CourseworkState,
    MaterialKind,
    Reach,
)
from courses.models.course import TEACHING
from courses.problems import of_reason
from courses.services.locking import lock_course
from courses.services.progress import Progress
from library.models import Source

_AGAIN_AFTER = timedelta(days=7)
_UNKNOWN_AFTER = timedelta(days=1)
_FACTS = ["source_key", "shortcut_id", "url", "title", "resource_key", "mime_type"]
_VIDEO_FIELDS = [*_FACTS, "size_bytes", "duration_seconds", "sha256", "checked_at"]
_MATERIAL_FIELDS = ["kind", "title", "resource_key", "mime_type", "size_bytes", "checked_at"]


def classify_files(
    *,
    access: CourseAccess,
    client: GoogleClient,
    touched: set[int],
    again: bool,
    progress: Progress,
) -> None:
    """Ask about what nobody has asked yet, what has changed, and what was asked a week ago.

    With `again` also about all that could not be fetched at the last time.

    :raises GoogleError: the account cannot ask Drive
    """
    wanted = iter(_wanted(access, touched, again=again).items())
    while some := dict(islice(wanted, files.AT_ONCE)):
        progress.show()
        found = files.classify(client, some)
        progress.has_called(client.calls)
        with transaction.atomic():
            lock_course(access.course_id)
            _Answer(access, found).write()


def _wanted(access: CourseAccess, touched: set[int], *, again: bool) -> dict[str, str]:
    """The ids to ask for, with their resource keys."""
    old = timezone.now() - _AGAIN_AFTER
    told = Reach.objects.filter(credential=access.credential_id, checked_at__gt=old)
    told = told.filter(problem="") if again else told
    videos = _videos(access).filter(gone_at=None)
    videos = videos.exclude(checked_at__isnull=False, id__in=told.values("video"))
    materials = _materials(access).filter(gone_at=None).filter(_worth_asking(access, again))
    return {
        **dict(videos.values_list("source_key", "resource_key").order_by("id")),
        **dict(materials.values_list("key", "resource_key").order_by("id")),
        **dict(_in_touched(access, touched)),
    }


def _worth_asking(access: CourseAccess, again: bool) -> Q:
    """Materials; those of which another account could tell nothing are asked about daily, and

    when this one comes to the course.
    """
    now = timezone.now()
    unknown = Q(mime_type="")
    if not again and access.synced_at is not None:
        unknown &= Q(checked_at__lt=now - _UNKNOWN_AFTER)
    return Q(checked_at=None) | Q(checked_at__lt=now - _AGAIN_AFTER) | unknown


def _in_touched(access: CourseAccess, touched: set[int]) -> Iterator[tuple[str, str]]:
    numbers = iter(sorted(touched))
    while some := list(islice(numbers, 500)):
        for rows, key in ((_videos(access), "source_key"), (_materials(access), "key")):
            there = rows.filter(gone_at=None, coursework__in=some)
            yield from there.values_list(key, "resource_key")


def _seen_by(access: CourseAccess) -> QuerySet[Coursework]:
    """The coursework that this account sees: what it cannot see, it cannot ask about either."""
    rows = Coursework.objects.filter(course=access.course_id, gone_at=None)
    rows = rows.exclude(state=CourseworkState.DELETED)
    if access.role in TEACHING:
        return rows
    mine = Coursework.assigned_to.through.objects.filter(courseaccess=access.pk)
    shown = Q(individual=False) | Q(id__in=mine.values("coursework_id"))
    return rows.filter(shown).exclude(state=CourseworkState.DRAFT)


def _videos(access: CourseAccess) -> QuerySet[CourseVideo]:
    return CourseVideo.objects.filter(source=Source.DRIVE, coursework__in=_seen_by(access))


def _materials(access: CourseAccess) -> QuerySet[CourseMaterial]:
    """Those that lie in Drive: an attached folder is a link, but one that Drive has told of."""
    drive = Q(kind__in=[MaterialKind.FILE, MaterialKind.DOCUMENT]) | ~Q(mime_type="")
    return CourseMaterial.objects.filter(drive, coursework__in=_seen_by(access))


class _Answer:
    """What one batch told, written into every row that is of one of its files."""

    def __init__(self, access: CourseAccess, found: dict[str, File]) -> None:
        self._access = access
        self._found = found
        self._now = timezone.now()
        self._problems: dict[int, str] = {}
        self._taken: set[tuple[int, str]] = set()

    def write(self) -> None:
        videos = list(_videos(self._access).filter(gone_at=None, source_key__in=self._found))
        there = _materials(self._access).filter(gone_at=None)
        materials = list(there.filter(key__in=self._found))
        kept = [video for video in videos if self._keep(video)]
        CourseVideo.objects.bulk_update(kept, _VIDEO_FIELDS)
        self._note_problems(kept)
        told = [material for material in materials if self._tell(material)]
        CourseMaterial.objects.bulk_update(told, _MATERIAL_FIELDS)
        self._write_reaches()

    def _keep(self, video: CourseVideo) -> bool:
        """Whether it is a video, as far as is known; if not, it becomes a material."""
        file = self._found[video.source_key]
        if file.mime_type and not file.is_video:
            self._turn_into_material(video, file)
            return False
        if file.id != video.source_key and self._is_there(video, file):
            video.delete()
            return False
        if file.id != video.source_key:
            video.shortcut_id, video.source_key = video.source_key, file.id
        _describe(video, file)
        video.checked_at = self._now
        self._problems[video.pk] = of_reason(file.problem) if file.problem else ""
        return True

    def _tell(self, material: CourseMaterial) -> bool:
        """Whether it is a material, as far as is known; if not, it becomes a video."""
        file = self._found[material.key]
        if file.is_video:
            self._turn_into_video(material, file)
            return False
        if file.mime_type:
            material.kind = file.kind
            material.title = material.title or file.name
            material.mime_type = file.mime_type
            material.size_bytes = file.size_bytes
        if file.id == material.key:
            material.resource_key = file.resource_key
        material.checked_at = self._now
        return True

    def _is_there(self, video: CourseVideo, file: File) -> bool:
        """A shortcut beside the file it stands for, or beside another one to it: one video."""
        place = (video.coursework_id, file.id)
        if place in self._taken:
            return True
        self._taken.add(place)
        twins = CourseVideo.objects.filter(
            coursework=video.coursework_id, source=Source.DRIVE, source_key=file.id
        )
        others = twins.exclude(id=video.pk)
        return bool(others.update(shortcut_id=video.source_key, gone_at=None))

    def _turn_into_video(self, material: CourseMaterial, file: File) -> None:
        drop_material(material)
        shortcut = material.key if file.id != material.key else ""
        video = CourseVideo(
            position=material.position,
            source_key=file.id,
            title=material.title,
            shortcut_id=shortcut,
            checked_at=self._now,
            created_at=material.created_at,
        )
        _describe(video, file)
        made, _ = CourseVideo.objects.update_or_create(
            coursework_id=material.coursework_id,
            source=Source.DRIVE,
            source_key=file.id,
            defaults={"gone_at": None, **({"shortcut_id": shortcut} if shortcut else {})},
            create_defaults=_columns(video),
        )
        self._problems[made.pk] = of_reason(file.problem) if file.problem else ""

    def _turn_into_material(self, video: CourseVideo, file: File) -> None:
        key = video.shortcut_id or video.source_key
        CourseMaterial.objects.update_or_create(
            coursework_id=video.coursework_id,
            kind=file.kind,
            key=key,
            defaults={
                "position": video.position,
                "url": video.url,
                "title": video.title or file.name,
                "resource_key": file.resource_key if file.id == key else video.resource_key,
                "mime_type": file.mime_type,
                "size_bytes": file.size_bytes,
                "checked_at": self._now,
                "created_at": video.created_at,
                "gone_at": None,
            },
        )
        video.delete()

    def _note_problems(self, kept: list[CourseVideo]) -> None:
        """Those that have gone meanwhile have no reach."""
        there = {video.pk for video in kept}
        self._problems = {pk: told for pk, told in self._problems.items() if pk in there}

    def _write_reaches(self) -> None:
        Reach.objects.bulk_create(
            [
                Reach(
                    video_id=video_id,
                    credential_id=self._access.credential_id,
                    problem=problem,
                    checked_at=self._now,
                )
                for video_id, problem in self._problems.items()
            ],
            update_conflicts=True,
            unique_fields=["video", "credential"],
            update_fields=["problem", "checked_at"],
        )


def drop_material(material: CourseMaterial) -> None:
    """It has turned out to be a video; what was fetched of it stays with its owner."""
    if material.files.exists():
        CourseMaterial.objects.filter(id=material.pk).update(gone_at=timezone.now())
    else:
        material.delete()


def _describe(video: CourseVideo, file: File) -> None:
    video.url = drive_address(video.source_key)
    video.title = video.title or file.name
    video.resource_key = file.resource_key or video.resource_key
    if file.mime_type:
        video.mime_type = file.mime_type
        video.size_bytes = file.size_bytes
        video.duration_seconds = file.duration_seconds or video.duration_seconds
        video.sha256 = file.sha256


def _columns(video: CourseVideo) -> dict[str, object]:
    names = [*_VIDEO_FIELDS, "position", "created_at"]
    return {name: getattr(video, name) for name in names}
