"""What is known of a person's courses, and the files of theirs."""

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential
from accounts.selectors import twins_of
from core import privacy
from core.jobs import lifecycle
from core.models import ACTIVE
from core.privacy import Beat, PersonalData, Share
from courses.models import (
    Course,
    CourseAccess,
    CourseFile,
    CourseMaterial,
    CourseVideo,
    Coursework,
    CourseworkState,
    Reach,
    Sync,
    Topic,
)
from courses.models.course import TEACHING
from courses.services.syncing import SYNCS
from library.services import removing

_MACHINERY = ("token", "holder", "lease_until")


def _accesses(user_id: int) -> QuerySet[CourseAccess]:
    return CourseAccess.objects.filter(credential__owner=user_id)


def _courses(user_id: int) -> QuerySet[Course]:
    return Course.objects.filter(pk__in=_accesses(user_id).values("course"))


def _taught(user_id: int) -> QuerySet[Course]:
    teaching = _accesses(user_id).filter(role__in=TEACHING)
    return Course.objects.filter(pk__in=teaching.values("course"))


def _coursework(user_id: int) -> QuerySet[Coursework]:
    """As on the pages: drafts for those who teach, work for single students for them alone."""
    for_all = Q(course__in=_courses(user_id), individual=False)
    for_me = Q(pk__in=_assigned(user_id).values("coursework_id"))
    drafts = Q(state=CourseworkState.DRAFT)
    taught = Q(course__in=_taught(user_id))
    return Coursework.objects.filter(taught | (for_all | for_me) & ~drafts)


def _assigned(user_id: int) -> QuerySet[Any]:
    through = Coursework.assigned_to.through.objects
    return through.filter(courseaccess__credential__owner=user_id)


class CourseData(PersonalData):
    floor = 30
    shares: ClassVar = (
        Share(
            "course_accesses",
            _("Which courses your Google accounts see, and in which role."),
            _accesses,
            more=("course__name",),
        ),
        Share("courses", _("These courses."), _courses, but=("search_text", "teachers")),
        Share(
            "topics",
            _("The topics of these courses."),
            lambda user_id: Topic.objects.filter(course__in=_courses(user_id)),
        ),
        Share("coursework", _("What is in these courses."), _coursework, but=("search_text",)),
        Share("assigned_coursework", _("What was given to you alone."), _assigned),
        Share(
            "course_videos",
            _("The videos of these courses."),
            lambda user_id: CourseVideo.objects.filter(coursework__in=_coursework(user_id)),
        ),
        Share(
            "course_materials",
            _("Other files and links of these courses."),
            lambda user_id: CourseMaterial.objects.filter(coursework__in=_coursework(user_id)),
        ),
        Share(
            "course_files",
            _("Materials that were fetched for you."),
            lambda user_id: CourseFile.objects.filter(owner=user_id),
            more=("file__sha256", "file__size_bytes"),
        ),
        Share(
            "reaches",
            _("Which videos your Google accounts can fetch."),
            lambda user_id: Reach.objects.filter(credential__owner=user_id),
        ),
        Share(
            "syncs",
            _("When your courses were read."),
            lambda user_id: Sync.objects.filter(credential__owner=user_id),
            but=_MACHINERY,
        ),
    )

    def stop(self, user_id: int) -> None:
        active = Sync.objects.filter(credential__owner=user_id, status__in=ACTIVE)
        lifecycle.cancel(SYNCS, list(active.values_list("pk", flat=True)), actor="system")

    def erase(self, user_id: int, beat: Beat) -> None:
        """A course that nobody else here sees goes with the last account that saw it."""
        self.stop(user_id)
        for file in CourseFile.objects.filter(owner=user_id).order_by("pk"):
            _remove_file(file)
            beat()
        seen = list(_courses(user_id).values_list("pk", flat=True))
        privacy.remove_rows(Sync.objects.filter(credential__owner=user_id), beat)
        privacy.remove_rows(Reach.objects.filter(credential__owner=user_id), beat)
        for course_id in seen:
            _remove_access(user_id, course_id)
            beat()

    def hand_over(self, user_id: int, to_id: int) -> dict[str, int]:
        """Courses follow the accounts that see them, which are handed over after this."""
        staying = twins_of(user_id, to_id)
        moving = Credential.objects.filter(owner=user_id).exclude(pk__in=staying)
        courses = CourseAccess.objects.filter(credential__in=moving).values("course").distinct()
        has = CourseFile.objects.filter(owner=to_id).values("material")
        free = CourseFile.objects.filter(owner=user_id).exclude(material__in=has)
        files = CourseFile.objects.filter(pk__in=privacy.locked(free)).update(owner=to_id)
        return {"courses": courses.count(), "materials": files}


@transaction.atomic
def _remove_file(file: CourseFile) -> None:
    privacy.forget_names(CourseFile, [file.pk])
    CourseFile.objects.filter(pk=file.pk).delete()
    removing.remove_file(stored_id=file.file_id)


@transaction.atomic
def _remove_access(user_id: int, course_id: int) -> None:
    """In one step, or an interrupted run would not find the course again."""
    course = Course.objects.select_for_update().filter(pk=course_id).first()
    _accesses(user_id).filter(course=course_id).delete()
    if course is None or course.accesses.exists():
        return
    if not CourseFile.objects.filter(material__coursework__course=course).exists():
        privacy.forget_names(Course, [course.pk])
        course.delete()
