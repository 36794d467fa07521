"""One-time addresses with which an integrator lets somebody connect a Google account."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.credential import Credential
from accounts.models.user import User


class ConnectLinkQuerySet(models.QuerySet["ConnectLink"]):
    def visible_to(self, user: User) -> Self:
        if user.is_admin:
            return self
        rows = self.filter(owner=user)
        return rows if user.tenants is None else rows.filter(tenant_id__in=user.tenants)


class ConnectLink(models.Model):
    """Only the SHA-256 of its token is kept. Used once: by the return from Google."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="connect_links",
        verbose_name=_("owner"),
    )
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True)
    bundles = models.JSONField(_("permissions"), default=list)
    login_hint = models.CharField(_("suggested account"), max_length=320, blank=True)
    return_url = models.URLField(_("return address"), max_length=2000, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    credential = models.ForeignKey(
        Credential, models.SET_NULL, null=True, blank=True, verbose_name=_("Google account")
    )
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    objects = ConnectLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("connect link")
        verbose_name_plural = _("connect links")

    def __str__(self) -> str:
        return f"#{self.pk}"
