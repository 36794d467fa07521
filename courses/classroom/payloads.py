"""Courses, coursework, topics and teachers as Classroom answers them, made plain values.

Lengths are those of our columns, which are Classroom's own limits. Of people only teachers' names
are read: the fields that could hold pupils' are not even asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from courses.classroom import plain, videos
from courses.classroom.videos import Found

_COURSE_STATES = frozenset({"active", "archived", "provisioned", "declined", "suspended"})
_ITEM_STATES = frozenset({"published", "draft", "deleted"})
_QUESTIONS = frozenset({"SHORT_ANSWER_QUESTION", "MULTIPLE_CHOICE_QUESTION"})
_DESCRIPTION_LENGTH = 30_000
_ADDRESS_LENGTH = 2100

COURSE_FIELDS = (
    "id,name,section,descriptionHeading,description,room,ownerId,courseState,alternateLink,"
    "creationTime,updateTime"
)


@dataclass(frozen=True, slots=True)
class CourseFacts:
    google_id: str
    name: str
    section: str
    room: str
    heading: str
    description: str
    state: str
    owner_google_id: str
    alternate_link: str
    google_created_at: datetime | None
    google_updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """One coursework with all that hangs on it."""

    google_id: str
    kind: str
    title: str
    description: str
    state: str
    topic_id: str
    individual: bool
    alternate_link: str
    google_created_at: datetime | None
    google_updated_at: datetime | None
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class TopicFacts:
    google_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TeacherFacts:
    google_id: str
    name: str


def course(raw: Mapping[str, Any]) -> CourseFacts | None:
    """None for an answer without an id."""
    google_id = plain.google_id(raw.get("id"))
    if not google_id:
        return None
    state = str(raw.get("courseState", "")).lower()
    return CourseFacts(
        google_id=google_id,
        name=plain.line(raw.get("name"), 750) or google_id,
        section=plain.line(raw.get("section"), 2800),
        room=plain.line(raw.get("room"), 650),
        heading=plain.line(raw.get("descriptionHeading"), 3600),
        description=plain.text(raw.get("description"), _DESCRIPTION_LENGTH),
        state=state if state in _COURSE_STATES else "active",
        owner_google_id=plain.google_id(raw.get("ownerId")),
        alternate_link=plain.address(raw.get("alternateLink"))[:_ADDRESS_LENGTH],
        google_created_at=plain.moment(raw.get("creationTime")),
        google_updated_at=plain.moment(raw.get("updateTime")),
    )


def item(raw: Mapping[str, Any], kind: str) -> Item | None:
    """`kind` is that of its list; what courseWork is in detail, it says itself."""
    google_id = plain.google_id(raw.get("id"))
    if not google_id:
        return None
    title = plain.line(raw.get("title"), 3000)
    description = plain.text(raw.get("description"), _DESCRIPTION_LENGTH)
    body = plain.text(raw.get("text"), _DESCRIPTION_LENGTH)
    state = str(raw.get("state", "")).lower()
    return Item(
        google_id=google_id,
        kind="question" if str(raw.get("workType")) in _QUESTIONS else kind,
        title=title,
        description=description or body,
        state=state if state in _ITEM_STATES else "published",
        topic_id=plain.google_id(raw.get("topicId")),
        individual=raw.get("assigneeMode") == "INDIVIDUAL_STUDENTS",
        alternate_link=plain.address(raw.get("alternateLink"))[:_ADDRESS_LENGTH],
        google_created_at=plain.moment(raw.get("creationTime")),
        google_updated_at=plain.moment(raw.get("updateTime")),
        found=tuple(videos.find(raw.get("materials"), title, description, body)),
    )


def topic(raw: Mapping[str, Any]) -> TopicFacts | None:
    google_id = plain.google_id(raw.get("topicId"))
    name = plain.line(raw.get("name"), 200)
    return TopicFacts(google_id, name or google_id) if google_id else None


def teacher(raw: Mapping[str, Any]) -> TeacherFacts | None:
    google_id = plain.google_id(raw.get("userId"))
    profile = plain.mapping(raw.get("profile"))
    name = plain.line(plain.mapping(profile.get("name")).get("fullName"), 200)
    return TeacherFacts(google_id, name) if google_id and name else None
