"""One video on its way from a link into the library."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import ACTIVE, Job, JobQuerySet
from core.models.job import job_constraints
from library.models import Video


class Quality(models.TextChoices):
    """At most this height; `best` has no limit."""

    BEST = "best", _("Best")
    P2160 = "2160p", "2160p"
    P1440 = "1440p", "1440p"
    P1080 = "1080p", "1080p"
    P720 = "720p", "720p"
    P480 = "480p", "480p"
    P360 = "360p", "360p"
    WORST = "worst", _("Smallest")


class Format(models.TextChoices):
    """`auto`: mp4 where that needs no re-encoding (audio: m4a)."""

    AUTO = "auto", _("Automatic")
    MP4 = "mp4", "MP4"
    WEBM = "webm", "WebM"
    MKV = "mkv", "MKV"
    M4A = "m4a", "M4A"
    MP3 = "mp3", "MP3"
    OPUS = "opus", "Opus"


class Source(models.TextChoices):
    YOUTUBE = "youtube", "YouTube"
    DRIVE = "drive", "Google Drive"
    DIRECT = "direct", _("Direct link")
    WEB = "web", _("Web page")


class DownloadQuerySet(JobQuerySet["Download"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_admin else self.filter(owner=user)


class Download(Job):
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
    linked = models.BooleanField(
        _("already held"), default=False, help_text=_("Nothing was fetched: the library had it.")
    )
    url = models.URLField(_("address"), max_length=2000)
    source = models.CharField(_("source"), max_length=20, choices=Source)
    source_key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    title = models.CharField(_("title"), max_length=500, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    quality = models.CharField(_("quality"), max_length=8, choices=Quality, default=Quality.BEST)
    format = models.CharField(_("format"), max_length=8, choices=Format, default=Format.AUTO)
    audio_only = models.BooleanField(_("audio only"), default=False)
    subtitles = models.BooleanField(_("subtitles"), default=True)
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
