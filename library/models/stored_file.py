"""Bytes on the media storage, each content once."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A published file. `key` is its path below the media root, never shown as such."""

    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField(_("size"))
    key = models.CharField(max_length=200, unique=True)
    content_type = models.CharField(_("type"), max_length=100)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.key
