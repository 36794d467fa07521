"""Which scopes a call needs, how Google spells them back, and what its page says of them."""

from collections.abc import Iterable

PREFIX = "https://www.googleapis.com/auth/"
LOGIN = {"openid": "openid", "email": f"{PREFIX}userinfo.email"}
LOGIN |= {"profile": f"{PREFIX}userinfo.profile"}

# Google answers some scopes by another name than they were asked by
# (googleapis/google-api-php-client#2100): clients must not compare the spellings.
_CANONICAL = LOGIN | {
    f"{PREFIX}classroom.coursework.{whose}.readonly": (
        f"{PREFIX}classroom.student-submissions.{whose}.readonly"
    )
    for whose in ("students", "me")
}


def canonical(scopes: Iterable[str]) -> frozenset[str]:
    return frozenset(_CANONICAL.get(scope, scope) for scope in scopes)


def is_login(scope: str) -> bool:
    """Scopes that come with signing in, and cannot be unticked."""
    return scope in LOGIN or scope in LOGIN.values()


def _classroom(*names: str) -> frozenset[str]:
    wide = {f"{PREFIX}classroom.{name}" for name in names}
    return frozenset(wide | {f"{scope}.readonly" for scope in wide})


def _drive(*names: str) -> frozenset[str]:
    return frozenset(PREFIX + name for name in names)


COURSES = _classroom("courses")
COURSEWORK_STUDENTS = _classroom("coursework.students", "student-submissions.students")
COURSEWORK_ME = _classroom("coursework.me", "student-submissions.me")
COURSEWORK = COURSEWORK_STUDENTS | COURSEWORK_ME
MATERIALS = _classroom("courseworkmaterials")
ANNOUNCEMENTS = _classroom("announcements")
TOPICS = _classroom("topics")
EMAILS = frozenset({f"{PREFIX}classroom.profile.emails"})
PHOTOS = frozenset({f"{PREFIX}classroom.profile.photos"})
ROSTERS = _classroom("rosters") | EMAILS | PHOTOS
USERINFO = frozenset(LOGIN.values())

# With this one alone an application sees only the files that it made itself.
DRIVE_FILE = f"{PREFIX}drive.file"
DRIVE_ALL_READ = _drive("drive", "drive.readonly")
DRIVE_READ = DRIVE_ALL_READ | {DRIVE_FILE}
DRIVE_ALL_META = DRIVE_ALL_READ | _drive("drive.metadata", "drive.metadata.readonly")
DRIVE_META = DRIVE_ALL_META | {DRIVE_FILE}
DRIVE_WRITE = _drive("drive") | {DRIVE_FILE}
