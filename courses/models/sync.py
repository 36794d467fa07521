"""Reading an account's courses out of Classroom: a background job."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, CredentialStatus, User
from core.models import ACTIVE, Job, JobQuerySet
from core.models.job import job_constraints
from courses.models.course import Course


class SyncQuerySet(JobQuerySet["Sync"]):
    def visible_to(self, user: User) -> Self:
        if user.is_admin:
            return self
        rows = self.filter(credential__owner=user)
        return (
            rows if user.tenants is None else rows.filter(credential__tenant_id__in=user.tenants)
        )

    def claimable(self) -> Self:
        """While an account waits for its owner, so does its synchronisation."""
        usable = Q(credential__status=CredentialStatus.ACTIVE, credential__enabled=True)
        return super().claimable().filter(usable)


class Sync(Job):
    """One reading: of all courses of an account, or of one of them.

    `full` compares everything, so that what has gone is noticed; otherwise only what changed
    since the last time is read.
    """

    credential = models.ForeignKey(
        Credential, models.CASCADE, related_name="syncs", verbose_name=_("Google account")
    )
    course = models.ForeignKey(
        Course, models.CASCADE, null=True, blank=True, verbose_name=_("course")
    )
    full = models.BooleanField(_("complete"), default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    courses_total = models.PositiveIntegerField(_("courses"), default=0)
    courses_done = models.PositiveIntegerField(_("courses read"), default=0)
    items_seen = models.PositiveIntegerField(_("coursework read"), default=0)
    videos_found = models.PositiveIntegerField(_("videos"), default=0)
    changes = models.PositiveIntegerField(_("changes"), default=0)
    calls = models.PositiveIntegerField(_("calls to Google"), default=0)
    now_reading = models.CharField(_("reading"), max_length=750, blank=True)

    objects = SyncQuerySet.as_manager()

    class Meta:
        verbose_name = _("synchronisation")
        verbose_name_plural = _("synchronisations")
        constraints = [
            *job_constraints("sync"),
            models.UniqueConstraint(
                fields=["credential"], condition=Q(status__in=ACTIVE), name="sync_active_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "available_at", "id"],
                condition=Q(status="queued"),
                name="sync_in_turn",
            ),
            models.Index(fields=["credential", "-id"], name="sync_newest"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.credential}"
