"""A look at an address: which videos are behind it, before any of them is fetched."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import ACTIVE, Job, JobQuerySet
from core.models.job import job_constraints
from downloads.models.subscription import Subscription


class ListingQuerySet(JobQuerySet["Listing"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_admin else self.filter(owner=user)


class Listing(Job):
    """One reading of a playlist, a channel or a single video's page; a check of a subscription.

    `entries`: [{url, source, source_key, title, channel, channel_id, duration_seconds,
    published_at, available}], newest first for channels; a single video is one entry. Of more
    than `most` entries only the first are read, and `total` says how many there are (or None).
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    subscription = models.ForeignKey(
        Subscription,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="checks",
        verbose_name=_("subscription"),
    )
    url = models.URLField(_("address"), max_length=2000, blank=True)
    source = models.CharField(_("source"), max_length=20, blank=True)
    most = models.PositiveIntegerField(_("at most"), default=500)
    is_playlist = models.BooleanField(_("several videos"), default=False)
    title = models.CharField(_("title"), max_length=500, blank=True)
    channel = models.CharField(_("channel"), max_length=200, blank=True)
    total = models.PositiveIntegerField(_("videos"), null=True, blank=True)
    entries = models.JSONField(_("found"), default=list, blank=True)
    found_new = models.PositiveIntegerField(_("new"), default=0)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at a source")
        verbose_name_plural = _("looks at sources")
        constraints = [
            *job_constraints("listing"),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(status__in=ACTIVE, subscription__isnull=False),
                name="listing_check_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "available_at", "id"],
                condition=Q(status="queued"),
                name="listing_in_turn",
            ),
            models.Index(fields=["owner", "-id"], name="listing_newest"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title or self.url}"
