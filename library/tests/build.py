"""Videos for tests, with real bytes on the disk."""

import hashlib
import itertools
from typing import Any

from accounts.models import User
from core import storage
from core.text import normalise
from library.models import StoredFile, Subtitle, Video

_numbers = itertools.count(1)


def make_video(
    owner: User,
    *,
    content: bytes | None = None,
    thumbnail: bytes | None = None,
    subtitles: dict[str, str] | None = None,
    **over: Any,
) -> Video:
    """A video of `owner`; without `content` its bytes are like nobody else's."""
    number = next(_numbers)
    if content is None:
        content = number.to_bytes(8, "big") + bytes(range(256)) * 4
    folder = f"t0/t{number}-test"
    file = _stored(folder, content)
    facts: dict[str, Any] = {"title": f"Lesson {number}", "source": "direct", "container": "mp4"}
    facts |= over
    words = (facts["title"], facts.get("uploader", ""), facts.get("description", ""))
    video = Video.objects.create(
        owner=owner,
        file=file,
        search_text=normalise(" ".join(words)),
        thumbnail_key=_written(f"{folder}/thumbnail.jpg", thumbnail) if thumbnail else "",
        **facts,
    )
    for language, text in (subtitles or {}).items():
        key = _written(f"{folder}/{language}.vtt", text.encode())
        Subtitle.objects.create(video=video, language=language, label=language, key=key)
    return video


def _stored(folder: str, content: bytes) -> StoredFile:
    sha256 = hashlib.sha256(content).hexdigest()
    held = StoredFile.objects.filter(sha256=sha256).first()
    return held or StoredFile.objects.create(
        sha256=sha256,
        size_bytes=len(content),
        key=_written(f"{folder}/video.mp4", content),
        content_type="video/mp4",
    )


def _written(key: str, content: bytes) -> str:
    path = storage.path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return key
