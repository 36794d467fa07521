"""Classroom, asked by Google's own client: who sees what, pages, masks, scopes."""

import pytest
import requests

from sandbox.tests.googling import CLASSROOM, PREFIX, STUDENT, TEACHER, refused

OTHER = "andre@escola.example"


@pytest.fixture
def course(google):
    google.course("c1", "Matemática", TEACHER, students=[STUDENT], teacherFolder={"id": "t"})
    for number in range(5):
        google.item("c1", "courseWork", f"w{number}", title=f"Tarefa {number}", topicId="t1")
    google.item("c1", "courseWork", "draft", title="Rascunho", state="DRAFT")
    google.item("c1", "courseWork", "other", title="De outro", only_for=["x@escola.example"])
    google.item("c1", "courseWork", "mine", title="Reforço", only_for=[STUDENT])
    google.item("c1", "courseWorkMaterial", "m1", [{"link": {"url": "https://a.example"}}])
    google.item("c1", "announcements", "a1", text="Bom dia")
    google.topic("c1", "t1", "Frações")
    return google.courses["c1"]


def ids(rows):
    return {row["id"] for row in rows}


@pytest.mark.parametrize(
    ("email", "seen", "folder"),
    [
        (TEACHER, {"w0", "w1", "w2", "w3", "w4", "draft", "other", "mine"}, {"id": "t"}),
        (STUDENT, {"w0", "w1", "w2", "w3", "w4", "mine"}, None),
    ],
)
def test_students_see_neither_drafts_nor_what_is_for_others(service, course, email, seen, folder):
    courses = service("classroom", email).courses()
    states = ["PUBLISHED", "DRAFT", "DELETED"]

    rows = courses.courseWork().list(courseId="c1", courseWorkStates=states).execute()
    assert ids(rows["courseWork"]) == seen
    assert courses.get(id="c1").execute().get("teacherFolder") == folder


def test_the_lists_have_their_own_keys(service, course):
    courses = service("classroom", TEACHER).courses()

    material = courses.courseWorkMaterials().list(courseId="c1").execute()["courseWorkMaterial"]
    assert material[0]["materials"] == [{"link": {"url": "https://a.example"}}]
    assert courses.announcements().list(courseId="c1").execute()["announcements"][0]["text"]
    assert courses.topics().list(courseId="c1").execute()["topic"][0]["name"] == "Frações"
    teacher = courses.teachers().list(courseId="c1").execute()["teachers"][0]
    assert teacher["profile"]["name"]["fullName"] == "Helena Duarte"
    assert "emailAddress" not in teacher["profile"]
    assert len(courses.students().list(courseId="c1").execute()["students"]) == 1


def test_one_by_one(service, course):
    api = service("classroom", STUDENT)

    work = api.courses().courseWork().get(courseId="c1", id="w1").execute()
    assert work["title"] == "Tarefa 1"
    assert refused(api.courses().courseWork().get(courseId="c1", id="draft"))[0] == 404
    owner = api.courses().get(id="c1").execute()["ownerId"]
    assert api.userProfiles().get(userId=owner).execute()["name"]["givenName"] == "Helena"
    assert refused(api.userProfiles().get(userId="1"))[0] == 404


def test_published_only_unless_asked(service, course):
    works = service("classroom", TEACHER).courses().courseWork()

    published = works.list(courseId="c1").execute()["courseWork"]
    drafts = works.list(courseId="c1", courseWorkStates="DRAFT").execute()["courseWork"]
    assert "draft" not in ids(published)
    assert ids(drafts) == {"draft"}
    assert "alternateLink" in published[0]
    assert "alternateLink" not in drafts[0]


