"""Fetching from the sandbox's Drive in tests, with tokens given out as a worker does."""

import itertools
from collections.abc import Iterator
from typing import Any

from accounts.google.scopes import Bundle, to_ask_for
from core.children.client import Child
from core.tests.children import Event
from downloads.tests.fetching import Fetcher
from sandbox.google.files import File

ANA = "ana@escola.example"
READS_DRIVE = to_ask_for([Bundle.DRIVE])
SIZE = 2_000_000

_numbers = itertools.count(1)


class Account:
    """Ana's, as a child sees it through its worker."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.google = fetcher.sandbox.google
        self.scopes = READS_DRIVE
        self.given: list[str] = []
        self.refused: list[str] = []
        self.held: dict[str, str] = {}
        fetcher.answer = self.answer

    def answer(self, question: Event) -> Event:
        if question["what"] == "held":
            return {"path": self.held.get(question["sha256"], "")}
        assert question["what"] == "token"
        self.refused += [question["refused"]] if question["refused"] else []
        self.given.append(self.google.issue(ANA, self.scopes))
        return {"token": self.given[-1]}

    def file(self, name: str = "Aula 1.mp4", mime: str = "video/mp4", **facts: Any) -> File:
        """One that Ana may read and somebody else owns; a unique video unless it says more."""
        number = next(_numbers)
        facts = {"readers": [ANA], "owner": "prof@escola.example", **facts}
        if not {"content", "size"} & set(facts) and not mime.startswith("application/vnd.google"):
            facts |= {"size": SIZE, "seed": f"drive-{number}"}
        return self.google.file(f"1DriveFileOfTheTests-{number:012d}", name, mime, **facts)

    def launch(self, file: File | str, **over: Any) -> Child:
        return self._fetcher.launch(**self._wishes(file, over))

    def events(self, file: File | str, **over: Any) -> list[Event]:
        return self._fetcher.events(**self._wishes(file, over))

    def done(self, file: File | str, **over: Any) -> Event:
        return self._fetcher.done(**self._wishes(file, over))

    def failed(self, file: File | str, **over: Any) -> Event:
        return self._fetcher.failed(**self._wishes(file, over))

    def ranges(self, file: File) -> list[str]:
        """What was asked for of its bytes, request by request; "" for all of them."""
        path = f"/drive/v3/files/{file.id}"
        calls = [entry for entry in self.google.log if entry.path == path]
        return [entry.headers.get("range", "") for entry in calls if "alt=media" in entry.query]

    def sent(self, file: File) -> int:
        """Bytes of it that went over the line."""
        entries = self._fetcher.sandbox.log.requests(f"{file.id}?alt=media")
        return sum(entry.sent for entry in entries)

    def _wishes(self, file: File | str, over: dict[str, Any]) -> dict[str, Any]:
        file_id = file if isinstance(file, str) else file.id
        sandbox = self._fetcher.sandbox
        order = {"file_id": file_id, "resource_key": "", "export": ""}
        network = {
            "allowed": [sandbox.address],
            "proxy": sandbox.proxy,
            "ca_file": sandbox.ca_file,
        }
        return {
            "url": f"https://drive.google.com/file/d/{file_id}/view",
            "source": "drive",
            "network": network,
            **over,
            "drive": {**order, **over.get("drive", {})},
        }


def announce(file: File, **facts: str) -> None:
    """Let Google say something else of the bytes than is true."""
    true = file._about_content

    def false(spec: str) -> Iterator[tuple[str, str]]:
        return iter({**dict(true(spec)), **facts}.items())

    file._about_content = false  # type: ignore[method-assign]
