"""Courses and what is in them, as Classroom stores it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["courseWork", "courseWorkMaterial", "announcements"]
KINDS: tuple[Kind, ...] = ("courseWork", "courseWorkMaterial", "announcements")
_LETTERS: Mapping[Kind, str] = {
    "courseWork": "a",
    "courseWorkMaterial": "m",
    "announcements": "p",
}


def now() -> str:
    text = datetime.now(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


@dataclass
class Item:
    """`only_for`: the students (sub) whom an individual item is for; None: the whole class."""

    fields: dict[str, Any]
    only_for: frozenset[str] | None = None

    def is_for(self, sub: str) -> bool:
        return self.only_for is None or sub in self.only_for

    def shown(self) -> dict[str, Any]:
        """A draft has no address yet."""
        published = self.fields["state"] == "PUBLISHED"
        return {k: v for k, v in self.fields.items() if published or k != "alternateLink"}


@dataclass
class Course:
    fields: dict[str, Any]
    teachers: set[str]  # e-mail addresses, the owner's among them
    students: set[str]
    topics: list[dict[str, Any]] = field(default_factory=list)
    items: dict[str, list[Item]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def shown_to(self, email: str) -> dict[str, Any]:
        if email in self.teachers:
            return dict(self.fields)
        hidden = {"teacherFolder", "enrollmentCode", "calendarId"}
        return {name: value for name, value in self.fields.items() if name not in hidden}

    def find(self, kind: Kind, item_id: str) -> Item:
        return next(item for item in self.items[kind] if item.fields["id"] == item_id)


def course_link(course_id: str) -> str:
    return f"https://classroom.google.com/c/{_opaque(course_id)}"


def item_link(course_id: str, kind: Kind, item_id: str) -> str:
    end = "" if kind == "announcements" else "/details"
    return f"{course_link(course_id)}/{_LETTERS[kind]}/{_opaque(item_id)}{end}"


def _opaque(google_id: str) -> str:
    return base64.urlsafe_b64encode(google_id.encode()).rstrip(b"=").decode()
