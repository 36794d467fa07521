"""The school that the demo's Google has: `school.toml` told to it in its own words."""

import functools
import hashlib
import tomllib
from datetime import date
from pathlib import Path
from typing import cast

from sandbox import catalogue
from sandbox.bodies import Body, FileBody
from sandbox.catalogue import Lesson
from sandbox.demo_materials import Table, file_id, materials
from sandbox.google import Google, pdf
from sandbox.google.classes import Kind
from sandbox.google.files import NATIVE
from sandbox.media import Media

DOMAIN = "escola.example"
_FILE = Path(__file__).with_name("school.toml")
_FILM_SECONDS = 20
_VIDEO, _PDF = "video/mp4", "application/pdf"
_NATIVE = ("document", "presentation", "spreadsheet")
_SMALL_VIDEO_BYTES = 400_000


@functools.cache
def told() -> Table:
    return tomllib.loads(_FILE.read_text("utf-8"))


@functools.cache
def films() -> tuple[Lesson, ...]:
    return tuple(_film(row) for row in told()["film"])


def public_films() -> tuple[Lesson, ...]:
    """Lessons that also lie on Drive, for everybody."""
    used = _readers()
    return tuple(lesson for lesson in catalogue.lessons() if lesson.video_id in used)


def make(google: Google, media: Media) -> None:
    for person in told()["person"]:
        google.user(person["email"], person["name"], DOMAIN)
    _Files(google, media).make()
    for course in told()["course"]:
        _make_course(google, course)


def _film(row: Table) -> Lesson:
    return Lesson(
        video_id=hashlib.sha256(row["key"].encode()).hexdigest()[:11],
        drive_id=file_id(row["key"]),
        title=row["title"],
        teacher=row["teacher"],
        subject=row["subject"],
        seconds=_FILM_SECONDS,
        colours=tuple(row["colours"]),
        tone=row["tone"],
        description="",
        chapters=tuple(row["chapters"]),
        lines=(),
    )


class _Files:
    """Private unless told otherwise: their readers are who is in a course that uses them."""

    def __init__(self, google: Google, media: Media) -> None:
        self._google = google
        self._media = media
        self._readers = _readers()

    def make(self) -> None:
        for row, film in zip(told()["film"], films(), strict=True):
            self._film(row, film)
        for lesson in public_films():
            about = _about_film(lesson, _owner_of(lesson)) | {"public": True}
            self._film_file(lesson, about)
        for row in told()["file"]:
            self._other(row)

    def _film(self, row: Table, film: Lesson) -> None:
        about = _about_film(film, _owner_of(film)) | {"readers": self._readers[row["key"]]}
        about["can_download"] = row.get("can_download", True)
        self._film_file(film, about)

    def _other(self, row: Table) -> None:
        key, shared = row["key"], row.get("shared", True)
        told_so = ("public", "resource_key", "abusive", "trashed")
        about: Table = {name: row[name] for name in told_so if name in row}
        about["owner"] = row.get("owner", _first_owner())
        about["readers"] = self._readers.get(key, set()) if shared else set()
        if "shortcut_to" in row:
            target = file_id(row["shortcut_to"])
            self._google.shortcut(file_id(key), target, name=row["name"], **about)
        elif row["mime"] in _NATIVE:
            self._google.file(file_id(key), row["name"], NATIVE + row["mime"], **about)
        elif row["mime"] == "pdf":
            content = pdf.document(row["name"].removesuffix(".pdf"))
            self._google.file(file_id(key), row["name"], _PDF, content, **about)
        else:
            about["size"] = _SMALL_VIDEO_BYTES
            self._google.file(file_id(key), row["name"], _VIDEO, **about)

    def _film_file(self, film: Lesson, about: Table) -> None:
        def body() -> Body:
            return FileBody(self._media.film(film).muxed)

        self._google.file(film.drive_id, f"{film.title}.mp4", _VIDEO, body, **about)


def _about_film(film: Lesson, owner: str) -> Table:
    film_data = {"width": 640, "height": 360, "durationMillis": str(film.seconds * 1000)}
    return {"owner": owner, "videoMediaMetadata": film_data}


def _first_owner() -> str:
    return str(told()["person"][0]["email"])


def _owner_of(film: Lesson) -> str:
    """Its teacher, if it is one of the school."""
    for person in told()["person"]:
        if film.teacher.endswith(person["name"]):
            return str(person["email"])
    return _first_owner()


def _readers() -> dict[str, set[str]]:
    """Who is in a course that uses the file, by the file's key."""
    found: dict[str, set[str]] = {film["key"]: set() for film in told()["film"]}
    for course in told()["course"]:
        members = {course["owner"], *course.get("teachers", []), *course.get("students", [])}
        for item in course["item"]:
            for material in item.get("materials", []):
                kind, _, key = material.partition(":")
                if kind == "drive":
                    found.setdefault(key, set()).update(members)
    for row in told()["file"]:
        if "shortcut_to" in row:
            found.setdefault(row["shortcut_to"], set()).update(found.get(row["key"], ()))
    return found


def _make_course(google: Google, row: Table) -> None:
    stamp = _stamp(row["created"])
    own = ("id", "name", "owner", "teachers", "students", "state", "section", "room")
    fields = {name: row[name] for name in (*own, "description") if name in row}
    google.course(**fields, creationTime=stamp, updateTime=stamp, enrollmentCode=row["id"][-7:])
    topics = {name: f"{row['id']}{number}" for number, name in enumerate(row["topics"], 1)}
    for name, topic_id in topics.items():
        google.topic(row["id"], topic_id, name)
    for number, item in enumerate(row["item"], 1):
        _make_item(google, row["id"], f"{row['id']}{number:03}", item, topics)


def _make_item(google: Google, course: str, id: str, row: Table, topics: dict[str, str]) -> None:
    stamp = _stamp(row["date"])
    words = ("title", "text", "description")
    fields: Table = {name: row[name] for name in words if name in row}
    fields |= {"topicId": topics[row["topic"]]} if "topic" in row else {}
    fields |= {"maxPoints": row["points"]} if "points" in row else {}
    fields |= {"workType": row["work"]} if "work" in row else {}
    fields |= {"multipleChoiceQuestion": {"choices": row["choices"]}} if "choices" in row else {}
    if "due" in row:
        due = date.fromisoformat(row["due"])
        fields["dueDate"] = {"year": due.year, "month": due.month, "day": due.day}
        fields["dueTime"] = {"hours": 23, "minutes": 59}
    google.item(
        course,
        cast("Kind", row["kind"]),
        id,
        list(materials(google, row.get("materials", []))),
        row.get("state", "PUBLISHED"),
        row.get("only_for"),
        creationTime=stamp,
        updateTime=stamp,
        **fields,
    )


def _stamp(day: str) -> str:
    return f"{day}T11:00:00.000Z"
