"""The words of courses: who teaches, what cannot be reached and why, what is being read."""

from django import template
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.google.errors import Reason
from courses.models import Change, Course, CourseVideo, Coursework, CourseworkKind, MaterialKind
from courses.problems import Explanation, explain, of_reason
from library.models import Source, Video

register = template.Library()

LONGEST_TEXT = 5000
_OUT_OF_REACH: dict[str, StrOrPromise] = {
    of_reason(Reason.MISSING_SCOPE): _("Needs the permission to read your Drive"),
    of_reason(Reason.NO_ACCESS): _("Not shared with your account"),
    of_reason(Reason.GONE): _("Deleted, or no longer shared with you"),
    of_reason(Reason.NOT_DOWNLOADABLE): _("Its owner does not allow downloads"),
    of_reason(Reason.ABUSIVE): _("Google has marked this file as harmful"),
    of_reason(Reason.QUOTA): _("Fetched too often today; possible again tomorrow"),
    of_reason(Reason.BLOCKED_BY_ADMIN): _("Your school has not allowed this"),
    of_reason(Reason.NEEDS_CONSENT): _("The Google account has to be reconnected"),
}
_CHANGE_ICONS: dict[str, str] = {
    Change.NEW: "completed",
    Change.CHANGED: "running",
    Change.GONE: "waiting",
    Change.BACK: "completed",
}


# Django's get_…_display builds its table anew for each of a page's hundreds of rows.
_SOURCES = dict(Source.choices)
_KINDS = dict(CourseworkKind.choices)
_MATERIALS = dict(MaterialKind.choices)


@register.filter
def source_label(source: str) -> StrOrPromise:
    return _SOURCES.get(source, source)


@register.filter
def kind_label(kind: str) -> StrOrPromise:
    return _KINDS.get(kind, kind)


@register.filter
def material_label(kind: str) -> StrOrPromise:
    return _MATERIALS.get(kind, kind)


@register.filter
def teacher_names(course: Course) -> str:
    return ", ".join(one["name"] for one in course.teachers or [] if one["name"])


@register.filter
def reach_words(code: str) -> StrOrPromise:
    """Why a video cannot be fetched, in fewer words than where there is room for advice."""
    return _OUT_OF_REACH.get(code) or explain(code).message


@register.filter
def sync_problem(code: str) -> Explanation:
    return explain(code)


@register.filter
def coursework_title(coursework: Coursework) -> str:
    """Its title; an announcement has none but its text."""
    begin = Truncator(" ".join(coursework.description[:400].split())).chars(120)
    return coursework.title or begin or str(coursework.get_kind_display())


@register.filter
def posted_text(coursework: Coursework) -> str:
    """Its text, unless the title says all of it; a very long one is read on in Classroom."""
    text: str = coursework.description.strip()
    if not coursework.title and coursework_title(coursework) == text:
        return ""
    return Truncator(text).chars(LONGEST_TEXT)


@register.filter
def video_title(video: CourseVideo, held: Video | None = None) -> str:
    """As in Classroom; a link in a text has no title there, but the library may know one."""
    return video.title or (held.title if held else "") or video.url


@register.filter
def web_address(url: str) -> str:
    """The address, if a browser may be sent there."""
    return url if url.lower().startswith(("https://", "http://")) else ""


@register.filter
def change_tone(change: str) -> str:
    return _CHANGE_ICONS.get(change, "queued")
