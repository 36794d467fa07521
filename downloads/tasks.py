"""What django-q2 runs."""

from downloads.services import running


def run_downloads() -> None:
    running.drain()
