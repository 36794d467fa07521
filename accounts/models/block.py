"""Addresses that get nothing for a while."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AddressBlockQuerySet(models.QuerySet["AddressBlock"]):
    def in_force(self) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()), lifted_at=None)


class AddressBlock(models.Model):
    """One that came by itself stops strangers only: who is signed in behind the same address goes

    on. One that staff made stops everybody there but staff.
    """

    network = models.CharField(
        _("address"),
        max_length=43,
        help_text=_("An address, or a network such as 203.0.113.0/24."),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    is_automatic = models.BooleanField(_("automatic"), default=False, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: until it is lifted.")
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    objects = AddressBlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocked address")
        verbose_name_plural = _("blocked addresses")
        indexes = [models.Index(fields=["lifted_at", "until"], name="block_in_force")]

    def __str__(self) -> str:
        return self.network
