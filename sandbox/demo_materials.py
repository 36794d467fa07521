"""What is attached to the posts of the demo's school: `what:which|title` in Google's shapes."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sandbox import catalogue
from sandbox.google import Google

Table = dict[str, Any]


def file_id(key: str) -> str:
    """33 characters, as Drive's; a lesson has the id that its links have."""
    if lesson := catalogue.by_video_id(key):
        return lesson.drive_id
    digest = hashlib.sha256(f"school/{key}".encode()).digest()
    return f"1{base64.urlsafe_b64encode(digest[:24]).decode()}"


def materials(google: Google, told: Iterable[str]) -> Iterator[Table]:
    for text in told:
        kind, _, which = text.partition(":")
        which, _, title = which.partition("|")
        yield _MATERIALS[kind](google, which, title)


def _drive(google: Google, key: str, title: str) -> Table:
    drive_id = file_id(key)
    file = google.files.get(drive_id)
    fields = {
        "id": drive_id,
        "title": file.fields["name"] if file else title,
        "alternateLink": f"https://drive.google.com/file/d/{drive_id}/view?usp=drive_web",
        "thumbnailUrl": f"https://drive.google.com/thumbnail?id={drive_id}&sz=s200",
    }
    if file and file.resource_key:
        fields["alternateLink"] += f"&resourcekey={file.resource_key}"
    return {"driveFile": {"driveFile": fields, "shareMode": "VIEW"}}


def _youtube(google: Google, video_id: str, title: str) -> Table:
    lesson = catalogue.by_video_id(video_id)
    fields = {
        "id": video_id,
        "title": lesson.title if lesson else "Vídeo indisponível",
        "alternateLink": f"https://www.youtube.com/watch?v={video_id}",
        "thumbnailUrl": f"https://i.ytimg.com/vi/{video_id}/default.jpg",
    }
    return {"youtubeVideo": fields}


def _link(google: Google, address: str, title: str) -> Table:
    return {"link": {"url": address, "title": title}}


def _form(google: Google, form_id: str, title: str) -> Table:
    return {
        "form": {
            "formUrl": f"https://docs.google.com/forms/d/e/{form_id}/viewform",
            "responseUrl": f"https://docs.google.com/forms/d/{form_id}/edit#responses",
            "title": title,
        }
    }


def _gem(google: Google, address: str, title: str) -> Table:
    return {"gem": {"id": address.rpartition("/")[2], "url": address, "title": title}}


def _notebook(google: Google, address: str, title: str) -> Table:
    return {"notebook": {"id": address.rpartition("/")[2], "url": address, "title": title}}


_MATERIALS: dict[str, Callable[[Google, str, str], Table]] = {
    "drive": _drive,
    "youtube": _youtube,
    "link": _link,
    "form": _form,
    "gem": _gem,
    "notebook": _notebook,
}
