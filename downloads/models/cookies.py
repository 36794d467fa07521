"""Cookies with which a person may see more on a site than everybody."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.crypto import EncryptedJSONField


class CookieJarQuerySet(models.QuerySet["CookieJar"]):
    def visible_to(self, user: User) -> Self:
        """Staff see that they are there; what is in them nobody sees."""
        return self if user.is_admin else self.filter(owner=user)


class CookieJar(models.Model):
    """The cookies of one person for one site, as a browser exports them.

    `secrets`: {"owner": id, "site": site, "cookies": [{name, value, domain, path, secure,
    expires}]}; the first two bind the ciphertext to its row.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="cookie_jars",
        verbose_name=_("owner"),
    )
    site = models.CharField(_("site"), max_length=120)
    secrets = EncryptedJSONField()
    number = models.PositiveIntegerField(_("cookies"), default=0)
    enabled = models.BooleanField(_("used"), default=True)
    expires_at = models.DateTimeField(_("expire"), null=True, blank=True)
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    refused_at = models.DateTimeField(
        _("refused"),
        null=True,
        blank=True,
        help_text=_("When the site last wanted a new sign-in."),
    )

    objects = CookieJarQuerySet.as_manager()

    class Meta:
        verbose_name = _("cookies of a site")
        verbose_name_plural = _("cookies of sites")
        constraints = [models.UniqueConstraint(fields=["owner", "site"], name="cookies_once")]

    def __str__(self) -> str:
        return f"{self.owner} · {self.site}"
