"""A Google account that a person has connected."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.google import scopes
from accounts.models.user import User
from core.crypto import EncryptedJSONField


class CredentialStatus(models.TextChoices):
    """Only `active` is used; with `needs_consent` everything waits for its owner to reconnect."""

    ACTIVE = "active", _("Connected")
    NEEDS_CONSENT = "needs_consent", _("Reconnect")
    BLOCKED = "blocked_by_admin", _("Blocked by the school")
    REVOKED = "revoked", _("Disconnected")


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_admin else self.own(user)

    def own(self, user: User) -> Self:
        """Of a key bound to tenants those of these alone."""
        rows = self.filter(owner=user)
        return rows if user.tenants is None else rows.filter(tenant_id__in=user.tenants)

    def connected(self) -> Self:
        """All but those a person has disconnected; only staff see that these ever were."""
        return self.exclude(status=CredentialStatus.REVOKED)

    def usable(self) -> Self:
        return self.filter(status=CredentialStatus.ACTIVE, enabled=True)


class Credential(models.Model):
    """`secrets`: {"credential": public_id, "access_token", "refresh_token"}; the first binds the

    ciphertext to its row. Tokens are read and written in `accounts.services.tokens` alone.
    `refreshing_until` is held by whoever asks Google for a new access token; the others wait.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="credentials",
        verbose_name=_("owner"),
    )
    tenant_id = models.CharField(_("tenant"), max_length=255, blank=True)
    google_sub = models.CharField(_("Google id"), max_length=64)
    email = models.EmailField(_("e-mail"), max_length=320)
    name = models.CharField(_("name"), max_length=200, blank=True)
    hosted_domain = models.CharField(_("domain"), max_length=255, blank=True)
    client_id = models.CharField(max_length=255, blank=True)
    secrets = EncryptedJSONField(null=True)
    granted_scopes = models.JSONField(_("granted scopes"), default=list)
    expires_at = models.DateTimeField(_("token expires"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=CredentialStatus, default=CredentialStatus.ACTIVE
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    last_error = models.CharField(_("last error"), max_length=255, blank=True)
    refreshing_until = models.DateTimeField(null=True, blank=True)
    refresh_after = models.DateTimeField(null=True, blank=True)
    last_refreshed_at = models.DateTimeField(_("token renewed"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    connected_at = models.DateTimeField(_("connected"), default=timezone.now)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("Google account")
        verbose_name_plural = _("Google accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "tenant_id", "google_sub"], name="credential_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=CredentialStatus.values), name="credential_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_active(self) -> bool:
        return self.enabled and self.status == CredentialStatus.ACTIVE

    @property
    def capabilities(self) -> list[scopes.Capability]:
        return scopes.capabilities(self.granted_scopes)

    @property
    def missing(self) -> list[scopes.Capability]:
        return scopes.missing(self.granted_scopes)

    def may(self, capability: scopes.Capability) -> bool:
        return capability in self.capabilities
