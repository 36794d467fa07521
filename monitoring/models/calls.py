"""How the last calls to somebody else's servers went."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    OK = "ok", _("Answered")
    REFUSED = "refused", _("Refused")
    RATE_LIMITED = "rate_limited", _("Too many calls")
    UPSTREAM = "upstream", _("Failed there")
    UNREACHABLE = "unreachable", _("No answer")


class CallTally(models.Model):
    """Calls to Google that ended alike, by all processes of all machines."""

    outcome = models.CharField(_("outcome"), primary_key=True, max_length=20, choices=Outcome)
    calls = models.BigIntegerField(_("calls"), default=0)
    last_at = models.DateTimeField(_("last"), default=timezone.now)

    class Meta:
        verbose_name = _("calls to Google")
        verbose_name_plural = _("calls to Google")

    def __str__(self) -> str:
        return f"{self.outcome} {self.calls}"
