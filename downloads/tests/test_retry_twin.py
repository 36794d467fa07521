"""Starting a download again while the same one is under way."""

from downloads.models import Download, Transition
from downloads.tests.build import make_download


def test_a_failed_download_waits_for_its_twin_that_is_under_way(integrator, ana):
    failed = make_download(ana, status="failed", attempt=3)
    make_download(ana, fingerprint=failed.fingerprint)
    moves = Transition.objects.count()

    refused = integrator.post(
        f"/api/v1/downloads/{failed.pk}/retry", content_type="application/json"
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "already_under_way")
    failed.refresh_from_db()
    assert (failed.status, failed.attempt) == ("failed", 3)
    assert (Download.objects.count(), Transition.objects.count()) == (2, moves)
