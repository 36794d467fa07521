"""Several accounts see the same course, each what it may; together they make one course."""

import pytest

from accounts.models import User
from courses.models import CourseAccess, CourseChange, Coursework
from courses.tests.build import STUDENT, TEACHER, make_account, synchronise
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = "outro@escola.example"


@pytest.fixture
def school(google: Google) -> Google:
    google.course("101", "Matemática", TEACHER, students=[STUDENT, OTHER])
    google.item("101", "courseWork", "all", title="Para todos")
    google.item("101", "courseWork", "hers", title="Só para ela", only_for=[STUDENT])
    google.item("101", "courseWork", "his", title="Só para ele", only_for=[OTHER])
    google.item("101", "courseWork", "draft", title="Rascunho", state="DRAFT")
    return google


def seen(user: User) -> list[str]:
    rows = Coursework.objects.visible_to(user).filter(gone_at=None).order_by("google_id")
    return list(rows.values_list("google_id", flat=True))


def test_a_student_sees_what_is_published_for_her(ana: User, school: Google) -> None:
    synchronise(make_account(ana, school, STUDENT))
    assert seen(ana) == ["all", "hers"]
    assert Coursework.objects.count() == 2


def test_each_sees_own_part_of_the_one_course(ana: User, bruno: User, school: Google) -> None:
    synchronise(make_account(ana, school))
    synchronise(make_account(bruno, school, STUDENT))
    assert seen(ana) == ["all", "draft", "hers", "his"]
    assert seen(bruno) == ["all", "hers"]
    assert Coursework.objects.count() == 4


def test_no_student_makes_drafts_or_others_work_go(ana: User, bruno: User, school: Google) -> None:
    synchronise(make_account(ana, school))
    synchronise(make_account(bruno, school, STUDENT), full=True)
    assert not Coursework.objects.exclude(gone_at=None).exists()
    assert CourseChange.objects.count() == 0


def test_not_even_when_no_teacher_is_left(ana: User, bruno: User, school: Google) -> None:
    synchronise(make_account(ana, school))
    CourseAccess.objects.filter(role="owner").delete()
    student = make_account(bruno, school, STUDENT)
    school.remove_item("101", "courseWork", "all")
    synchronise(student, full=True)
    gone = Coursework.objects.exclude(gone_at=None)
    assert list(gone.values_list("google_id", flat=True)) == ["all"]


def test_a_teachers_account_tells_what_is_gone(ana: User, bruno: User, school: Google) -> None:
    teacher, student = make_account(ana, school), make_account(bruno, school, STUDENT)
    synchronise(teacher)
    synchronise(student)
    school.remove_item("101", "courseWork", "all")
    synchronise(student, full=True)
    assert Coursework.objects.get(google_id="all").gone_at is None
    synchronise(teacher, full=True)
    assert Coursework.objects.get(google_id="all").gone_at is not None


def test_a_student_changes_nothing_that_a_teacher_knows_better(
    ana: User, bruno: User, school: Google
) -> None:
    teacher, student = make_account(ana, school), make_account(bruno, school, STUDENT)
    synchronise(teacher)
    Coursework.objects.filter(google_id="all").update(title="Do professor")
    synchronise(student, full=True)
    assert Coursework.objects.get(google_id="all").title == "Do professor"
    school.change_item("101", "courseWork", "all", title="Novo")
    synchronise(student)
    assert Coursework.objects.get(google_id="all").title == "Novo"


def test_what_is_no_longer_for_her_is_hidden_again(ana: User, school: Google) -> None:
    account = make_account(ana, school, STUDENT)
    synchronise(account)
    school.courses["101"].find("courseWork", "hers").only_for = frozenset()
    synchronise(account, full=True)
    assert seen(ana) == ["all"]
    assert Coursework.objects.get(google_id="hers").gone_at is None


def test_who_becomes_a_teacher_sees_the_drafts(ana: User, school: Google) -> None:
    account = make_account(ana, school, STUDENT)
    synchronise(account)
    school.courses["101"].students.remove(STUDENT)
    school.courses["101"].teachers.add(STUDENT)
    synchronise(account)
    assert CourseAccess.objects.get().role == "teacher"
    assert seen(ana) == ["all", "draft", "hers", "his"]


def test_two_accounts_of_one_person_make_one_course(ana: User, school: Google) -> None:
    synchronise(make_account(ana, school))
    sync = synchronise(make_account(ana, school, STUDENT))
    assert sync.changes == 0
    assert CourseAccess.objects.of(ana).count() == 2
    assert Coursework.objects.count() == 4


def test_a_draft_that_is_thrown_away_stays_its_teachers_secret(
    ana: User, bruno: User, school: Google
) -> None:
    teacher = make_account(ana, school)
    synchronise(teacher)
    synchronise(make_account(bruno, school, STUDENT))
    school.change_item("101", "courseWork", "draft", state="DELETED")
    synchronise(teacher)
    draft = Coursework.objects.get(google_id="draft")
    assert draft.gone_at is not None
    assert draft in Coursework.objects.visible_to(ana)
    assert draft not in Coursework.objects.visible_to(bruno)


def test_what_was_in_a_draft_is_not_shown_with_what_was_published_of_it(
    ana: User, bruno: User, school: Google
) -> None:
    teacher = make_account(ana, school)
    synchronise(teacher)
    synchronise(make_account(bruno, school, STUDENT))
    key, answers = "youtube.com/watch?v=aaaaaaaaaaa", "https://example.org/answers"
    school.change_item("101", "courseWork", "draft", title="Gabarito", description=key)
    synchronise(teacher)
    links = [{"link": {"url": answers, "title": "Respostas"}}]
    school.change_item("101", "courseWork", "draft", description="", materials=links)
    synchronise(teacher)
    published = {"title": "Prova", "materials": [], "state": "PUBLISHED"}
    school.change_item("101", "courseWork", "draft", **published)
    synchronise(teacher)
    row = Coursework.objects.visible_to(bruno).get(google_id="draft")
    assert (row.title, row.state) == ("Prova", "published")
    assert not row.videos.exists()
    assert not row.materials.exists()
    told = CourseChange.objects.filter(coursework=row)
    assert list(told.values_list("change", "title")) == [("new", "Prova")]
