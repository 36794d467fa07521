"""A look at a whole course before it is fetched: what there is, what is held, what cannot come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet, prefetch_related_objects

from accounts.google.errors import Reason
from accounts.google.scopes import Bundle, Capability, bundle_of
from accounts.models import Credential, User
from core import storage
from core.errors import NotFound
from courses.models import Course, CourseFile, CourseMaterial, CourseVideo, Coursework, Reach
from courses.models.content import FETCHABLE
from courses.problems import of_reason
from courses.selectors import videos as course_videos
from downloads.engines.codes import Code
from downloads.models import Download
from downloads.selectors.limits import UNLIMITED, Space, space_of
from downloads.selectors.waits import gates_now
from downloads.taxonomy import ERRORS
from library.models import Source, Video

MATERIALS = "materials"
HELD = "already_held"
DUPLICATE = "duplicate"
# What Google said of a file when its course was read, in the codes of downloads. What passes by
# itself (a pause, a quota of today) keeps nothing from being queued.
_SAID = {
    of_reason(Reason.NO_ACCESS): Code.SOURCE_PRIVATE,
    of_reason(Reason.GONE): Code.SOURCE_NOT_FOUND,
    of_reason(Reason.NOT_DOWNLOADABLE): Code.SOURCE_NOT_DOWNLOADABLE,
    of_reason(Reason.ABUSIVE): Code.SOURCE_NOT_DOWNLOADABLE,
    of_reason(Reason.BLOCKED_BY_ADMIN): Code.SOURCE_NOT_DOWNLOADABLE,
    of_reason(Reason.MISSING_SCOPE): Code.CREDENTIAL_MISSING_SCOPE,
}
_IN_ORDER = (
    F("coursework__topic__position").asc(nulls_last=True),
    F("coursework__google_created_at").asc(nulls_last=True),
    "coursework_id",
    "position",
    "id",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a course is wanted. Videos that are picked by number are tried, whatever is said

    of them; without a pick it is all of them, but those that are known to be out of reach.
    """

    include: Sequence[str] = ()
    exclude_kinds: Sequence[str] = ()
    video_ids: Sequence[int] | None = None


EVERYTHING = Choice()


@dataclass(frozen=True, slots=True)
class Found:
    """A video or material of the course; with a reason it is left out."""

    item: CourseVideo | CourseMaterial
    reason: str = ""
    under_way: Download | None = None

    @property
    def title(self) -> str:
        return str(self.item)[:500]

    @property
    def is_ready(self) -> bool:
        return not self.reason and self.under_way is None


@dataclass(frozen=True, slots=True)
class Preview:
    """`needs` is the permission without which `lacking` cannot be fetched."""

    course: Course
    credential: Credential
    rows: list[Found] = field(default_factory=list)
    free_bytes: int = 0
    space: Space = UNLIMITED

    @property
    def found(self) -> list[Found]:
        return [row for row in self.rows if row.reason != DUPLICATE]

    @property
    def held(self) -> list[Found]:
        return [row for row in self.rows if row.reason == HELD]

    @property
    def under_way(self) -> list[Found]:
        return [row for row in self.rows if row.under_way]

    @property
    def lacking(self) -> list[Found]:
        return [row for row in self.rows if row.reason == Code.CREDENTIAL_MISSING_SCOPE]

    @property
    def unreachable(self) -> list[Found]:
        known = {"", HELD, DUPLICATE, Code.CREDENTIAL_MISSING_SCOPE}
        return [row for row in self.rows if row.reason not in known]

    @property
    def ready(self) -> list[Found]:
        return [row for row in self.rows if row.is_ready]

    @property
    def needs(self) -> Bundle | None:
        return bundle_of(Capability.DRIVE_READ) if self.lacking else None

    @property
    def known_bytes(self) -> int:
        return sum(row.item.size_bytes or 0 for row in self.ready)

    @property
    def unknown_sizes(self) -> int:
        return sum(row.item.size_bytes is None for row in self.ready)

    @property
    def is_room(self) -> bool:
        return self.known_bytes <= self.free_bytes

    @property
    def fits_quota(self) -> bool:
        return self.space.holds(self.known_bytes)


def preview(
    *, user: User, course: Course, credential: Credential, choice: Choice = EVERYTHING
) -> Preview:
    """`free_bytes` is what may be filled: the reserve is not in it; `space` is this person's own.

    :raises NotFound: a picked video is none of the course, or not for this person to see
    """
    free = max(0, storage.free_bytes() - gates_now().limits.min_free_bytes)
    rows = sort(user=user, course=course, credential=credential, choice=choice)
    prefetch_related_objects([row.item for row in rows], "coursework__topic")
    return Preview(course, credential, rows, free, space_of(user))


def sort(*, user: User, course: Course, credential: Credential, choice: Choice) -> list[Found]:
    """Everything that is wanted, in the order of the course, and what stands in its way.

    :raises NotFound: a picked video is none of the course, or not for this person to see
    """
    videos = _videos(user, course, choice)
    rows = _sorted_videos(user, credential, videos, picked=choice.video_ids is not None)
    if MATERIALS in choice.include:
        rows += _sorted_materials(user, credential, _materials(user, course, choice))
    return rows


