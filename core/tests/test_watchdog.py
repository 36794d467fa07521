"""A node that takes nothing of what waits has to start anew; a busy one must be left alone."""

import pytest
from django.db import OperationalError

from core.jobs import lifecycle, node, supervision
from core.jobs.supervision import Supervision
from core.models import Status
from downloads.models import Download
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db


@pytest.fixture
def minutes(monkeypatch) -> list[float]:
    """The clock of the watchdog, moved by hand."""
    now = [1000.0]
    monkeypatch.setattr(supervision, "monotonic", lambda: now[0])
    node.start()
    return now


def take_one() -> None:
    """A worker of this node ends what it has and takes the next."""
    Download.objects.filter(status=Status.RUNNING).delete()
    assert lifecycle.claim(DOWNLOADS, holder=f"{node.name()}-worker")


def test_a_node_that_takes_nothing_of_what_waits_is_wedged(ana, minutes):
    make_download(ana)
    watchdog = Supervision()
    assert watchdog.look() == "well"
    minutes[0] += 5
    assert watchdog.look() == "well"
    minutes[0] += 6
    assert watchdog.look() == "wedged"


def test_a_node_whose_short_jobs_come_and_go_is_not(ana, minutes, monkeypatch):
    monkeypatch.setattr(lifecycle, "sweep", lambda kind: 0)
    for _ in range(10):
        make_download(ana)
    watchdog = Supervision()
    for _ in range(8):
        take_one()
        assert watchdog.look() == "well"
        minutes[0] += 5


def test_one_long_job_does_not_excuse_a_node_that_takes_no_other(ana, minutes, monkeypatch):
    monkeypatch.setattr(lifecycle, "sweep", lambda kind: 0)
    make_download(ana)
    make_download(ana)
    take_one()
    watchdog = Supervision()
    seen = []
    for _ in range(4):
        seen.append(watchdog.look())
        minutes[0] += 6
    assert seen == ["well", "well", "well", "wedged"]


def test_what_fails_in_tidying_neither_ends_the_node_nor_stops_the_rest(ana, minutes, monkeypatch):
    def fail() -> None:
        raise ValueError

    swept = []
    watchdog = Supervision()
    for kind in watchdog.kinds:
        monkeypatch.setattr(kind, "plan", fail)
        monkeypatch.setattr(kind, "sweep_files", lambda kind=kind: swept.append(kind))

    assert watchdog.look() == "well"
    assert swept == watchdog.kinds


def test_a_database_that_is_away_is_still_seen_while_tidying(minutes, monkeypatch):
    def away() -> None:
        raise OperationalError

    watchdog = Supervision()
    monkeypatch.setattr(watchdog.kinds[0], "plan", away)
    assert watchdog.look() == "blind"
