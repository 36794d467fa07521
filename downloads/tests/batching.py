"""A course downloaded through the API, as the tests of batches do it."""

from downloads.models import BatchDownload, BatchItem, Download, Transition

BATCHES = "/api/v1/batch-downloads"


def download_all(client, school, **body):
    path = f"/api/v1/courses/{school.course.pk}/download-all"
    wanted = {"credential_id": school.credential.pk, **body}
    return client.post(path, wanted, "application/json")


def look(client, school, **query):
    path = f"/api/v1/courses/{school.course.pk}/download-all/preview"
    return client.get(path, {"credential_id": school.credential.pk, **query})


def batch_of(client, answer):
    return client.get(f"{BATCHES}/{answer.json()['job_id']}").json()


def rows():
    return (
        list(Download.objects.values()),
        list(BatchDownload.objects.values()),
        list(BatchItem.objects.values()),
        list(Transition.objects.values()),
    )
