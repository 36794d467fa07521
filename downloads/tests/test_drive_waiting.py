"""A pasted Drive link whose account cannot be used now waits for it, and is not tried without."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Credential, CredentialStatus
from core.jobs.runner import Runner
from downloads.models import Download
from downloads.services.orders import order_of
from downloads.services.running import DOWNLOADS
from downloads.tests import test_drive_running as drive
from downloads.tests.test_drive_running import ask_for, put, work

pytestmark = pytest.mark.django_db(transaction=True)

google, connected = drive.google, drive.connected


def test_it_waits_for_its_owner_to_reconnect_and_then_comes_home(ana_client, connected, google):
    connected.status = CredentialStatus.NEEDS_CONSENT
    connected.save()

    waits = ask_for(ana_client, put(google))
    Runner(DOWNLOADS, slots=1).drain()

    told = ana_client.get(f"/api/v1/downloads/{waits.pk}").json()
    assert (told["status"], told["wait_reason"], told["attempt"]) == ("queued", "needs_consent", 0)
    assert told["credential_id"] == connected.pk
    assert len(google.log) == 0

    Credential.objects.update(status=CredentialStatus.ACTIVE)
    assert work(waits).status == "completed"


def test_a_client_that_google_does_not_know_costs_no_download(
    ana_client, connected, google, settings, caplog
):
    Credential.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    secret, settings.GOOGLE_CLIENT_SECRET = settings.GOOGLE_CLIENT_SECRET, "wrong"

    waits = work(ask_for(ana_client, put(google)))

    assert (waits.status, waits.attempt, waits.error_code) == ("queued", 0, "")
    assert waits.available_at > timezone.now() + timedelta(minutes=4)
    assert "Google refuses this installation, see GOOGLE_CLIENT_ID: invalid_client" in caplog.text
    page = ana_client.get(f"/downloads/{waits.pk}").content.decode()
    assert "Google does not accept this installation" in page

    settings.GOOGLE_CLIENT_SECRET = secret
    Credential.objects.update(refresh_after=None)
    Download.objects.update(available_at=timezone.now() - timedelta(seconds=1))
    assert work(waits).status == "completed"


def test_the_resource_key_of_a_pasted_link_is_kept(ana_client, connected, google):
    file = put(google)
    url = f"https://drive.google.com/file/d/{file.id}/view?usp=sharing&resourcekey=0-abc_DEF"

    answer = ana_client.post("/api/v1/downloads", {"url": url}, content_type="application/json")

    download = Download.objects.get(pk=answer.json()["id"])
    assert answer.json()["url"].endswith(f"/{file.id}/view?resourcekey=0-abc_DEF")
    assert order_of(download, Path("x"))["drive"] == {
        "file_id": file.id,
        "resource_key": "0-abc_DEF",
        "export": "",
    }
    again = ana_client.post(
        "/api/v1/downloads",
        {"url": f"https://drive.google.com/open?id={file.id}"},
        content_type="application/json",
    )
    assert (again.status_code, again.json()["id"]) == (200, download.pk)
