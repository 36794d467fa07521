"""Reads of cleanings and of the rules by which videos go: for staff alone."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Power
from core.errors import Forbidden, NotFound
from downloads.models import CleaningRun


def list_cleanings(*, user: User, task: str = "") -> QuerySet[CleaningRun]:
    """Newest first, without their reports.

    :raises Forbidden: what is cleaned concerns everybody's things
    """
    if not user.may(Power.SETTINGS):
        raise Forbidden
    found = CleaningRun.objects.visible_to(user).select_related("requested_by").defer("report")
    return found.filter(**{"task": task} if task else {}).order_by("-id")


def get_cleaning(*, user: User, cleaning_id: int) -> CleaningRun:
    """With its report.

    :raises NotFound: there is none, or not for this person
    """
    found = CleaningRun.objects.visible_to(user).select_related("requested_by")
    run = found.filter(id=cleaning_id).first()
    if run is None:
        raise NotFound
    return run
