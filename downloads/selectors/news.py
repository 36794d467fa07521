"""What has come into a person's courses lately and is not in the library yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from core.models import ACTIVE
from courses.models import Change, Course, CourseAccess, CourseChange, CourseVideo
from courses.selectors import videos as course_videos
from downloads.models import Download

_RECENT = timedelta(days=14)
_TOGETHER = timedelta(minutes=10)  # a video and the note that it is new are written in one go
_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class News:
    course: Course
    videos: list[CourseVideo]


def new_in_courses(*, user: User) -> list[News]:
    """By course, the one that changed last first. Staff see here what their own accounts give."""
    since = timezone.now() - _RECENT
    mine = list(CourseAccess.objects.of(user).values_list("course_id", flat=True))
    noted = _noted(mine, since) if mine else {}
    if not noted:
        return []
    found = course_videos.in_course(user=user, course_ids=mine).filter(
        coursework__in=noted, created_at__gte=since
    )
    fresh = found.filter(~course_videos.held_by(user)).select_related("coursework__course")
    videos = [one for one in fresh.order_by("-id")[:_AT_MOST] if _is_noted(one, noted)]
    return _by_course(_without_those_under_way(user, videos))


def _noted(course_ids: list[int], since: datetime) -> dict[int, list[datetime]]:
    """When something of a coursework was noted as new."""
    changes = CourseChange.objects.filter(
        course__in=course_ids, change=Change.NEW, at__gte=since
    ).order_by("-id")
    noted: dict[int, list[datetime]] = {}
    for coursework_id, at in changes.values_list("coursework_id", "at")[:_AT_MOST]:
        noted.setdefault(coursework_id, []).append(at)
    return noted


def _is_noted(video: CourseVideo, noted: dict[int, list[datetime]]) -> bool:
    return any(abs(at - video.created_at) < _TOGETHER for at in noted[video.coursework_id])


def _without_those_under_way(user: User, videos: list[CourseVideo]) -> list[CourseVideo]:
    keys = {video.source_key for video in videos}
    active = Download.objects.filter(owner=user, status__in=ACTIVE, source_key__in=keys)
    known = set(active.values_list("source", "source_key"))
    each: dict[tuple[str, str], CourseVideo] = {}
    for video in videos:
        each.setdefault((video.source, video.source_key), video)
    return [video for same, video in each.items() if same not in known]


def _by_course(videos: list[CourseVideo]) -> list[News]:
    found: dict[int, News] = {}
    for video in videos:
        course = video.coursework.course
        found.setdefault(course.pk, News(course, [])).videos.append(video)
    return list(found.values())
