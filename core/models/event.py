"""The outbox: every change of state, in the order in which it was committed."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One change others may want to hear of.

    Ids grow in commit order (see core.events), so a reader who remembers the last id it has seen
    misses nothing. `owner_id` is the user whose thing changed; null concerns everybody.
    """

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(_("about"), max_length=60)
    type = models.CharField(_("kind"), max_length=40)
    owner_id = models.BigIntegerField(_("owner"), null=True)
    data = models.JSONField(_("content"), default=dict)
    created_at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["owner_id", "id"], name="event_owner")]

    def __str__(self) -> str:
        return f"{self.id} {self.topic} {self.type}"
