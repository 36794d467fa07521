"""Which workers are alive, as they say themselves."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WorkerHeartbeat(models.Model):
    """One worker process; the row goes when it ends or has been silent for long."""

    holder = models.CharField(_("name"), primary_key=True, max_length=36)
    node = models.CharField(_("machine"), max_length=100)
    pid = models.PositiveIntegerField(_("process"))
    slots = models.PositiveSmallIntegerField(_("places"))
    busy = models.PositiveSmallIntegerField(_("busy places"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("worker node")
        verbose_name_plural = _("worker nodes")

    def __str__(self) -> str:
        return f"{self.node}/{self.pid}"
