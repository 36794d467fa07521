"""Serves pages, API and sockets. `manage.py serve` starts it beside the workers."""

import gc
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from core import live
from core.serving import metric_files, outbound


class Command(BaseCommand):
    help = "Serves pages, API and sockets until it is told to stop."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        from core.server import CannotListenError, WebServer  # takes over the process's event loop

        outbound.guard()
        metric_files.forget_dead()
        application = import_string(settings.ASGI_APPLICATION)
        import_module(settings.ROOT_URLCONF)  # now, not with the first visitor
        _settle_memory()
        try:
            WebServer(application, host, port).run()
        except CannotListenError as problem:
            reason = problem.socketError.strerror or problem.socketError
            raise CommandError(f"Cannot listen on {host}:{port}: {reason}", returncode=2) from None
        live.SENDER.flush()


def _settle_memory() -> None:
    """What is loaded stays: spare the garbage collector looking at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
