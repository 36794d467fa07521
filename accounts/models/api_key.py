"""Keys with which integrators call the API in a user's name."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import Role, User
from accounts.roles import Power


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, user: User) -> Self:
        """One's own; staff for people see those of whom they manage too (`User.may_manage`)."""
        if not user.may(Power.PEOPLE):
            return self.filter(owner=user)
        teachers = Q(owner__role=Role.USER, owner__is_superuser=False)
        return self if user.is_superuser else self.filter(teachers | Q(owner=user))

    def usable(self) -> Self:
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            owner__is_active=True,
        )


class ApiKey(models.Model):
    """A named, scoped secret. Only its SHA-256 is kept; the key itself is shown once.

    With `tenant_ids` it sees only what belongs to these schools or customers; empty: to any.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("beginning"), max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    tenant_ids = models.JSONField(_("tenants"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
