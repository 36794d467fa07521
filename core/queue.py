"""The only door to django-q2. Tasks are named, never imported, so services stay below them."""

from functools import partial

from django.db import transaction
from django_q.tasks import async_task


def enqueue(task: str) -> None:
    """Wake a worker for `task` (a dotted path) once the current transaction has committed.

    The message is only a wake-up: what there is to do stands in the job's own row, so a message
    that is lost, late or doubled changes nothing (see core.jobs).
    """
    transaction.on_commit(partial(async_task, task))
