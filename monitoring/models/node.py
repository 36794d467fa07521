"""What a worker node says of itself beyond that it lives."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NodeFacts(models.Model):
    """Programs of one node; `holder` is that of its heartbeat (core.models.WorkerHeartbeat)."""

    holder = models.CharField(_("name"), primary_key=True, max_length=36)
    ytdlp = models.CharField("yt-dlp", max_length=40, blank=True)
    ffmpeg = models.CharField("ffmpeg", max_length=80, blank=True)
    deno = models.CharField("deno", max_length=40, blank=True)
    told_at = models.DateTimeField(_("told"), default=timezone.now)

    class Meta:
        verbose_name = _("programs of a node")
        verbose_name_plural = _("programs of the nodes")

    def __str__(self) -> str:
        return f"{self.holder}: yt-dlp {self.ytdlp}, ffmpeg {self.ffmpeg}"
