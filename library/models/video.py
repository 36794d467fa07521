"""What a teacher has in the library: videos, with their subtitles."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from library.models.stored_file import StoredFile


class Source(models.TextChoices):
    """Where a video comes from, as `core.links` tells it."""

    YOUTUBE = "youtube", "YouTube"
    DRIVE = "drive", "Google Drive"
    DIRECT = "direct", _("Direct link")
    WEB = "web", _("Web page")


class VideoQuerySet(models.QuerySet["Video"]):
    def visible_to(self, user: User) -> Self:
        """A key bound to tenants sees what came with one of their accounts."""
        if user.is_admin:
            return self
        rows = self.filter(owner=user)
        if user.tenants is None:
            return rows
        came = self.model._default_manager.filter(  # noqa: SLF001
            owner=user, downloads__credential__tenant_id__in=user.tenants
        )
        return rows.filter(pk__in=came.values("pk"))


class Video(models.Model):
    """One owner's video. Two owners of the same content share the StoredFile, nothing else."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="videos", verbose_name=_("owner")
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="videos", verbose_name=_("file")
    )
    title = models.CharField(_("title"), max_length=500)
    search_text = models.TextField(editable=False, blank=True)
    description = models.TextField(_("description"), blank=True)
    uploader = models.CharField(_("uploader"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=20)
    source_url = models.URLField(_("address"), max_length=2000, blank=True)
    source_key = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    duration_seconds = models.FloatField(_("duration"), null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    video_codec = models.CharField(max_length=40, blank=True)
    audio_codec = models.CharField(max_length=40, blank=True)
    container = models.CharField(_("format"), max_length=10)
    chapters = models.JSONField(_("chapters"), default=list, blank=True)
    thumbnail_key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    watched_at = models.DateTimeField(_("last watched"), null=True, blank=True)
    expires_at = models.DateTimeField(
        _("temporary until"), null=True, blank=True, help_text=_("Removed then. Empty: for good.")
    )
    pinned = models.BooleanField(
        _("always keep"), default=False, help_text=_("No rule removes this video.")
    )
    removal_at = models.DateTimeField(
        _("goes on"), null=True, blank=True, help_text=_("A rule removes it; its owner knows.")
    )

    objects = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="video_owner_newest"),
            models.Index(fields=["owner", "source_key"], name="video_owner_source"),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="video_temporary",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Subtitle(models.Model):
    """One WebVTT file beside a video."""

    video = models.ForeignKey(Video, models.CASCADE, related_name="subtitles")
    language = models.CharField(_("language"), max_length=20)
    label = models.CharField(max_length=60)
    automatic = models.BooleanField(_("automatic"), default=False)
    key = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("subtitle")
        verbose_name_plural = _("subtitles")
        constraints = [
            models.UniqueConstraint(fields=["video", "language"], name="subtitle_language_once")
        ]

    def __str__(self) -> str:
        return f"{self.video_id} {self.language}"
