"""The only door to django-q2."""

from functools import partial

from django.db import transaction
from django_q.tasks import async_task

WORK = "core.tasks.work"


def wake_workers() -> None:
    """Let a worker look for jobs once the current transaction has committed.

    The message is only a wake-up: what there is to do stands in the jobs' own rows, so a message
    that is lost, late or doubled changes nothing (see core.jobs).
    """
    transaction.on_commit(partial(async_task, WORK))
