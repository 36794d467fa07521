"""Accounts that are being erased."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.roles import Power
from core.models import Job, JobQuerySet
from core.models.job import job_constraints


class ErasureQuerySet(JobQuerySet["Erasure"]):
    def visible_to(self, user: User) -> Self:
        return self if user.may(Power.PEOPLE) else self.none()


class Erasure(Job):
    """Takes everything of one person away, and then the person. What is left is a pseudonym.

    The account is closed the moment this is asked for; `person` is empty when it is done.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="erasure",
        verbose_name=_("person"),
    )
    pseudonym = models.CharField(_("pseudonym"), max_length=40, unique=True)
    asked_by_themselves = models.BooleanField(_("asked for by themselves"), default=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erased account")
        verbose_name_plural = _("erased accounts")
        default_permissions = ()
        constraints = job_constraints("erasure")

    def __str__(self) -> str:
        return self.pseudonym
