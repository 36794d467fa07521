"""One worker node: a django-q2 cluster, the fork server of its jobs, and a sweeper."""

import logging
import os
import sys
import threading
from pathlib import Path
from time import sleep
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from django_q.cluster import Cluster

from core import circumstances, processes
from core.circumstances import Means
from core.jobs import node
from core.jobs.chores import Chores
from core.jobs.forkserver import NodeForkServer
from core.jobs.supervision import Supervision
from core.serving import outbound
from core.serving.stopping import StopSignals

logger = logging.getLogger(__name__)

_ROUND_SECONDS = 0.5
_GRACE_SECONDS = 8.0


class Command(BaseCommand):
    help = "Run background jobs until told to stop (SIGTERM or Ctrl-C)."

    def handle(self, *args: Any, **options: Any) -> None:
        circumstances.set_process(Means.JOB)
        node.start()
        outbound.guard()
        processes.adopt_orphans()
        children = NodeForkServer()
        children.start()
        # From here on every forked process dies with its parent; django-q2's own would live on
        # and go on taking jobs.
        processes.bind_forks()
        cluster = Cluster()
        stopping = StopSignals()  # in place of the cluster's own handlers
        connections.close_all()
        cluster.start()
        supervision = Supervision()
        problem = _watch_safely(cluster, children, supervision, stopping)
        _stop(cluster, children)
        supervision.leave()
        if problem:
            logger.error(problem)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(3 if problem else 0)  # past multiprocessing's wait for processes that are gone


def _watch_safely(
    cluster: Any, children: NodeForkServer, supervision: Supervision, stopping: StopSignals
) -> str:
    """A node that nobody looks after must not go on: whatever went wrong ends it."""
    try:
        return _watch(cluster, children, supervision, stopping)
    except Exception:
        logger.exception("The node's supervision failed")
        return "This node has to start anew."


def _watch(
    cluster: Any, children: NodeForkServer, supervision: Supervision, stopping: StopSignals
) -> str:
    """Look after the node until it is told to stop, or is beyond repair: then say why."""
    chores = Chores()
    while not stopping:
        sleep(_ROUND_SECONDS)
        _sign_of_life()
        if not cluster.sentinel.is_alive():
            return "The queue's sentinel died; this node has to start anew."
        children.look_after()
        processes.reap_orphans(except_for=[cluster.sentinel.pid, children.pid])
        seen = supervision.look()
        if seen == "wedged":
            return "Jobs wait, but no worker takes them; this node has to start anew."
        if seen != "blind":
            chores.do_due()
    return ""


def _sign_of_life() -> None:
    """For the health check of a container (deploy/healthcheck.py), which asks no database."""
    (Path(settings.RUN_DIR) / "worker-alive").touch()


def _stop(cluster: Any, children: NodeForkServer) -> None:
    """Let the workers hand their jobs back, then end whatever is left of the tree."""
    node.ask_to_stop()
    ending = threading.Thread(target=cluster.stop, daemon=True)
    ending.start()
    ending.join(_GRACE_SECONDS)
    children.stop()
    processes.kill_descendants()
