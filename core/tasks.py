"""What django-q2 runs."""

from core.jobs import work as jobs


def work() -> None:
    jobs.drain()
