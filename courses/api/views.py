"""The courses API: list, read, and what hangs in a course."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest
from core.api import ApiView
from courses.api import examples
from courses.api.answers import (
    ChangeList,
    CourseAnswer,
    CourseList,
    CourseworkAnswer,
    CourseworkList,
    MaterialList,
    TopicList,
    change_answer,
    course_answer,
    coursework_answer,
    material_answer,
    topic_answer,
)
from courses.api.inputs import CourseQuery, CourseworkQuery
from courses.api.paging import TokenPage, TokenQuery
from courses.keys import Key
from courses.models import Coursework
from courses.selectors import contents, courses, videos
from courses.selectors import coursework as works
from courses.selectors.courses import CourseFilter
from courses.selectors.coursework import CourseworkFilter

BAD_TOKEN = {"GET": {400: {"invalid_page_token": "It is no page token of this list."}}}


class CoursesView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}
    queries = {"GET": CourseQuery}
    refusals = BAD_TOKEN

    @extend_schema(
        operation_id="list_courses",
        responses=OpenApiResponse(CourseList, "A page of courses.", [examples.COURSES]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List courses. Those your connected accounts give, newest first; staff see all.

        They are answered as they were last read out of Classroom.
        """
        asked = _paging(self.query)
        found = courses.list_courses(user=request.user, filter=CourseFilter(**self.query))
        page = TokenPage(found, name="courses", **asked)
        figures = courses.figures_of(user=request.user, courses=page.results)
        answers = [course_answer(course, figures[course.pk]) for course in page.results]
        return Response(page.answer(answers))


class CourseView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}

    @extend_schema(
        operation_id="get_course",
        responses=OpenApiResponse(CourseAnswer, "The course.", [examples.COURSE]),
    )
    def get(self, request: ApiRequest, course_id: Key) -> Response:
        """Read a course. Its number is ours, or `google:` and the id Google gave it."""
        course = courses.get_course(user=request.user, course_id=course_id)
        figures = courses.figures_of(user=request.user, courses=[course])
        return Response(course_answer(course, figures[course.pk]))


class CourseworksView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}
    queries = {"GET": CourseworkQuery}
    refusals = BAD_TOKEN

    @extend_schema(
        operation_id="list_coursework",
        responses=OpenApiResponse(CourseworkList, "A page of it.", [examples.COURSEWORKS]),
    )
    def get(self, request: ApiRequest, course_id: Key) -> Response:
        """List a course's coursework. By topic as in Classroom, the newest of each first.

        Assignments, questions, materials and announcements, each with its videos and materials.
        Drafts are seen by those who teach the course, work for single students by them.
        """
        course = courses.get_course(user=request.user, course_id=course_id)
        asked = _paging(self.query)
        wanted = CourseworkFilter(**self.query)
        found = works.list_coursework(user=request.user, course=course, filter=wanted)
        page = TokenPage(
            works.with_content(found), name=f"coursework.{course.pk}", order=works.ORDER, **asked
        )
        return Response(page.answer(_answers(request.user, page.results)))


class CourseworkView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}

    @extend_schema(
        operation_id="get_coursework",
        responses=OpenApiResponse(CourseworkAnswer, "The coursework.", [examples.COURSEWORK]),
    )
    def get(self, request: ApiRequest, course_id: Key, coursework_id: Key) -> Response:
        """Read a coursework. With all its videos and materials."""
        user = request.user
        course = courses.get_course(user=user, course_id=course_id)
        found = works.get_coursework(user=user, course=course, coursework_id=coursework_id)
        return Response(_answers(user, [found])[0])


class TopicsView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}

    @extend_schema(
        operation_id="list_course_topics",
        responses=OpenApiResponse(TopicList, "All of them.", [examples.TOPICS]),
    )
    def get(self, request: ApiRequest, course_id: Key) -> Response:
        """List a course's topics. All of them, in the order of Classroom."""
        course = courses.get_course(user=request.user, course_id=course_id)
        topics = courses.list_topics(user=request.user, course=course)
        return Response({"results": [topic_answer(topic) for topic in topics]})


class MaterialsView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}
    queries = {"GET": TokenQuery}
    refusals = BAD_TOKEN

    @extend_schema(
        operation_id="list_course_materials",
        responses=OpenApiResponse(MaterialList, "A page of them.", [examples.MATERIALS]),
    )
    def get(self, request: ApiRequest, course_id: Key) -> Response:
        """List a course's other materials. Files and links that are no videos, newest first."""
        course = courses.get_course(user=request.user, course_id=course_id)
        found = contents.list_materials(user=request.user, course=course)
        page = TokenPage(found, name=f"materials.{course.pk}", **_paging(self.query))
        files = contents.fetched(user=request.user, materials=page.results)
        return Response(page.answer([material_answer(one, files) for one in page.results]))


class ChangesView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}
    queries = {"GET": TokenQuery}
    refusals = BAD_TOKEN

    @extend_schema(
        operation_id="list_course_changes",
        responses=OpenApiResponse(ChangeList, "A page of them.", [examples.CHANGES]),
    )
    def get(self, request: ApiRequest, course_id: Key) -> Response:
        """List what changed in a course. Since it was first read, newest first."""
        course = courses.get_course(user=request.user, course_id=course_id)
        found = contents.list_changes(user=request.user, course=course)
        page = TokenPage(found, name=f"changes.{course.pk}", **_paging(self.query))
        return Response(page.answer([change_answer(change) for change in page.results]))


def _paging(query: dict[str, Any]) -> dict[str, Any]:
    return {name: query.pop(name) for name in ("page_size", "page_token") if name in query}


def _answers(user: User, found: Sequence[Coursework]) -> list[CourseworkAnswer]:
    shown = [video for coursework in found for video in coursework.videos.all()]
    held = videos.held(user=user, videos=shown)
    problems = videos.unreachable(user=user, videos=shown)
    materials = [one for coursework in found for one in coursework.materials.all()]
    files = contents.fetched(user=user, materials=materials)
    return [coursework_answer(one, held=held, problems=problems, files=files) for one in found]
