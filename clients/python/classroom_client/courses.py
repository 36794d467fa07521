"""Google accounts and the courses they see."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from classroom_client.answers import (
    BatchStarted,
    ConnectLink,
    Course,
    Coursework,
    Credential,
    Sync,
)
from classroom_client.transport import Transport, wait


class Credentials:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def find(self, **filters: Any) -> Iterator[Credential]:
        return self._transport.each("/credentials", **filters)

    def get(self, credential_id: int) -> Credential:
        return cast("Credential", self._transport.get(f"/credentials/{credential_id}"))

    def connect_link(
        self, *, tenant_id: str = "", bundles: Sequence[str] | None = None, return_url: str = ""
    ) -> ConnectLink:
        """A link its owner opens once, in a browser, to connect a Google account."""
        body = {
            "tenant_id": tenant_id or None,
            "bundles": None if bundles is None else [*bundles],
            "return_url": return_url or None,
        }
        return cast("ConnectLink", self._transport.make("/credentials/connect-links", body))

    def link(self, link_id: int) -> ConnectLink:
        return cast("ConnectLink", self._transport.get(f"/credentials/connect-links/{link_id}"))

    def wait_for_link(self, link_id: int, *, within: float = 600, every: float = 2) -> ConnectLink:
        """The link, once it was used or is over; connected ones name their `credential_id`."""
        found = wait(
            lambda: self.link(link_id),
            lambda link: link["status"] in {"connected", "failed", "expired"},
            within=within,
            every=every,
        )
        return cast("ConnectLink", found)

    def check(self, credential_id: int) -> Credential:
        return cast("Credential", self._transport.post(f"/credentials/{credential_id}/check"))

    def disconnect(self, credential_id: int) -> None:
        self._transport.delete(f"/credentials/{credential_id}")


class Courses:
    """A course is named by our id, or by `google:` and Google's."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def find(self, **filters: Any) -> Iterator[Course]:
        return self._transport.each_by("page_token", "next_page_token", "/courses", **filters)

    def get(self, course_id: int | str) -> Course:
        return cast("Course", self._transport.get(f"/courses/{course_id}"))

    def coursework(self, course_id: int | str, **filters: Any) -> Iterator[Coursework]:
        return self._transport.each_by(
            "page_token", "next_page_token", f"/courses/{course_id}/coursework", **filters
        )

    def sync(
        self, *, credential_id: int | None = None, course_id: int | str | None = None
    ) -> list[Sync]:
        """Have Google read anew; one synchronisation for each account."""
        body = {"credential_id": credential_id, "course_id": course_id}
        return cast("list[Sync]", self._transport.post("/courses/sync", body)["results"])

    def wait_for_sync(self, sync_id: int, *, within: float = 600, every: float = 1) -> Sync:
        found = wait(
            lambda: self._transport.get(f"/courses/syncs/{sync_id}"),
            lambda sync: sync["status"] in {"completed", "failed", "cancelled"},
            within=within,
            every=every,
        )
        return cast("Sync", found)

    def download_all(self, course_id: int | str, **wishes: Any) -> BatchStarted:
        """Queue every video of the course that is not held yet."""
        path = f"/courses/{course_id}/download-all"
        return cast("BatchStarted", self._transport.make(path, wishes))
