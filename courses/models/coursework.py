"""What a course's teachers have posted: assignments, questions, materials, announcements."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from courses.models.course import TEACHING, Course, CourseAccess, Topic


class CourseworkKind(models.TextChoices):
    ASSIGNMENT = "assignment", _("Assignment")
    QUESTION = "question", _("Question")
    MATERIAL = "material", _("Material")
    ANNOUNCEMENT = "announcement", _("Announcement")


class CourseworkState(models.TextChoices):
    PUBLISHED = "published", _("Published")
    DRAFT = "draft", _("Draft")
    DELETED = "deleted", _("Deleted in Classroom")


class CourseworkQuerySet(models.QuerySet["Coursework"]):
    def visible_to(self, user: User) -> Self:
        """As in Classroom: drafts for those who teach, work for single students for them alone."""
        if user.is_admin:
            return self
        mine = CourseAccess.objects.of(user)
        taught = mine.filter(role__in=TEACHING).values("course_id")
        for_all = Q(course_id__in=mine.values("course_id"), individual=False)
        for_me = Q(
            id__in=Coursework.assigned_to.through.objects.filter(
                courseaccess_id__in=mine.values("id")
            ).values("coursework_id")
        )
        drafts = Q(state=CourseworkState.DRAFT)
        return self.filter(Q(course_id__in=taught) | (for_all | for_me) & ~drafts)


class Coursework(models.Model):
    """`gone_at`: no longer in Classroom; it is kept here, with what was downloaded from it.

    `assigned_to` is filled for `individual` work alone: the students' accounts it was seen by.
    """

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="coursework", verbose_name=_("course")
    )
    topic = models.ForeignKey(
        Topic,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="coursework",
        verbose_name=_("topic"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CourseworkKind)
    google_id = models.CharField(_("Google id"), max_length=64)
    title = models.CharField(_("title"), max_length=3000, blank=True)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=CourseworkState, default=CourseworkState.PUBLISHED
    )
    individual = models.BooleanField(_("for single students"), default=False)
    assigned_to = models.ManyToManyField(CourseAccess, blank=True, editable=False)
    alternate_link = models.URLField(_("in Classroom"), max_length=2100, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    google_created_at = models.DateTimeField(_("created in Classroom"), null=True, blank=True)
    google_updated_at = models.DateTimeField(_("changed in Classroom"), null=True, blank=True)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    objects = CourseworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("coursework")
        verbose_name_plural = pgettext_lazy("several", "coursework")
        constraints = [
            models.UniqueConstraint(fields=["course", "kind", "google_id"], name="coursework_once")
        ]
        indexes = [
            models.Index(fields=["course", "-google_created_at", "-id"], name="coursework_newest"),
            models.Index(fields=["course", "topic"], name="coursework_topic"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()} {self.google_id}"
