"""A Google Classroom course, and through which connected accounts it is seen.

Lengths are Classroom's own limits (Classroom API v1, Course).
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Credential, CredentialStatus, User


class CourseState(models.TextChoices):
    ACTIVE = "active", _("Active")
    ARCHIVED = "archived", _("Archived")
    PROVISIONED = "provisioned", _("Not accepted yet")
    DECLINED = "declined", _("Declined")
    SUSPENDED = "suspended", _("Suspended")


class CourseRole(models.TextChoices):
    OWNER = "owner", pgettext_lazy("of a course", "Owner")
    TEACHER = "teacher", _("Teacher")
    STUDENT = "student", _("Student")


TEACHING = (CourseRole.OWNER, CourseRole.TEACHER)


class CourseAccessQuerySet(models.QuerySet["CourseAccess"]):
    def open(self) -> Self:
        """Those that still let somebody see the course."""
        gone = Q(credential__status=CredentialStatus.REVOKED) | Q(gone_at__isnull=False)
        return self.exclude(gone)

    def of(self, user: User) -> Self:
        rows = self.open().filter(credential__owner=user)
        return (
            rows if user.tenants is None else rows.filter(credential__tenant_id__in=user.tenants)
        )


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User) -> Self:
        """The courses one of this person's own accounts gives; staff see all."""
        if user.is_admin:
            return self
        return self.filter(id__in=CourseAccess.objects.of(user).values("course_id"))


class Course(models.Model):
    """One row however many accounts see it. `teachers` is None until an account may read them."""

    google_id = models.CharField(_("Google id"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=750)
    section = models.CharField(_("section"), max_length=2800, blank=True)
    room = models.CharField(_("room"), max_length=650, blank=True)
    heading = models.CharField(_("heading"), max_length=3600, blank=True)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=CourseState, default=CourseState.ACTIVE
    )
    owner_google_id = models.CharField(max_length=64, blank=True)
    teachers = models.JSONField(_("teachers"), null=True, blank=True)
    alternate_link = models.URLField(_("in Classroom"), max_length=2100, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    google_created_at = models.DateTimeField(_("created in Classroom"), null=True, blank=True)
    google_updated_at = models.DateTimeField(_("changed in Classroom"), null=True, blank=True)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.name


class CourseAccess(models.Model):
    """How one account sees one course.

    `marks` holds, per list of Classroom, the newest updateTime that was read through it.
    """

    credential = models.ForeignKey(
        Credential,
        models.CASCADE,
        related_name="course_accesses",
        verbose_name=_("Google account"),
    )
    course = models.ForeignKey(
        Course, models.CASCADE, related_name="accesses", verbose_name=_("course")
    )
    role = models.CharField(_("role"), max_length=8, choices=CourseRole)
    marks = models.JSONField(_("read up to"), default=dict, blank=True)
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    seen_at = models.DateTimeField(_("seen"), default=timezone.now)
    synced_at = models.DateTimeField(_("synchronised"), null=True, blank=True)
    reconciled_at = models.DateTimeField(_("fully compared"), null=True, blank=True)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    objects = CourseAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("access to a course")
        verbose_name_plural = _("accesses to courses")
        constraints = [
            models.UniqueConstraint(fields=["credential", "course"], name="course_access_once")
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.get_role_display()} {self.course_id}"


class Topic(models.Model):
    """A heading under which a course's teachers sort their coursework."""

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="topics", verbose_name=_("course")
    )
    google_id = models.CharField(_("Google id"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["course", "google_id"], name="topic_once")]

    def __str__(self) -> str:
        return self.name
