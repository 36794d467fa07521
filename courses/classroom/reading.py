"""Reading Classroom's lists, page by page and never for ever.

`list_next` of Google's library fails with repeated parameters, so pages are asked for by hand.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from accounts.google.client import GoogleClient
from accounts.google.errors import GoogleError, Reason
from accounts.google.scopes import Capability
from courses.classroom import payloads, plain
from courses.classroom.payloads import COURSE_FIELDS, CourseFacts, Item, TeacherFacts, TopicFacts

PAGE_SIZE = 100
MOST_PAGES = 200

_ALL_STATES = ["PUBLISHED", "DRAFT", "DELETED"]

Read = TypeVar("Read")


class EndlessList(GoogleError):
    """Google goes on answering pages: what was read stands, what was not is not missing."""

    def __init__(self) -> None:
        super().__init__(
            Reason.INVALID, f"a list goes on after {MOST_PAGES} pages, or in a circle"
        )


class ItemList(StrEnum):
    """Classroom's lists of a course's coursework, by the names of its methods."""

    COURSEWORK = "courseWork"
    MATERIALS = "courseWorkMaterials"
    ANNOUNCEMENTS = "announcements"


@dataclass(frozen=True, slots=True)
class _Shape:
    key: str
    kind: str
    states: str
    fields: str
    kinds: tuple[str, ...]


_COMMON_FIELDS = "id,state,alternateLink,creationTime,updateTime,assigneeMode,materials"
_ITEM_FIELDS = f"{_COMMON_FIELDS},title,description,topicId"
_SHAPES = {
    ItemList.COURSEWORK: _Shape(
        "courseWork",
        "assignment",
        "courseWorkStates",
        f"{_ITEM_FIELDS},workType",
        ("assignment", "question"),
    ),
    ItemList.MATERIALS: _Shape(
        "courseWorkMaterial",
        "material",
        "courseWorkMaterialStates",
        _ITEM_FIELDS,
        ("material",),
    ),
    ItemList.ANNOUNCEMENTS: _Shape(
        "announcements",
        "announcement",
        "announcementStates",
        f"{_COMMON_FIELDS},text",
        ("announcement",),
    ),
}


def kinds_of(which: ItemList) -> tuple[str, ...]:
    return _SHAPES[which].kinds


def permission_for(which: ItemList, *, teaching: bool) -> Capability:
    """What has to be permitted for a list; coursework has two, for both sides of the class."""
    if which is ItemList.MATERIALS:
        return Capability.MATERIALS
    if which is ItemList.ANNOUNCEMENTS:
        return Capability.ANNOUNCEMENTS
    return Capability.COURSEWORK_TEACHER if teaching else Capability.COURSEWORK_STUDENT


def courses(client: GoogleClient, *, teaching: bool) -> Iterator[list[CourseFacts]]:
    """The courses one teaches, or those one attends, of every state.

    :raises GoogleError: also EndlessList
    """
    who = {"teacherId" if teaching else "studentId": "me"}
    service = client.api("classroom", "v1").courses()
    return _pages(client, service.list, "courses", COURSE_FIELDS, payloads.course, **who)


def course(client: GoogleClient, google_id: str) -> CourseFacts | None:
    """:raises GoogleError: NO_ACCESS or GONE when the account is no longer in it"""
    service = client.api("classroom", "v1").courses()
    return payloads.course(_executed(client, service.get(id=google_id, fields=COURSE_FIELDS)))


def topics(client: GoogleClient, google_id: str) -> Iterator[list[TopicFacts]]:
    service = client.api("classroom", "v1").courses().topics()
    return _pages(
        client, service.list, "topic", "topicId,name", payloads.topic, courseId=google_id
    )


def teachers(client: GoogleClient, google_id: str) -> Iterator[list[TeacherFacts]]:
    service = client.api("classroom", "v1").courses().teachers()
    fields = "userId,profile/name/fullName"
    return _pages(client, service.list, "teachers", fields, payloads.teacher, courseId=google_id)


def items(
    client: GoogleClient,
    google_id: str,
    which: ItemList,
    *,
    teaching: bool,
    since: datetime | None,
) -> Iterator[list[Item]]:
    """Newest change first; with `since` only down to what changed before it.

    :raises GoogleError: also EndlessList
    """
    for page in _item_pages(client, google_id, _SHAPES[which], which, teaching=teaching):
        yield page
        times = [one.google_updated_at for one in page if one.google_updated_at]
        if since and times and min(times) < since:
            return


def _item_pages(
    client: GoogleClient, google_id: str, shape: _Shape, which: ItemList, *, teaching: bool
) -> Iterator[list[Item]]:
    service = getattr(client.api("classroom", "v1").courses(), which)()
    return _pages(
        client,
        service.list,
        shape.key,
        shape.fields,
        lambda raw: payloads.item(raw, shape.kind),
        courseId=google_id,
        orderBy="updateTime desc",
        **{shape.states: _ALL_STATES if teaching else _ALL_STATES[:1]},
    )


def _pages(
    client: GoogleClient,
    method: Any,
    key: str,
    fields: str,
    read: Callable[[Mapping[str, Any]], Read | None],
    **asked: Any,
) -> Iterator[list[Read]]:
    """Each page, without entries that have no id."""
    mask = f"nextPageToken,{key}({fields})"
    tokens = [""]
    for _ in range(MOST_PAGES):
        page = {"pageSize": PAGE_SIZE, "fields": mask, "pageToken": tokens[-1] or None}
        answer = _executed(client, method(**page, **asked))
        found = [read(raw) for raw in plain.mappings(answer.get(key))]
        yield [one for one in found if one is not None]
        token = _next_token(answer)
        if not token:
            return
        if token in tokens:
            break
        tokens.append(token)
    raise EndlessList


def _executed(client: GoogleClient, request: Any) -> Mapping[str, Any]:
    """An empty list is an empty object; what is none must not be taken for an empty list."""
    answer = client.execute(request)
    if not isinstance(answer, dict):
        raise GoogleError(Reason.UPSTREAM, "The answer is no object.")
    return answer


def _next_token(answer: Mapping[str, Any]) -> str:
    token = answer.get("nextPageToken")
    return token if isinstance(token, str) else ""
