"""Classroom v1, as far as it is read: courses, what is in them, topics, people."""

from collections.abc import Iterable
from typing import Any

from sandbox.google import scopes
from sandbox.google.calls import Answer, Call, json_answer
from sandbox.google.classes import Course, Item, Kind
from sandbox.google.errors import refusal
from sandbox.google.masks import Pages, mask
from sandbox.google.people import User
from sandbox.google.school import School
from sandbox.google.tokens import Proof, Tokens

# As the address says it → scopes, the key of the list, the filter by state.
_LISTS: dict[str, tuple[frozenset[str], Kind, str]] = {
    "courseWork": (scopes.COURSEWORK, "courseWork", "courseWorkStates"),
    "courseWorkMaterials": (scopes.MATERIALS, "courseWorkMaterial", "courseWorkMaterialStates"),
    "announcements": (scopes.ANNOUNCEMENTS, "announcements", "announcementStates"),
}
_FOR_TEACHERS = frozenset({"PUBLISHED", "DRAFT", "DELETED"})
_PEOPLE_PAGE = 30


class Classroom:
    def __init__(self, school: School, tokens: Tokens, pages: Pages) -> None:
        self._school = school
        self._tokens = tokens
        self._pages = pages

    def courses(self, call: Call) -> Answer:
        me = self._tokens.who(call, scopes.COURSES).email
        teacher, student = call.one("teacherId"), call.one("studentId")
        if teacher and student:
            words = "@ListCoursesStudentAndTeacherFilter Only one filter may be given."
            raise refusal("precondition", words)
        rows = [c for c in list(self._school.courses.values()) if me in c.teachers | c.students]
        if teacher:
            rows = [course for course in rows if self._email(teacher, me) in course.teachers]
        if student:
            rows = [course for course in rows if self._email(student, me) in course.students]
        if states := call.many("courseStates"):
            rows = [course for course in rows if course.fields["courseState"] in states]
        return self._pages.answer(call, "courses", [c.shown_to(me) for c in reversed(rows)])

    def course(self, call: Call, course_id: str) -> Answer:
        me = self._tokens.who(call, scopes.COURSES).email
        return _one(call, self._course(course_id, me).shown_to(me))

    def items(self, call: Call, course_id: str, name: str) -> Answer:
        wanted, kind, filter_name = _LISTS[name]
        proof = self._tokens.who(call, wanted)
        course = self._admitted(course_id, proof, kind)
        states = set(call.many(filter_name) or ["PUBLISHED"])
        rows = [
            item
            for item in list(course.items[kind])
            if item.fields["state"] in states and self._sees(proof, course, item)
        ]
        return self._pages.answer(call, kind, [item.shown() for item in _ordered(call, rows)])

    def item(self, call: Call, course_id: str, name: str, item_id: str) -> Answer:
        wanted, kind, _ = _LISTS[name]
        proof = self._tokens.who(call, wanted)
        course = self._admitted(course_id, proof, kind)
        for item in list(course.items[kind]):
            if item.fields["id"] == item_id and self._sees(proof, course, item):
                return _one(call, item.shown())
        raise refusal("not_found")

    def topics(self, call: Call, course_id: str) -> Answer:
        course = self._course(course_id, self._tokens.who(call, scopes.TOPICS).email)
        return self._pages.answer(call, "topic", list(course.topics))

    def people(self, call: Call, course_id: str, name: str) -> Answer:
        """`teachers` or `students`; without the rosters' own scope only what a profile shows."""
        proof = self._tokens.who(call, scopes.ROSTERS)
        course = self._course(course_id, proof.email)
        members = course.teachers if name == "teachers" else course.students
        users = [self._school.known(email) for email in sorted(members)]
        rows = [
            {"courseId": course_id, "userId": user.sub, "profile": _profile(user, proof)}
            for user in users
        ]
        return self._pages.answer(call, name, rows, default=_PEOPLE_PAGE)

    def profile(self, call: Call, user_id: str) -> Answer:
        proof = self._tokens.who(call, scopes.ROSTERS)
        user = self._school.users.get(self._email(user_id, proof.email))
        if user is None:
            raise refusal("not_found")
        return _one(call, _profile(user, proof))

    def _course(self, course_id: str, me: str) -> Course:
        course = self._school.courses.get(course_id)
        if course is None:
            raise refusal("not_found")
        if me not in course.teachers | course.students:
            raise refusal("forbidden")
        return course

    def _admitted(self, course_id: str, proof: Proof, kind: Kind) -> Course:
        """
        :raises Refusal: a student whose token is only good for the classes that one teaches
        """
        course = self._course(course_id, proof.email)
        teaches, mine = proof.email in course.teachers, proof.scopes & scopes.COURSEWORK_ME
        if kind == "courseWork" and not teaches and not mine:
            raise refusal("forbidden")
        return course

    def _sees(self, proof: Proof, course: Course, item: Item) -> bool:
        if proof.email in course.teachers:
            return item.fields["state"] in _FOR_TEACHERS
        is_mine = item.is_for(self._school.known(proof.email).sub)
        return is_mine and item.fields["state"] == "PUBLISHED"

    def _email(self, user_id: str, me: str) -> str:
        """People are named "me", by their number or by their address."""
        if user_id == "me":
            return me
        user = self._school.user_by_sub(user_id)
        return user.email if user else user_id


def _ordered(call: Call, items: Iterable[Item]) -> list[Item]:
    """
    :raises Refusal: an order that Classroom does not know
    """
    name, _, direction = (call.one("orderBy") or "updateTime desc").strip().partition(" ")
    if name not in ("updateTime", "dueDate") or direction.strip() not in ("", "asc", "desc"):
        raise refusal("invalid", "Invalid orderBy")
    by_date = name == "dueDate"
    return sorted(
        items,
        key=lambda item: _due(item) if by_date else item.fields["updateTime"],
        reverse=direction.strip() == "desc",
    )


def _due(item: Item) -> str:
    date = item.fields.get("dueDate", {})
    return "{:04}-{:02}-{:02}".format(*(date.get(part, 0) for part in ("year", "month", "day")))


def _profile(user: User, proof: Proof) -> dict[str, object]:
    email, photo = bool(proof.scopes & scopes.EMAILS), bool(proof.scopes & scopes.PHOTOS)
    return user.profile(email=email, photo=photo)


def _one(call: Call, fields: dict[str, Any]) -> Answer:
    return json_answer(mask(fields, call.one("fields")))
