"""Rules of what need not be kept, and what each cleaning found and removed."""

from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Power
from core.models import ACTIVE, Job, JobQuerySet
from core.models.job import job_constraints
from courses.models import Course


class CleaningTask(models.TextChoices):
    INCOMPLETE = "incomplete", _("Incomplete downloads")
    TEMPORARY = "temporary", _("Temporary videos")
    ORPHANED = "orphaned", _("Files nothing refers to")
    RETENTION = "retention", _("Videos past their time")
    RECORDS = "records", _("Old records")


class CleaningRunQuerySet(JobQuerySet["CleaningRun"]):
    def visible_to(self, user: User) -> Self:
        return self if user.may(Power.SETTINGS) else self.none()


class CleaningRun(Job):
    """One cleaning. A dry run removes nothing and reports what it would.

    `report`: [{what, id, title, owner, bytes, reason}], the first thousand items.
    """

    task = models.CharField(_("cleaning"), max_length=12, choices=CleaningTask)
    dry_run = models.BooleanField(_("dry run"), default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    found = models.PositiveIntegerField(_("found"), default=0)
    removed = models.PositiveIntegerField(_("removed"), default=0)
    warned = models.PositiveIntegerField(_("owners warned"), default=0)
    bytes = models.BigIntegerField(_("freed"), default=0)
    report = models.JSONField(_("report"), default=list, blank=True)

    objects = CleaningRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("cleaning")
        verbose_name_plural = _("cleanings")
        constraints = [
            *job_constraints("cleaning"),
            models.UniqueConstraint(
                fields=["task", "dry_run"], condition=Q(status__in=ACTIVE), name="cleaning_once"
            ),
        ]
        indexes = [models.Index(fields=["task", "-id"], name="cleaning_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_task_display()}"


class RetentionRule(models.Model):
    """Which videos go, and after how long. Off until staff enable it; owners are warned before.

    With several limits a video has to be past each of them. A video marked to be kept never goes.
    """

    name = models.CharField(_("name"), max_length=100)
    enabled = models.BooleanField(_("in force"), default=False)
    course = models.ForeignKey(
        Course,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course"),
        help_text=_("Empty: all videos."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
        help_text=_("Empty: everybody."),
    )
    max_age_days = models.PositiveIntegerField(
        _("older than"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    unwatched_days = models.PositiveIntegerField(
        _("not watched for"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    keep_per_course = models.PositiveIntegerField(
        _("keep of each course"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("This many of the newest videos of a course stay."),
    )
    warn_days = models.PositiveSmallIntegerField(
        _("warn before"), default=14, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_age_days__isnull=False)
                | Q(unwatched_days__isnull=False)
                | Q(keep_per_course__isnull=False),
                name="retention_has_limit",
                violation_error_message=_("Give at least one limit."),
            )
        ]

    def __str__(self) -> str:
        return self.name
