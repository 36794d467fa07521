"""What the API tells of courses and of what hangs in them."""

from collections.abc import Mapping
from typing import Annotated, TypedDict

from django.urls import reverse

from core.shapes import Moment, moment, moment_or_none
from courses.api.paging import TokenShape
from courses.models import (
    Change,
    Course,
    CourseChange,
    CourseFile,
    CourseMaterial,
    CourseRole,
    CourseState,
    CourseVideo,
    Coursework,
    CourseworkKind,
    CourseworkState,
    MaterialKind,
    Topic,
)
from courses.selectors.courses import Figures
from library.models import Source, Video


class TeacherAnswer(TypedDict):
    google_id: str
    name: str | None


class AccessAnswer(TypedDict):
    """Through which connected account a course is seen."""

    credential_id: int
    email: str
    role: CourseRole
    problem: Annotated[str | None, "Why its last reading failed, as a code."]
    synced_at: Moment | None


class CourseAnswer(TypedDict):
    """A course of Google Classroom."""

    id: int
    google_id: str
    name: str
    section: str | None
    heading: str | None
    description: str | None
    room: str | None
    state: CourseState
    teachers: Annotated[
        list[TeacherAnswer] | None, "Null until an account has the rosters permission."
    ]
    owner: Annotated[str | None, "Google id of whom the course belongs to."]
    video_count: Annotated[int, "Videos in it now, each once."]
    downloaded_count: Annotated[int, "How many of them your library has."]
    last_synced_at: Moment | None
    accesses: list[AccessAnswer]
    alternate_link: Annotated[str | None, "In Classroom."]
    created_at: Annotated[Moment | None, "In Classroom."]
    updated_at: Annotated[Moment | None, "In Classroom."]


class CourseList(TokenShape):
    results: list[CourseAnswer]


class TopicAnswer(TypedDict):
    id: int
    google_id: str
    name: str


class TopicList(TypedDict):
    results: list[TopicAnswer]


class CourseVideoAnswer(TypedDict):
    """A video found in a coursework."""

    id: int
    title: str | None
    source: Source
    url: str
    duration_seconds: float | None
    size_bytes: int | None
    mime_type: str | None
    in_text: Annotated[bool, "A link in the text, not an attachment."]
    problem: Annotated[str | None, "Why none of your accounts can fetch it, as a code."]
    video_id: Annotated[int | None, "Of the same video in your library."]
    gone_at: Annotated[Moment | None, "No longer in Classroom since."]


class MaterialAnswer(TypedDict):
    """Any other file or link."""

    id: int
    coursework_id: int
    kind: MaterialKind
    title: str | None
    url: str | None
    mime_type: str | None
    size_bytes: int | None
    fetchable: Annotated[bool, "A file that can be brought along."]
    file_url: Annotated[str | None, "Its bytes, where they were fetched for you."]
    gone_at: Moment | None


class MaterialList(TokenShape):
    results: list[MaterialAnswer]


class CourseworkAnswer(TypedDict):
    """What a teacher posted, with everything attached to it."""

    id: int
    google_id: str
    kind: CourseworkKind
    title: str | None
    description: str | None
    state: CourseworkState
    topic: TopicAnswer | None
    has_video: bool
    video_url: Annotated[str | None, "Of the first video."]
    video_source: Annotated[Source | None, "Of the first video."]
    videos: list[CourseVideoAnswer]
    materials: list[MaterialAnswer]
    alternate_link: Annotated[str | None, "In Classroom."]
    created_at: Annotated[Moment | None, "In Classroom."]
    updated_at: Annotated[Moment | None, "In Classroom."]
    gone_at: Annotated[Moment | None, "No longer in Classroom since; it is kept here."]


class CourseworkList(TokenShape):
    results: list[CourseworkAnswer]


class ChangeAnswer(TypedDict):
    """One line of what changed in a course since it was first read."""

    id: int
    change: Change
    what: Annotated[str, "`coursework` or `video`."]
    title: str | None
    coursework_id: int
    coursework_google_id: str
    at: Annotated[Moment, "When it was noticed."]


