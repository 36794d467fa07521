"""Who did what to which thing, when, from where and by which means."""

from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import deed_words
from accounts.models.user import User
from accounts.roles import Power


class AppendOnlyError(Exception):
    """Somebody would change what was written down. A bug, never a person's mistake."""

    def __init__(self) -> None:
        super().__init__("Audit entries are written once, and never changed.")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Rows are written by `accounts.services.audit` and never changed; PostgreSQL sees to that."""

    def visible_to(self, user: User) -> Self:
        return self if user.may(Power.AUDIT) else self.none()

    def update(self, **_fields: Any) -> int:
        raise AppendOnlyError

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError


class AuditEntry(models.Model):
    """One deed. `actor_id` and `owner_id` are people's ids without a constraint, so that what was

    done outlives who did it; erasing an account replaces them and the names by a pseudonym.
    """

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    action = models.CharField(_("action"), max_length=60, db_index=True)
    actor_id = models.BigIntegerField(_("person's number"), null=True, db_index=True)
    actor_name = models.CharField(_("who"), max_length=80, blank=True)
    means = models.CharField(
        _("means"),
        max_length=12,
        choices=[(str(one), words) for one, words in deed_words.MEANS.items()],
    )
    means_detail = models.CharField(_("with"), max_length=100, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("program"), max_length=200, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    target_type = models.CharField(_("kind of thing"), max_length=40, blank=True)
    target_id = models.CharField(_("number of the thing"), max_length=40, blank=True)
    target_name = models.CharField(_("thing"), max_length=200, blank=True)
    owner_id = models.BigIntegerField(_("owner's number"), null=True, db_index=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        default_permissions = ()
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["address", "-id"], name="audit_address"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError
