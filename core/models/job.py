"""What all background jobs share: the row is the truth, its lease says who works on it."""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.database import database_now


class Status(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVE = (Status.QUEUED, Status.RUNNING)
ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

AnyJob = TypeVar("AnyJob", bound="Job")


class JobQuerySet(models.QuerySet[AnyJob]):
    """Times are compared by the database's clock wherever it has one of its own."""

    def active(self) -> Self:
        return self.filter(status__in=ACTIVE)

    def due(self) -> Self:
        """Queued, and not to wait any longer. Of this table alone: the claim is made with it."""
        return self.filter(status=Status.QUEUED, available_at__lte=database_now())

    def claimable(self) -> Self:
        """Due, and nothing else is in the way; a kind may look into other tables for that."""
        return self.due()

    def in_turn(self) -> Self:
        """The order in which queued jobs are taken."""
        return self.order_by("-priority", "available_at", "id")

    def next_ids(self, limit: int) -> list[int]:
        """The jobs to be taken next, first come first served unless a kind knows better."""
        return list(self.in_turn().values_list("id", flat=True)[:limit])

    def lapsed(self) -> Self:
        """Running jobs whose worker has not been heard of for longer than a lease."""
        return self.filter(status=Status.RUNNING, lease_until__lt=database_now())

    def held(self, lease: Any) -> Self:
        """The job of this lease, as long as nobody cancelled it or took it over."""
        return self.filter(id=lease.job_id, status=Status.RUNNING, token=lease.token)


class Job(models.Model):
    """A claim writes token, holder, lease and run in one conditional UPDATE before any work.

    Every later write of the worker is conditional on the token (the fence): 0 rows mean that the
    job was cancelled or taken over, and the worker stops. `attempt` counts the job's own
    failures, `handed_back` the times a worker was lost with it.
    """

    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.QUEUED)
    stage = models.CharField(_("stage"), max_length=12, blank=True)
    wait_reason = models.CharField(_("waits for"), max_length=40, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=0)
    run = models.PositiveIntegerField(_("runs"), default=0)
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    handed_back = models.PositiveSmallIntegerField(_("handed back"), default=0)
    token = models.CharField(max_length=32, blank=True)
    holder = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    available_at = models.DateTimeField(_("not before"), default=timezone.now)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_detail = models.TextField(_("what the source said"), blank=True)

    class Meta:
        abstract = True

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE


def job_constraints(app_model: str) -> list[models.BaseConstraint]:
    """What the database itself guards for a concrete job table."""
    return [
        models.CheckConstraint(
            condition=~Q(status=Status.RUNNING)
            | (~Q(token="") & ~Q(holder="") & Q(lease_until__isnull=False)),
            name=f"{app_model}_running_is_leased",
        ),
        models.CheckConstraint(
            condition=Q(status__in=Status.values), name=f"{app_model}_status_known"
        ),
        models.CheckConstraint(
            condition=~Q(status__in=ENDED) | Q(finished_at__isnull=False),
            name=f"{app_model}_ended_has_time",
        ),
    ]
