"""How a video is wanted: choices, and the sets of them that staff keep ready."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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


class Wishes(models.Model):
    """What downloads, subscriptions and presets have in common."""

    quality = models.CharField(_("quality"), max_length=8, choices=Quality, default=Quality.BEST)
    format = models.CharField(_("format"), max_length=8, choices=Format, default=Format.AUTO)
    audio_only = models.BooleanField(_("audio only"), default=False)
    subtitles = models.BooleanField(_("subtitles"), default=True)

    class Meta:
        abstract = True


class Preset(Wishes):
    """A named set of wishes, offered wherever something is downloaded."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    enabled = models.BooleanField(_("offered"), default=True)
    is_default = models.BooleanField(
        _("chosen at first"), default=False, help_text=_("Only one preset can be chosen at first.")
    )

    class Meta:
        verbose_name = _("preset")
        verbose_name_plural = _("presets")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="preset_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name
