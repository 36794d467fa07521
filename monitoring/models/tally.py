"""Figures that only grow, whatever becomes of the rows they were counted from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """One figure: `name` says what is counted, `label` of which kind (see services.folding)."""

    name = models.CharField(_("figure"), max_length=40)
    label = models.CharField(_("of"), max_length=80, blank=True)
    value = models.FloatField(_("value"), default=0)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [models.UniqueConstraint(fields=["name", "label"], name="tally_unique")]

    def __str__(self) -> str:
        return f"{self.name}{{{self.label}}} {self.value:g}"


class Mark(models.Model):
    """Up to which event a reader has come. Locked while it reads, so that nothing counts twice."""

    reader = models.CharField(primary_key=True, max_length=40)
    event_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} {self.event_id}"
