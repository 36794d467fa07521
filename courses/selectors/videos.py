"""Reads of the videos of courses: which there are, who has them, who can fetch them."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Credential, User
from courses.models import CourseVideo, Coursework, CourseworkState, Reach
from library.models import Video


def held_by(user: User) -> Exists:
    """On a queryset of CourseVideo: whether this person's library has the same video."""
    same = Video.objects.filter(
        owner=user, source=OuterRef("source"), source_key=OuterRef("source_key")
    )
    return Exists(same)


def in_course(*, user: User, course_ids: Sequence[int]) -> QuerySet[CourseVideo]:
    """The videos of these courses that this person sees and that are still in Classroom."""
    visible = Coursework.objects.visible_to(user).filter(course_id__in=course_ids)
    there = visible.filter(gone_at=None).exclude(state=CourseworkState.DELETED)
    return CourseVideo.objects.filter(coursework__in=there, gone_at=None)


def held(*, user: User, videos: Iterable[CourseVideo]) -> dict[int, Video]:
    """Those of `videos` that this person's library has, by their numbers."""
    wanted = list(videos)
    found = Video.objects.filter(
        owner=user, source_key__in={video.source_key for video in wanted}
    ).order_by("id")
    library = {(video.source, video.source_key): video for video in found}
    return {
        video.pk: library[same]
        for video in wanted
        if (same := (video.source, video.source_key)) in library
    }


def unreachable(*, user: User, videos: Iterable[CourseVideo]) -> dict[int, str]:
    """What keeps every account of this person that was asked from fetching them, as codes."""
    answers = Reach.objects.filter(
        video_id__in=[video.pk for video in videos],
        credential__in=Credential.objects.visible_to(user).connected(),
    )
    problems: dict[int, str] = {}
    reached: set[int] = set()
    for video_id, problem in answers.order_by("checked_at").values_list("video_id", "problem"):
        if problem:
            problems[video_id] = problem
        else:
            reached.add(video_id)
    return {video_id: code for video_id, code in problems.items() if video_id not in reached}
