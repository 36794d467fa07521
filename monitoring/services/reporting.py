"""What a worker node tells of its programs, so that every machine's are seen in one place."""

from datetime import timedelta

from core.database import database_now
from core.jobs import node
from core.models import WorkerHeartbeat
from monitoring import programs
from monitoring.models import NodeFacts

_AGAIN = timedelta(minutes=5)


def report_node() -> None:
    """Tell what has changed, or nothing; forget the nodes that are gone."""
    found = programs.here()
    facts = {"ytdlp": found.ytdlp, "ffmpeg": found.ffmpeg, "deno": found.deno}
    told = NodeFacts.objects.filter(holder=node.name())
    if not told.filter(**facts, told_at__gt=database_now() - _AGAIN).exists():
        NodeFacts.objects.update_or_create(
            holder=node.name(), defaults={**facts, "told_at": database_now()}
        )
    alive = WorkerHeartbeat.objects.values("holder")
    NodeFacts.objects.exclude(holder__in=alive).exclude(holder=node.name()).delete()
