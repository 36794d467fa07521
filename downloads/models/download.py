"""One video on its way from a link into the library, or one material of a course."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, CredentialStatus, User
from core.models import ACTIVE, Job, JobQuerySet
from core.models.job import job_constraints
from courses.models import CourseMaterial, CourseVideo
from downloads.models import gates, turns
from downloads.models.gates import Gates
from downloads.models.subscription import Subscription
from downloads.models.wishes import Wishes
from library.models import Source, Video


class DownloadQuerySet(JobQuerySet["Download"]):
    def visible_to(self, user: User) -> Self:
        if user.is_admin:
            return self
        rows = self.filter(owner=user)
        return (
            rows if user.tenants is None else rows.filter(credential__tenant_id__in=user.tenants)
        )

    def claimable(self) -> Self:
        """What limits leave room for; everything else stays where it is in line."""
        found = self.gates()
        if found.is_shut:
            return self.none()
        return self._in_line(found).exclude(gates.crowded(found))

    def in_line(self) -> Self:
        """Due, and waiting for nothing but its turn or for room."""
        return self._in_line(self.gates())

    def gates(self) -> Gates:
        return gates.read(self.model._default_manager.all())  # noqa: SLF001

    def _in_line(self, found: Gates) -> Self:
        """While a Google account waits for its owner, or for Google, so do its downloads."""
        ready = self.due().exclude(waits_for_consent()).exclude(gates.paused(found))
        return ready.exclude(credential__refresh_after__gt=timezone.now())

    def next_ids(self, limit: int) -> list[int]:
        return turns.next_ids(self, limit)


def waits_for_consent() -> Q:
    usable = Q(credential__status=CredentialStatus.ACTIVE, credential__enabled=True)
    return Q(credential__isnull=False) & ~usable


class Download(Job, Wishes):
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="downloads",
        verbose_name=_("owner"),
    )
    video = models.ForeignKey(
        Video,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="downloads",
        verbose_name=_("video"),
    )
    credential = models.ForeignKey(
        Credential,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="downloads",
        verbose_name=_("Google account"),
    )
    course_video = models.ForeignKey(
        CourseVideo,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="downloads",
        verbose_name=_("video of a course"),
    )
    material = models.ForeignKey(
        CourseMaterial,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="downloads",
        verbose_name=_("material"),
    )
    subscription = models.ForeignKey(
        Subscription,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="downloads",
        verbose_name=_("subscription"),
    )
    linked = models.BooleanField(
        _("already held"), default=False, help_text=_("Nothing was fetched: the library had it.")
    )
    url = models.URLField(_("address"), max_length=2000)
    source = models.CharField(_("source"), max_length=20, choices=Source)
    source_key = models.CharField(max_length=200)
    host = models.CharField(_("site"), max_length=120, blank=True)
    fingerprint = models.CharField(max_length=64)
    title = models.CharField(_("title"), max_length=500, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    expires_in_seconds = models.PositiveIntegerField(
        _("kept for"), null=True, blank=True, help_text=_("Seconds; empty: for good.")
    )
    duration_seconds = models.FloatField(_("duration"), null=True, blank=True)
    estimated_bytes = models.BigIntegerField(_("expected size"), null=True, blank=True)
    has_thumbnail = models.BooleanField(default=False)
    downloaded_bytes = models.BigIntegerField(_("downloaded"), default=0)
    total_bytes = models.BigIntegerField(_("total"), null=True, blank=True)
    speed_bytes_per_second = models.FloatField(_("speed"), null=True, blank=True)
    eta_seconds = models.FloatField(_("time left"), null=True, blank=True)
    progress_percent = models.FloatField(_("progress"), default=0)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        constraints = [
            *job_constraints("download"),
            models.CheckConstraint(
                condition=Q(progress_percent__gte=0) & Q(progress_percent__lte=100),
                name="download_percent_in_range",
            ),
            models.UniqueConstraint(
                fields=["owner", "fingerprint"],
                condition=Q(status__in=ACTIVE),
                name="download_active_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "available_at", "id"],
                condition=Q(status="queued"),
                name="download_in_turn",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(status="running"), name="download_leases"
            ),
            models.Index(
                fields=["owner", "-priority", "available_at", "id", "credential"],
                condition=Q(status="queued"),
                name="download_turn_of_owner",
            ),
            models.Index(
                fields=["host"], condition=Q(status="running"), name="download_host_running"
            ),
            models.Index(
                fields=["owner"], condition=Q(status="running"), name="download_owner_running"
            ),
            models.Index(
                fields=["-finished_at"], condition=Q(status="failed"), name="download_failed"
            ),
            models.Index(fields=["owner", "-started_at"], name="download_owner_served"),
            models.Index(fields=["owner", "-id"], name="download_owner_newest"),
            models.Index(fields=["owner", "status", "-id"], name="download_owner_status"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title or self.url}"

    @property
    def folder(self) -> str:
        """Name of its working folder, and of its published one with the run's token added."""
        return folder_of(self.pk)


def folder_of(download_id: int) -> str:
    return f"d{download_id}"


def id_of(folder: str) -> int | None:
    """The download of a working folder; None if it is somebody else's."""
    number = folder.removeprefix("d")
    return int(number) if folder.startswith("d") and number.isdecimal() else None
