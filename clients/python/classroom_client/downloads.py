"""Downloads, and batches of them."""

from collections.abc import Iterator
from typing import Any, cast

from classroom_client.answers import Batch, Download
from classroom_client.transport import Transport, wait

UNDER_WAY = frozenset({"queued", "running"})
BATCH_UNDER_WAY = frozenset({"pending", "in_progress"})


class Downloads:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def queue(
        self, url: str, *, probe: bool = False, idempotency_key: str = "", **wishes: Any
    ) -> Download:
        """Queue the video of a link; `wishes` are quality, format, title, priority, ….

        With an `idempotency_key` of your own the same request can be sent again, days later, and
        by another process; without one it is safe against lost answers.
        """
        answer = self._transport.make(
            "/downloads",
            {"url": url, **wishes},
            idempotency_key=idempotency_key,
            probe=True if probe else None,
        )
        return cast("Download", answer)

    def queue_coursework(
        self, course_id: int | str, coursework_id: int | str, **wishes: Any
    ) -> list[Download]:
        """Queue the videos of one coursework that are not held yet."""
        body = {"course_id": course_id, "coursework_id": coursework_id, **wishes}
        answer = self._transport.make("/downloads", body)
        return cast("list[Download]", answer.get("results", [answer]))

    def get(self, download_id: int) -> Download:
        return cast("Download", self._transport.get(f"/downloads/{download_id}"))

    def find(self, **filters: Any) -> Iterator[Download]:
        """Newest first, page by page as they are taken; `filters` are status, course_id, …."""
        return self._transport.each("/downloads", **filters)

    def cancel(self, download_id: int, *, purge: bool = False) -> None:
        """End it. A completed one is refused unless `purge` deletes its video too."""
        self._transport.delete(f"/downloads/{download_id}", purge=True if purge else None)

    def retry(self, download_id: int) -> Download:
        return cast("Download", self._transport.post(f"/downloads/{download_id}/retry"))

    def wait(self, download_id: int, *, within: float = 600, every: float = 1) -> Download:
        """The download, once it is completed, failed or cancelled."""
        found = wait(
            lambda: self.get(download_id),
            lambda download: download["status"] not in UNDER_WAY,
            within=within,
            every=every,
        )
        return cast("Download", found)


class Batches:
    """All videos of a course at once."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, job_id: int) -> Batch:
        return cast("Batch", self._transport.get(f"/batch-downloads/{job_id}"))

    def find(self, **filters: Any) -> Iterator[Batch]:
        return self._transport.each("/batch-downloads", **filters)

    def cancel(self, job_id: int) -> None:
        self._transport.post(f"/batch-downloads/{job_id}/cancel")

    def retry_failed(self, job_id: int) -> None:
        self._transport.post(f"/batch-downloads/{job_id}/retry-failed")

    def wait(self, job_id: int, *, within: float = 3600, every: float = 2) -> Batch:
        found = wait(
            lambda: self.get(job_id),
            lambda batch: batch["status"] not in BATCH_UNDER_WAY,
            within=within,
            every=every,
        )
        return cast("Batch", found)
