"""The figures of the page of metrics."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from core import storage
from core.models import Status
from downloads.models import Download
from library.models import StoredFile
from monitoring.models import CallTally, Tally
from monitoring.models.calls import Outcome
from monitoring.selectors import parts


@dataclass(frozen=True, slots=True)
class Figures:
    """`tallies` by figure and label (see monitoring.figures); the others as they are now."""

    downloads: dict[str, int]
    oldest_seconds: float
    nodes: int
    slots: int
    busy: int
    free_bytes: int
    library_bytes: int
    ytdlp_age_days: int | None
    google_calls: dict[str, int]
    tallies: dict[str, dict[str, float]]


def read() -> Figures:
    workers = parts.workers().facts
    return Figures(
        downloads=_downloads(),
        oldest_seconds=parts.oldest_seconds(),
        nodes=workers["nodes"],
        slots=workers["slots"],
        busy=workers["busy"],
        free_bytes=storage.free_bytes(),
        library_bytes=StoredFile.objects.aggregate(total=Sum("size_bytes"))["total"] or 0,
        ytdlp_age_days=parts.programs().facts["ytdlp_age_days"],
        google_calls=_google_calls(),
        tallies=_tallies(),
    )


def _downloads() -> dict[str, int]:
    """Every state, also the one in which there is none."""
    rows = Download.objects.order_by().values_list("status").annotate(number=Count("id"))
    return dict.fromkeys(Status.values, 0) | dict(rows)


def _google_calls() -> dict[str, int]:
    rows = CallTally.objects.values_list("outcome", "calls")
    return dict.fromkeys(Outcome.values, 0) | dict(rows)


def _tallies() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, label, value in Tally.objects.order_by("name", "label").values_list(
        "name", "label", "value"
    ):
        found.setdefault(name, {})[label] = value
    return found
