"""Another process of the product, which does what a test tells it.

Reads one JSON object a line, `{"do": name, "with": {…}}`, and answers with one JSON value a line.
"""

import json
import sys
from typing import Any

from django.core.management import call_command
from django.test import Client

from accounts.models import User
from core import events, live
from core.models import Status
from downloads.models import Download
from downloads.services import queueing
from downloads.services.updates import update_of
from downloads.tests.build import make_download


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def person(name: str, role: str = "user") -> int:
    return User.objects.create_user(name, f"{name}@example.org", role=role).pk


def session(user: int) -> str:
    client = Client()
    client.force_login(
        User.objects.get(pk=user), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client.cookies["sessionid"].value


def deactivate(user: int) -> None:
    User.objects.filter(pk=user).update(is_active=False)


def download(owner: int, status: str = Status.QUEUED) -> int:
    return make_download(User.objects.get(pk=owner), status=status).pk


def cancel(number: int) -> None:
    found = Download.objects.get(pk=number)
    queueing.cancel_download(by=found.owner, download=found)


def retry(number: int) -> None:
    found = Download.objects.get(pk=number)
    queueing.retry_download(by=found.owner, download=found)


def progress(number: int, percent: float) -> None:
    found = Download.objects.get(pk=number)
    events.publish(
        topic=f"download.{number}",
        type="download_update",
        owner_id=found.owner_id,
        data={**update_of(found), "progress": percent},
    )


def mute(on: bool) -> None:
    """Lose every live message of this process, as if the wire were cut."""
    real = live.Sender.put
    live.SENDER.put = (lambda messages: None) if on else real.__get__(live.SENDER)  # type: ignore[method-assign]


def main() -> None:
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        answer = globals()[order["do"]](**order["with"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
