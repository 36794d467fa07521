"""The history of a download, one row a move."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Status
from downloads.models.download import Download


class Transition(models.Model):
    """Append-only. `actor`: user:<id>, worker (with :<holder> at a claim) or sweeper."""

    download = models.ForeignKey(Download, models.CASCADE, related_name="transitions")
    source = models.CharField(_("from"), max_length=12, choices=Status, blank=True)
    target = models.CharField(_("to"), max_length=12, choices=Status)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(_("by"), max_length=60)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")

    def __str__(self) -> str:
        return f"#{self.download_id} {self.source} → {self.target}"
