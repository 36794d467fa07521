"""What is in the library, and its bytes."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import requests

from classroom_client.answers import Video
from classroom_client.errors import Unreachable
from classroom_client.transport import Transport

_PIECE = 256 * 1024


class Videos:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def find(self, **filters: Any) -> Iterator[Video]:
        return self._transport.each("/videos", **filters)

    def get(self, video_id: int) -> Video:
        return cast("Video", self._transport.get(f"/videos/{video_id}"))

    def delete(self, video_id: int) -> None:
        self._transport.delete(f"/videos/{video_id}")

    @contextmanager
    def open(self, video_id: int, *, byte_range: str = "") -> Iterator[requests.Response]:
        """The running answer, to pass on: status, headers and `iter_content` are the product's.

        `byte_range` is a browser's `Range` header.
        """
        headers = {"Range": byte_range} if byte_range else {}
        path = f"/videos/{video_id}/file"
        headers["Accept"] = "*/*"
        with self._transport.request("GET", path, headers=headers, stream=True) as answer:
            yield answer

    def save(self, video_id: int, path: str | os.PathLike[str]) -> Path:
        """Its file, complete and with the right checksum or not at all."""
        wanted = self.get(video_id)["file"]["sha256"]
        target = Path(path)
        partial = target.with_name(f"{target.name}.part")
        try:
            if self._fetch(video_id, partial) != wanted:
                raise Unreachable(f"Video {video_id} did not arrive whole.")
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target

    def _fetch(self, video_id: int, target: Path) -> str:
        digest = hashlib.sha256()
        try:
            with self.open(video_id) as answer, target.open("wb") as file:
                for piece in answer.iter_content(_PIECE):
                    digest.update(piece)
                    file.write(piece)
        except requests.RequestException as failure:
            raise Unreachable(f"Video {video_id}: {failure}") from failure
        return digest.hexdigest()