def videos_of(
    *, user: User, coursework: Coursework, video_ids: Sequence[int] | None = None
) -> list[CourseVideo]:
    """Those of one coursework, or those picked of them.

    :raises NotFound: a picked video is none of its, or not for this person to see
    """
    there = course_videos.in_course(user=user, course_ids=[coursework.course_id])
    return _picked(there.filter(coursework=coursework).order_by("position", "id"), video_ids)


def _videos(user: User, course: Course, choice: Choice) -> list[CourseVideo]:
    there = course_videos.in_course(user=user, course_ids=[course.pk])
    return _picked(_of_kinds(there, choice), choice.video_ids)


def _picked(found: QuerySet[CourseVideo], video_ids: Sequence[int] | None) -> list[CourseVideo]:
    if video_ids is None:
        return list(found)
    videos = list(found.filter(id__in=video_ids))
    if len(videos) < len(set(video_ids)):
        raise NotFound
    return videos


def _materials(user: User, course: Course, choice: Choice) -> list[CourseMaterial]:
    there = Coursework.objects.visible_to(user).filter(course=course, gone_at=None)
    found = CourseMaterial.objects.filter(coursework__in=there, gone_at=None, kind__in=FETCHABLE)
    return list(_of_kinds(found, choice))


def _of_kinds(found: QuerySet[Any], choice: Choice) -> QuerySet[Any]:
    if choice.video_ids is None:  # what is picked by name is wanted of whatever kind
        found = found.exclude(coursework__kind__in=choice.exclude_kinds)
    return found.order_by(*_IN_ORDER)


def _sorted_videos(
    user: User, credential: Credential, videos: list[CourseVideo], *, picked: bool
) -> list[Found]:
    held = _held(user, videos)
    active = _under_way(user, videos)
    problems = {} if picked else _problems(credential, videos)
    seen: set[tuple[str, str]] = set()
    rows = []
    for video in videos:
        same = (video.source, video.source_key)
        if same in seen:
            rows.append(Found(video, DUPLICATE))
        elif video.pk in held:
            rows.append(Found(video, HELD))
        elif same in active:
            rows.append(Found(video, under_way=active[same]))
        else:
            rows.append(Found(video, problems.get(video.pk, "")))
        seen.add(same)
    return rows


def _sorted_materials(
    user: User, credential: Credential, materials: list[CourseMaterial]
) -> list[Found]:
    ids = [material.pk for material in materials]
    files = CourseFile.objects.filter(owner=user, material__in=ids)
    held = set(files.values_list("material_id", flat=True))
    running = Download.objects.active().filter(owner=user, material__in=ids)
    active = {download.material_id: download for download in running}
    lacks = "" if credential.may(Capability.DRIVE_READ) else Code.CREDENTIAL_MISSING_SCOPE
    seen: set[str] = set()
    rows = []
    for material in materials:
        if material.key in seen:
            rows.append(Found(material, DUPLICATE))
        elif material.pk in held:
            rows.append(Found(material, HELD))
        elif material.pk in active:
            rows.append(Found(material, under_way=active[material.pk]))
        else:
            rows.append(Found(material, lacks))
        seen.add(material.key)
    return rows


def _held(user: User, videos: Iterable[CourseVideo]) -> set[int]:
    """By source, or where the source tells its checksum by that."""
    videos = list(videos)
    held = set(course_videos.held(user=user, videos=videos))
    sums = {video.sha256 for video in videos} - {""}
    mine = Video.objects.filter(owner=user, file__sha256__in=sums)
    known = set(mine.values_list("file__sha256", flat=True)) if sums else set()
    return held | {video.pk for video in videos if video.sha256 in known}


def _under_way(user: User, videos: Iterable[CourseVideo]) -> dict[tuple[str, str], Download]:
    keys = {video.source_key for video in videos}
    active = Download.objects.active().filter(owner=user, source_key__in=keys)
    whole = active.filter(material=None, audio_only=False).order_by("-id")
    return {(download.source, download.source_key): download for download in whole}


def _problems(credential: Credential, videos: Iterable[CourseVideo]) -> dict[int, str]:
    """Why this account cannot fetch some of them: what Google said, or a permission it lacks."""
    ids = [video.pk for video in videos]
    said = Reach.objects.filter(credential=credential, video__in=ids).exclude(problem="")
    problems = {
        video_id: str(code)
        for video_id, problem in said.values_list("video_id", "problem")
        if (code := _SAID.get(problem) or (problem if problem in ERRORS else ""))
    }
    if credential.may(Capability.DRIVE_READ):
        return problems
    lacks = {video.pk for video in videos if video.source == Source.DRIVE}
    return {**problems, **dict.fromkeys(lacks, str(Code.CREDENTIAL_MISSING_SCOPE))}
