"""How much may be fetched, by whom and when: what staff turn, and what a host asks for."""

from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DownloadPolicy(models.Model):
    """The one row of limits for the whole installation. Empty: the setting of the environment.

    Read through `downloads.services.limits`, which adds the settings.
    """

    paused = models.BooleanField(
        _("paused"), default=False, help_text=_("Nothing new is begun; what runs goes on.")
    )
    max_running = models.PositiveIntegerField(
        _("at once"), null=True, blank=True, help_text=_("Downloads of all people together.")
    )
    max_running_per_user = models.PositiveIntegerField(
        _("at once for one person"), null=True, blank=True
    )
    max_running_per_host = models.PositiveIntegerField(
        _("at once from one site"), null=True, blank=True
    )
    hours_from = models.TimeField(
        _("from"), null=True, blank=True, help_text=_("Begin downloads only from this time on.")
    )
    hours_until = models.TimeField(
        _("until"), null=True, blank=True, help_text=_("Earlier than “from” means: over midnight.")
    )
    bandwidth_bytes_per_second = models.BigIntegerField(
        _("bandwidth"),
        null=True,
        blank=True,
        validators=[MinValueValidator(10_000)],
        help_text=_("Bytes a second of one machine, shared by all its downloads."),
    )
    max_bytes = models.BigIntegerField(
        _("largest file"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_duration_seconds = models.PositiveIntegerField(
        _("longest video"), null=True, blank=True, help_text=_("In seconds.")
    )
    allowed_extensions = models.CharField(
        _("allowed file types"),
        max_length=200,
        blank=True,
        help_text=_("Such as mp4, webm. Empty: all kinds of film and sound."),
    )
    quota_bytes = models.BigIntegerField(
        _("space for one person"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    min_free_bytes = models.BigIntegerField(
        _("space left free"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("limits")
        verbose_name_plural = _("limits")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="policy_is_one"),
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_until__isnull=True)
                | Q(hours_from__isnull=False, hours_until__isnull=False),
                name="policy_hours_both",
                violation_error_message=_("Give both times, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("limits"))


class UserLimits(models.Model):
    """What differs for one person. Empty: as for everybody."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="limits",
        verbose_name=_("person"),
    )
    paused = models.BooleanField(
        _("paused"), default=False, help_text=_("Nothing of this person's is begun.")
    )
    max_running = models.PositiveIntegerField(_("at once"), null=True, blank=True)
    quota_bytes = models.BigIntegerField(
        _("space"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("limits of a person")
        verbose_name_plural = _("limits of people")

    def __str__(self) -> str:
        return str(self.owner)


class HostPauseQuerySet(models.QuerySet["HostPause"]):
    def in_force(self) -> Self:
        return self.filter(until__gt=timezone.now())


class HostPause(models.Model):
    """A site that asked for a pause, or takes us for a robot: nothing is begun there until then.

    `strikes` counts pauses in a row, each longer than the one before; a success ends the row.
    """

    host = models.CharField(_("site"), max_length=120, primary_key=True)
    reason = models.CharField(_("reason"), max_length=40)
    detail = models.TextField(_("what the site said"), blank=True)
    strikes = models.PositiveSmallIntegerField(_("times in a row"), default=1)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"))

    objects = HostPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause of a site")
        verbose_name_plural = _("pauses of sites")

    def __str__(self) -> str:
        return self.host
