"""What Google is asked to permit, in bundles, and what its answer allows.

Granular consent lets people untick single boxes, and Google answers some scopes by another name
than they were asked by (googleapis/google-api-php-client#2100): what counts is the answer, read
through ALIASES. Scopes: https://developers.google.com/identity/protocols/oauth2/scopes
"""

from collections.abc import Iterable
from enum import StrEnum

_PREFIX = "https://www.googleapis.com/auth/"

LOGIN = ("openid", "email", "profile")


class Bundle(StrEnum):
    """What is asked for at once. Every one of them includes the login."""

    CLASSROOM = "classroom"
    ROSTERS = "rosters"
    DRIVE = "drive"
    DRIVE_UPLOAD = "drive_upload"


class Capability(StrEnum):
    """What an account can be used for."""

    LIST_COURSES = "list_courses"
    COURSEWORK_TEACHER = "coursework_teacher"
    COURSEWORK_STUDENT = "coursework_student"
    MATERIALS = "materials"
    ANNOUNCEMENTS = "announcements"
    TOPICS = "topics"
    ROSTERS = "rosters"
    DRIVE_READ = "drive_read"
    DRIVE_UPLOAD = "drive_upload"


# The scope to ask for, and in which bundle; any wider scope gives the capability as well.
_CAPABILITIES: dict[Capability, tuple[Bundle, str, tuple[str, ...]]] = {
    Capability.LIST_COURSES: (
        Bundle.CLASSROOM,
        "classroom.courses.readonly",
        ("classroom.courses",),
    ),
    Capability.COURSEWORK_TEACHER: (
        Bundle.CLASSROOM,
        "classroom.coursework.students.readonly",
        ("classroom.coursework.students",),
    ),
    Capability.COURSEWORK_STUDENT: (
        Bundle.CLASSROOM,
        "classroom.coursework.me.readonly",
        ("classroom.coursework.me",),
    ),
    Capability.MATERIALS: (
        Bundle.CLASSROOM,
        "classroom.courseworkmaterials.readonly",
        ("classroom.courseworkmaterials",),
    ),
    Capability.ANNOUNCEMENTS: (
        Bundle.CLASSROOM,
        "classroom.announcements.readonly",
        ("classroom.announcements",),
    ),
    Capability.TOPICS: (Bundle.CLASSROOM, "classroom.topics.readonly", ("classroom.topics",)),
    Capability.ROSTERS: (Bundle.ROSTERS, "classroom.rosters.readonly", ("classroom.rosters",)),
    Capability.DRIVE_READ: (Bundle.DRIVE, "drive.readonly", ("drive",)),
    Capability.DRIVE_UPLOAD: (Bundle.DRIVE_UPLOAD, "drive.file", ("drive",)),
}

ALIASES = {
    "email": f"{_PREFIX}userinfo.email",
    "profile": f"{_PREFIX}userinfo.profile",
    **{
        f"{_PREFIX}classroom.student-submissions.{whose}{access}": (
            f"{_PREFIX}classroom.coursework.{whose}{access}"
        )
        for whose in ("me", "students")
        for access in ("", ".readonly")
    },
}


def to_ask_for(bundles: Iterable[Bundle]) -> list[str]:
    wanted = set(bundles)
    scopes = [_PREFIX + name for bundle, name, _ in _CAPABILITIES.values() if bundle in wanted]
    return [*LOGIN, *scopes]


def known_as(scopes: Iterable[str]) -> set[str]:
    """The same scopes by the names under which we know them."""
    return {ALIASES.get(scope, scope) for scope in scopes}


def capabilities(granted: Iterable[str]) -> list[Capability]:
    """What Google's answer allows, in a fixed order."""
    known = known_as(granted)
    return [
        capability
        for capability, (_, name, wider) in _CAPABILITIES.items()
        if known & {_PREFIX + one for one in (name, *wider)}
    ]


def missing(granted: Iterable[str]) -> list[Capability]:
    have = capabilities(granted)
    return [capability for capability in Capability if capability not in have]


def bundle_of(capability: Capability) -> Bundle:
    """What has to be asked for to get it."""
    return _CAPABILITIES[capability][0]
