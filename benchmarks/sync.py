"""A course of 1,000 coursework: the first synchronisation, a complete one, and an incremental one.

The baseline is Google's own client library that reads the same lists, in the same run, and keeps
nothing. Google is the sandbox, in the same process.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "classroom_site.settings")

ROUNDS = 3
NUMBER = 1000
TEACHER = "prof@escola.example"
LISTS = ("courseWork", "courseWorkMaterials", "announcements")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cd-") as name:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{name}/db.sqlite3",
            DATA_DIR=name,
            SECRET_KEY="benchmark",
            LOG_LEVEL="ERROR",
            GOOGLE_CALLS_PER_SECOND="100000",
        )
        import django

        django.setup()
        from django.core.management import call_command

        from sandbox import Sandbox

        call_command("migrate", verbosity=0)
        with Sandbox(Path(tempfile.gettempdir()) / "classroom-sandbox") as sandbox:
            run(sandbox.google, sandbox.origin)


def run(google: object, origin: str) -> None:
    from django.conf import settings

    from accounts.google.endpoints import endpoints
    from accounts.models import User
    from core.jobs import node
    from courses.tests.build import make_account, synchronise

    settings.GOOGLE = endpoints(origin)
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "sandbox-client", "sandbox-secret"
    node.start()
    fill(google)
    account = make_account(User.objects.create(username="ana", email="ana@x.example"), google)
    began = time.monotonic()
    first = synchronise(account)
    report("first", began, first)
    ratios = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        plain(account)
        baseline = time.monotonic() - began
        print(f"baseline, the library alone: {baseline:.2f} s")
        began = time.monotonic()
        ratios.append(report("complete", began, synchronise(account, full=True)) / baseline)
    began = time.monotonic()
    report("incremental", began, synchronise(account))
    print(f"complete against the library alone: {statistics.median(ratios):.2f} times")


def fill(google: object) -> None:
    google.course("101", "Matemática", TEACHER)
    for number in range(NUMBER):
        film = {"youtubeVideo": {"id": f"film{number:07}", "title": f"Aula {number}"}}
        google.item(
            "101",
            "courseWork",
            f"w{number}",
            [film],
            title=f"Aula {number}",
            description="Leia e veja. " * 20,
            updateTime=f"2026-01-{1 + number % 28:02}T10:00:00Z",
        )


def plain(account: object) -> None:
    """Every page of every list, as the library gives it."""
    from accounts.services import clients

    client = clients.client_for(account)
    for name in LISTS:
        service = getattr(client.api("classroom", "v1").courses(), name)()
        token = None
        while True:
            answer = client.execute(service.list(courseId="101", pageSize=100, pageToken=token))
            token = answer.get("nextPageToken")
            if not token:
                break


def report(name: str, began: float, sync: object) -> float:
    import resource

    took = time.monotonic() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(
        f"{name}: {took:.2f} s, {sync.items_seen} coursework, {sync.calls} calls, "
        f"{memory:.0f} MB at most"
    )
    return took


if __name__ == "__main__":
    main()