class ChangeList(TokenShape):
    results: list[ChangeAnswer]


def course_answer(course: Course, figures: Figures) -> CourseAnswer:
    return CourseAnswer(
        id=course.pk,
        google_id=course.google_id,
        name=course.name,
        section=course.section or None,
        heading=course.heading or None,
        description=course.description or None,
        room=course.room or None,
        state=CourseState(course.state),
        teachers=_teachers(course),
        owner=course.owner_google_id or None,
        video_count=figures.videos,
        downloaded_count=figures.held,
        last_synced_at=moment_or_none(figures.synced_at),
        accesses=_accesses(figures),
        alternate_link=course.alternate_link or None,
        created_at=moment_or_none(course.google_created_at),
        updated_at=moment_or_none(course.google_updated_at),
    )


def _teachers(course: Course) -> list[TeacherAnswer] | None:
    if course.teachers is None:
        return None
    return [
        TeacherAnswer(
            google_id=one["google_id"],
            name=one["name"] or None,
        )
        for one in course.teachers
    ]


def _accesses(figures: Figures) -> list[AccessAnswer]:
    return [
        AccessAnswer(
            credential_id=access.credential_id,
            email=access.credential.email,
            role=CourseRole(access.role),
            problem=access.problem or None,
            synced_at=moment_or_none(access.synced_at),
        )
        for access in figures.accesses
    ]


def topic_answer(topic: Topic) -> TopicAnswer:
    return TopicAnswer(id=topic.pk, google_id=topic.google_id, name=topic.name)


def coursework_answer(
    coursework: Coursework,
    *,
    held: Mapping[int, Video],
    problems: Mapping[int, str],
    files: Mapping[int, CourseFile],
) -> CourseworkAnswer:
    videos = list(coursework.videos.all())
    first = videos[0] if videos else None
    return CourseworkAnswer(
        id=coursework.pk,
        google_id=coursework.google_id,
        kind=CourseworkKind(coursework.kind),
        title=coursework.title or None,
        description=coursework.description or None,
        state=CourseworkState(coursework.state),
        topic=topic_answer(coursework.topic) if coursework.topic else None,
        has_video=first is not None,
        video_url=first.url if first else None,
        video_source=Source(first.source) if first else None,
        videos=[_video(video, held.get(video.pk), problems) for video in videos],
        materials=[material_answer(one, files) for one in coursework.materials.all()],
        alternate_link=coursework.alternate_link or None,
        created_at=moment_or_none(coursework.google_created_at),
        updated_at=moment_or_none(coursework.google_updated_at),
        gone_at=moment_or_none(coursework.gone_at),
    )


def _video(
    video: CourseVideo, held: Video | None, problems: Mapping[int, str]
) -> CourseVideoAnswer:
    return CourseVideoAnswer(
        id=video.pk,
        title=video.title or None,
        source=Source(video.source),
        url=video.url,
        duration_seconds=video.duration_seconds,
        size_bytes=video.size_bytes,
        mime_type=video.mime_type or None,
        in_text=video.in_text,
        problem=problems.get(video.pk),
        video_id=held.pk if held else None,
        gone_at=moment_or_none(video.gone_at),
    )


def material_answer(material: CourseMaterial, files: Mapping[int, CourseFile]) -> MaterialAnswer:
    fetched = material.pk in files
    return MaterialAnswer(
        id=material.pk,
        coursework_id=material.coursework_id,
        kind=MaterialKind(material.kind),
        title=material.title or None,
        url=material.url or None,
        mime_type=material.mime_type or None,
        size_bytes=material.size_bytes,
        fetchable=material.is_fetchable,
        file_url=reverse("courses:file", args=[material.pk]) if fetched else None,
        gone_at=moment_or_none(material.gone_at),
    )


def change_answer(change: CourseChange) -> ChangeAnswer:
    return ChangeAnswer(
        id=change.pk,
        change=Change(change.change),
        what=change.what,
        title=change.title or None,
        coursework_id=change.coursework_id,
        coursework_google_id=change.coursework.google_id,
        at=moment(change.at),
    )
