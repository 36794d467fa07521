"""What the database knows, in Prometheus' terms: the same whichever machine is asked."""

from collections.abc import Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from monitoring.figures import BUCKETS, Figure
from monitoring.selectors.figures import Figures


class DatabaseCollector(Collector):
    """None: the database is away, which is a figure too."""

    def __init__(self, figures: Figures | None) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("classroom_database_up", "1 while the database answers.")
        up.add_metric([], 1 if self._figures else 0)
        yield up
        if self._figures:
            yield from _gauges(self._figures)
            yield from _counters(self._figures)
            yield _durations(self._figures)


def _gauges(figures: Figures) -> Iterator[Metric]:
    downloads = GaugeMetricFamily(
        "classroom_downloads", "Downloads there are now, by status.", labels=["status"]
    )
    for status, number in figures.downloads.items():
        downloads.add_metric([status], number)
    yield downloads
    for name, text, value in (
        ("queue_length", "Downloads that wait.", figures.downloads["queued"]),
        ("queue_oldest_seconds", "Wait of the first that could start.", figures.oldest_seconds),
        ("workers", "Worker nodes heard of in the last 15 s.", figures.nodes),
        ("worker_slots", "Downloads these can run at once.", figures.slots),
        ("worker_slots_busy", "Downloads these run now.", figures.busy),
        ("storage_free_bytes", "Free space of the media folder.", figures.free_bytes),
        ("library_bytes", "Size of all stored files.", figures.library_bytes),
    ):
        yield GaugeMetricFamily(f"classroom_{name}", text, value=value)
    if figures.ytdlp_age_days is not None:
        text = "Age of the oldest yt-dlp in use."
        yield GaugeMetricFamily("classroom_ytdlp_age_days", text, value=figures.ytdlp_age_days)


def _counters(figures: Figures) -> Iterator[Metric]:
    for name, text, labels, figure in (
        ("downloads_ended", "Downloads that ended.", ["status", "source"], Figure.ENDED),
        ("download_failures", "Downloads that failed, by error code.", ["code"], Figure.FAILED),
        ("download_bytes", "Bytes of completed downloads.", ["source"], Figure.BYTES),
    ):
        family = CounterMetricFamily(f"classroom_{name}", text, labels=labels)
        for label, value in figures.tallies.get(figure, {}).items():
            family.add_metric(label.split("|"), value)
        yield family
    calls = CounterMetricFamily(
        "classroom_google_calls", "Calls to Google, by outcome.", labels=["outcome"]
    )
    for outcome, number in figures.google_calls.items():
        calls.add_metric([outcome], number)
    yield calls


def _durations(figures: Figures) -> Metric:
    """Prometheus wants in each bucket what the smaller ones hold, too."""
    counted = figures.tallies.get(Figure.DURATION, {})
    buckets, total = [], 0.0
    for bound in [f"{bucket:g}" for bucket in BUCKETS] + ["+Inf"]:
        total += counted.get(bound, 0)
        buckets.append((bound, total))
    family = HistogramMetricFamily(
        "classroom_download_duration_seconds", "From the first start to the end, if completed."
    )
    family.add_metric([], buckets, figures.tallies.get(Figure.DURATION_SUM, {}).get("", 0))
    return family
