"""Sign-ins of programs: what a chain of refresh tokens belongs to."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class ApiSessionQuerySet(models.QuerySet["ApiSession"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(owner=user)

    def usable(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), owner__is_active=True)


class ApiSession(models.Model):
    """One sign-in and the family of refresh tokens that came of it; only the newest is good.

    `auth_hash` is the person's session hash when it began: a new password ends the session.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="api_sessions",
        verbose_name=_("owner"),
    )
    auth_hash = models.CharField(max_length=128)
    refresh_id = models.CharField(max_length=32)
    previous_id = models.CharField(max_length=32, blank=True)
    rotated_at = models.DateTimeField(_("renewed"), default=timezone.now)
    created_at = models.DateTimeField(_("signed in"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)
    revoked_for = models.CharField(_("why it ended"), max_length=20, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("program"), max_length=200, blank=True)

    objects = ApiSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("API session")
        verbose_name_plural = _("API sessions")

    def __str__(self) -> str:
        return f"#{self.pk}"
