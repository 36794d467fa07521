"""The doctor finds what is wrong, tells what to do, and leaves nothing of his trials behind."""

from io import StringIO

import pytest
import requests
from django.core.management import CommandError, call_command
from django.utils import timezone

from classroom_site.settings.paths import run_dir  # noqa: TID251 - where the product has it
from classroom_site.tests.product import Product, eventually
from core.models import WorkerHeartbeat
from downloads.models import Download
from downloads.services import orders, trial
from downloads.tests.build import make_download
from monitoring import programs
from monitoring.models import NodeFacts
from monitoring.services import selftest, whole_way
from monitoring.services.selftest import Trial

TODAY = timezone.now().strftime("%Y.%m.%d")


def lines(out: StringIO) -> dict[str, str]:
    """What is said of each thing, by its name."""
    said = [line for line in out.getvalue().splitlines() if ": " in line]
    return {line[9:].partition(": ")[0]: line for line in said}


@pytest.fixture
def worker(db) -> WorkerHeartbeat:
    NodeFacts.objects.create(holder="n1", ytdlp=TODAY, ffmpeg="7.1", deno="2.9.8")
    return WorkerHeartbeat.objects.create(holder="n1", node="school", pid=1, slots=10)


def test_he_names_every_part_and_what_to_do(worker, settings):
    settings.GOOGLE_CLIENT_ID = ""
    out = StringIO()
    call_command("doctor", no_downloads=True, stdout=out)
    said = lines(out)
    for name in ("configuration", "database", "tables", "queue", "workers", "storage", "live"):
        assert said[name].startswith("ok "), said[name]
    assert said["google client"].startswith("warning  google client: no GOOGLE_CLIENT_ID")
    assert said["ffmpeg"].startswith("ok ")
    assert out.getvalue().endswith("It works.\n")


def test_he_fails_when_something_is_broken(db):
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 of \d+ need care") as failed:
        call_command("doctor", no_downloads=True, stdout=out)
    assert failed.value.returncode == 1
    assert lines(out)["workers"].startswith("problem")
    assert "manage.py worker" in lines(out)["workers"]


def test_an_old_ytdlp_is_a_warning_with_the_cure(worker, monkeypatch):
    monkeypatch.setattr(programs, "active_ytdlp", lambda: "2024.12.23")
    out = StringIO()
    call_command("doctor", no_downloads=True, stdout=out)
    assert lines(out)["yt-dlp"].startswith("warning")
    assert "manage.py update_ytdlp" in lines(out)["yt-dlp"]


def test_without_a_worker_only_children_are_tried(clara, monkeypatch):
    monkeypatch.setattr(selftest, "try_downloads", lambda overlay: [Trial("a file is fetched")])
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=out)
    assert lines(out)["a file is fetched"].startswith("ok")
    assert lines(out)[whole_way.NAME] == "problem  a worker downloads a video: no worker runs"


def test_a_download_nobody_takes_is_told_and_removed(clara, worker):
    found = whole_way.try_whole_way(seconds=0.5)
    assert found.problem.startswith("it still waits: ")
    assert not Download.objects.exists()
    assert not trial._path().exists()


def test_without_staff_there_is_nobody_to_own_it(ana, worker):
    assert "make a member of staff" in whole_way.try_whole_way().problem


def test_the_permit_is_for_one_download_for_a_while(ana, tmp_path):
    own = make_download(ana, source_key="trial:abc", url="http://127.0.0.1:5/lesson.mp4")
    other = make_download(ana, source_key="trial:other")
    plain = make_download(ana)
    assert trial.network_of(own) is None
    trial.permit("trial:abc", endpoint="127.0.0.1:5", seconds=60)
    assert trial._path().stat().st_mode & 0o777 == 0o600
    allowed = {"allowed": ["127.0.0.1:5"], "proxy": "", "ca_file": ""}
    assert orders.order_of(own, tmp_path)["network"] == allowed
    for stranger in (other, plain):
        assert "127.0.0.1:5" not in orders.order_of(stranger, tmp_path)["network"]["allowed"]
    trial.permit("trial:abc", endpoint="127.0.0.1:5", seconds=-1)
    assert trial.network_of(own) is None
    trial.withdraw()
    assert trial.network_of(own) is None


def test_no_request_makes_a_key_like_that_of_a_trial(ana_client):
    body = {"url": "https://videos.example.org/trial:abc.mp4"}
    answer = ana_client.post("/api/v1/downloads", body, content_type="application/json")
    assert answer.status_code == 201
    assert not Download.objects.get().source_key.startswith(trial.KEY)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_running_product_is_well_and_stays_as_it_was(tmp_path):
    product = Product(tmp_path, METRICS_TOKEN="a token")
    product.start()
    try:
        product.manage(
            *["create_user", "--username", "clara", "--email", "clara@escola.example"],
            *["--role", "admin", "--password-stdin"],
            given="giz-e-lousa-7",
        )
        eventually(lambda: _health(product)["checks"]["programs"]["ytdlp"], within=60)
        said = product.manage("doctor")
        assert "ok       a worker downloads a video: fine" in said
        assert "problem" not in said
        assert [path for path in product.media.rglob("*") if path.is_file()] == []
        assert _health(product)["status"] == "ok"
        figures = _metrics(product)
        assert 'classroom_downloads_ended_total{source="direct",status="completed"} 1.0' in figures
        assert 'classroom_downloads{status="completed"} 0.0' in figures
        served = len(list((run_dir(product.folder / "var") / "metrics").glob("counter_*.db")))
        assert served >= 3  # web, supervisor, workers: all count into one page
    finally:
        product.close()


def _health(product: Product) -> dict:
    return _get(product, "/health").json()


def _metrics(product: Product) -> str:
    return _get(product, "/metrics").text


def _get(product: Product, path: str):
    headers = {"Authorization": "Bearer a token"}
    return requests.get(f"{product.url}{path}", headers=headers, timeout=10)
