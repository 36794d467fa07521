"""The parts of the installation that the database knows of, each with its state and facts."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from core.database import database_now
from core.models import Status, WorkerHeartbeat
from core.shapes import moment_or_none
from downloads.models import Download
from monitoring import programs as machine
from monitoring.models import CallTally, NodeFacts
from monitoring.models.calls import Outcome

SILENT = timedelta(seconds=15)  # a node says every five that it lives
_LAPSED = timedelta(minutes=5)
_RECENT = timedelta(hours=1)
_ANSWERED = frozenset({Outcome.OK, Outcome.REFUSED, Outcome.RATE_LIMITED})


class State(StrEnum):
    """From well to ill."""

    OK = "ok"
    DEGRADED = "degraded"  # something works less well, or will stop working
    DOWN = "down"  # nothing can be downloaded


@dataclass(frozen=True, slots=True)
class Part:
    """`message` says what to do when something is wrong; `facts` are plain JSON."""

    name: str
    status: State
    message: StrOrPromise = ""
    facts: dict[str, Any] = field(default_factory=dict)


def queue() -> Part:
    """How much waits, and for how long what waits longest could have been started."""
    running = Download.objects.filter(status=Status.RUNNING)
    counted = {
        "waiting": Download.objects.filter(status=Status.QUEUED).count(),
        "running": running.count(),
        "lapsed": running.filter(lease_until__lt=database_now() - _LAPSED).count(),
    }
    facts = {**counted, "oldest_seconds": oldest_seconds()}
    if counted["lapsed"]:
        text = _("Jobs of a worker that is gone are not handed back. Restart the workers.")
        return Part("queue", State.DEGRADED, text, facts)
    return Part("queue", State.OK, facts=facts)


def oldest_seconds() -> float:
    """How long the download has waited that could be started first; 0 when none could."""
    due = Download.objects.due().order_by()
    oldest = due.aggregate(oldest=Min("available_at"))["oldest"]
    return max(0.0, round((timezone.now() - oldest).total_seconds(), 1)) if oldest else 0.0


def alive() -> Any:
    """The worker nodes that were heard of just now."""
    return WorkerHeartbeat.objects.filter(seen_at__gte=database_now() - SILENT)


def workers() -> Part:
    found = alive().aggregate(nodes=Count("holder"), slots=Sum("slots"), busy=Sum("busy"))
    facts = {name: number or 0 for name, number in found.items()}
    if not facts["nodes"]:
        text = _("No worker runs, so nothing is downloaded. Start one: manage.py worker.")
        return Part("workers", State.DOWN, text, facts)
    return Part("workers", State.OK, facts=facts)


def google() -> Part:
    """As the last calls went; nobody is asked for this."""
    calls = {tally.outcome: tally for tally in CallTally.objects.all()}
    answered = [tally.last_at for code, tally in calls.items() if code in _ANSWERED]
    failed = [tally.last_at for code, tally in calls.items() if code not in _ANSWERED]
    last_answer, last_failure = max(answered, default=None), max(failed, default=None)
    facts = {
        "configured": bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET),
        "calls": {code: calls[code].calls if code in calls else 0 for code in Outcome.values},
        "last_answer_at": moment_or_none(last_answer),
        "last_failure_at": moment_or_none(last_failure),
    }
    ill = last_failure and (last_answer is None or last_failure > last_answer)
    if ill and last_failure and timezone.now() - last_failure < _RECENT:
        text = _("The last call to Google was not answered. It is tried again by itself.")
        return Part("google", State.DEGRADED, text, facts)
    return Part("google", State.OK, facts=facts)


def programs() -> Part:
    """What the nodes say they have; the oldest yt-dlp and whatever one of them lacks."""
    told = list(NodeFacts.objects.filter(holder__in=alive().values("holder")))
    ages = [age for facts in told if (age := machine.age_days(facts.ytdlp)) is not None]
    age = max(ages, default=None)
    facts = {
        "ytdlp": sorted({node.ytdlp for node in told}),
        "ytdlp_age_days": age,
        "ffmpeg": sorted({node.ffmpeg for node in told}),
        "deno": sorted({node.deno for node in told}),
    }
    if any(not node.ffmpeg for node in told):
        text = _("A worker has no ffmpeg that runs. Install ffmpeg there.")
        return Part("programs", State.DEGRADED, text, facts)
    if any(not node.deno for node in told):
        text = _("A worker has no deno, without which YouTube does not work. Install it there.")
        return Part("programs", State.DEGRADED, text, facts)
    if age is not None and age > machine.OLD_DAYS:
        text = _("yt-dlp is older than %(days)s days. Run manage.py update_ytdlp.")
        return Part("programs", State.DEGRADED, text % {"days": machine.OLD_DAYS}, facts)
    return Part("programs", State.OK, facts=facts)