def test_pages_need_their_token_in_the_mask(service, course):
    works = service("classroom", TEACHER).courses().courseWork()
    seen, token = [], None
    while True:
        told = works.list(
            courseId="c1",
            pageSize=3,
            pageToken=token,
            fields="nextPageToken,courseWork(id,state)",
        ).execute()
        seen += told["courseWork"]
        if not (token := told.get("nextPageToken")):
            break

    assert len(seen) == 7
    assert set(seen[0]) == {"id", "state"}
    assert set(works.list(courseId="c1", pageSize=3, fields="courseWork(id)").execute()) == {
        "courseWork"
    }
    assert refused(works.list(courseId="c1", pageToken="???"))[0] == 400
    assert refused(works.list(courseId="c1", fields="a(b"))[0] == 400


def test_what_changed_last_comes_first(service, google, course):
    works = service("classroom", TEACHER).courses().courseWork()
    google.change_item("c1", "courseWork", "w0", title="Nova", updateTime="2999-01-01T00:00:00Z")

    rows = works.list(courseId="c1").execute()["courseWork"]
    assert (rows[0]["id"], rows[0]["title"]) == ("w0", "Nova")
    rows = works.list(courseId="c1", orderBy="updateTime asc").execute()["courseWork"]
    assert rows[-1]["id"] == "w0"
    assert refused(works.list(courseId="c1", orderBy="title"))[0] == 400


def test_deleted_items_show_to_teachers_who_ask_and_then_go(service, google, course):
    works = service("classroom", TEACHER).courses().courseWork()
    google.change_item("c1", "courseWork", "w0", state="DELETED")

    asked = works.list(courseId="c1", courseWorkStates="DELETED")
    assert ids(asked.execute()["courseWork"]) == {"w0"}
    google.remove_item("c1", "courseWork", "w0")
    assert asked.execute() == {}


def test_the_courses_of_a_person(service, google, course):
    google.course("c2", "História", OTHER, state="ARCHIVED", teachers=[TEACHER])
    google.course("c3", "Física", OTHER, students=[STUDENT])
    courses = service("classroom", TEACHER).courses()

    assert [row["id"] for row in courses.list().execute()["courses"]] == ["c2", "c1"]
    active = courses.list(courseStates="ACTIVE").execute()["courses"]
    assert ids(active) == {"c1"}
    assert ids(courses.list(teacherId="me").execute()["courses"]) == {"c1", "c2"}
    assert courses.list(studentId="me").execute() == {}
    assert refused(courses.list(studentId="me", teacherId="me"))[0] == 400
    assert refused(courses.get(id="c3")) == (403, "forbidden")
    assert refused(courses.get(id="c9")) == (404, "notFound")
    assert service("classroom", "nobody@x.example").courses().list().execute() == {}


@pytest.mark.parametrize(
    "name", ["courseWork", "courseWorkMaterials", "announcements", "topics", "teachers"]
)
def test_every_list_needs_its_scope(service, course, name):
    courses = service("classroom", TEACHER, [CLASSROOM[0]]).courses()

    assert courses.get(id="c1").execute()["name"] == "Matemática"
    answer = refused(getattr(courses, name)().list(courseId="c1"))
    assert answer == (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")


def test_a_student_needs_the_students_scope(service, course):
    only = [f"{PREFIX}classroom.coursework.students.readonly"]
    works = service("classroom", STUDENT, only).courses().courseWork()

    assert refused(works.list(courseId="c1")) == (403, "forbidden")


def test_a_dead_token_is_401(sandbox, google, course):
    bearer = {"Authorization": f"Bearer {google.issue(TEACHER, CLASSROOM)}"}
    google.expire_tokens(STUDENT)
    assert requests.get(f"{sandbox.origin}/v1/courses", headers=bearer).status_code == 200

    google.expire_tokens(TEACHER)
    answer = requests.get(f"{sandbox.origin}/v1/courses", headers=bearer)
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_an_address_too_long_comes_as_a_form(service, course):
    works = service("classroom", TEACHER).courses().courseWork()
    fields = f"courseWork({','.join(['id'] * 1000)})"

    rows = works.list(courseId="c1", fields=fields).execute()["courseWork"]
    assert set(rows[0]) == {"id"}
