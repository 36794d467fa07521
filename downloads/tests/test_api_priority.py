"""Going before others in the queue."""

from downloads.models import Download

LINK = "https://files.example.org/aula.mp4"


def queue(client, **wishes):
    return client.post(
        "/api/v1/downloads", {"url": LINK, **wishes}, content_type="application/json"
    )


def test_a_teacher_cannot_go_before_others_and_staff_can(integrator, clara_client):
    refused = queue(integrator, priority=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "priority_reserved")
    assert Download.objects.count() == 0
    assert queue(clara_client, priority=1).json()["priority"] == 1
