"""What powers, and permissions and problems of Google accounts are called, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.google import scopes
from accounts.google.scopes import Bundle, Capability
from accounts.roles import Power

POWERS: dict[Power, StrOrPromise] = {
    Power.WORK: _("See and manage everybody's downloads, courses, videos and Google accounts"),
    Power.PEOPLE: _("Make, change, unlock, export, hand over and erase accounts"),
    Power.SETTINGS: _("Change limits, presets, retention and cleaning"),
    Power.SECURITY: _("See security events, block and unblock addresses"),
    Power.AUDIT: _("Read and export the audit trail"),
    Power.VIEW_AS: _("Look at the pages as a teacher sees them"),
}

CAPABILITIES: dict[Capability, StrOrPromise] = {
    Capability.LIST_COURSES: _("See your courses"),
    Capability.COURSEWORK_TEACHER: _("Assignments of classes you teach"),
    Capability.COURSEWORK_STUDENT: _("Assignments of classes you attend"),
    Capability.MATERIALS: _("Class materials"),
    Capability.ANNOUNCEMENTS: _("Announcements"),
    Capability.TOPICS: _("Topics, which order a course"),
    Capability.ROSTERS: _("Names of a course’s teachers"),
    Capability.DRIVE_READ: _("Private videos in Drive"),
    Capability.DRIVE_UPLOAD: _("Save videos into Drive"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """A bundle as people meet it: one question to Google."""

    name: StrOrPromise
    purpose: StrOrPromise


PERMISSIONS: dict[Bundle, Permission] = {
    Bundle.CLASSROOM: Permission(
        _("Google Classroom"),
        _("To list your courses and find the videos in them. Needed; keep all its boxes ticked."),
    ),
    Bundle.ROSTERS: Permission(
        _("Teachers’ names"), _("To show who teaches a course. Not needed for videos.")
    ),
    Bundle.DRIVE: Permission(
        _("Private Drive videos"),
        _("To download videos in Drive that are shared with you and not with everybody."),
    ),
    Bundle.DRIVE_UPLOAD: Permission(
        _("Saving into Drive"), _("To put videos of your library into your Drive.")
    ),
}

# Asked for on the pages; saving into Drive has no page that could ask.
OFFERED = (Bundle.CLASSROOM, Bundle.DRIVE, Bundle.ROSTERS)


@dataclass(frozen=True, slots=True)
class Held:
    """One capability, and whether Google has granted it."""

    name: StrOrPromise
    granted: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What one bundle gives an account."""

    bundle: Bundle
    permission: Permission
    held: tuple[Held, ...]

    @property
    def is_complete(self) -> bool:
        return all(one.granted for one in self.held)


def groups(granted: Iterable[str]) -> list[Group]:
    """Everything an account may or may not do, by the question that would change it."""
    have = set(scopes.capabilities(granted))
    offered = [bundle for bundle in Bundle if bundle in OFFERED or _any_of(bundle, have)]
    return [
        Group(
            bundle,
            PERMISSIONS[bundle],
            tuple(Held(CAPABILITIES[one], one in have) for one in _capabilities_of(bundle)),
        )
        for bundle in sorted(offered, key=[*OFFERED, Bundle.DRIVE_UPLOAD].index)
    ]


def lacking(granted: Iterable[str], bundles: Iterable[str]) -> list[str]:
    """What was asked for with these bundles and not granted, in words."""
    have = set(scopes.capabilities(granted))
    asked = [one for bundle in bundles for one in _capabilities_of(Bundle(bundle))]
    return [str(CAPABILITIES[one]) for one in asked if one not in have]


def _capabilities_of(bundle: Bundle) -> list[Capability]:
    return [one for one in Capability if scopes.bundle_of(one) == bundle]


def _any_of(bundle: Bundle, have: set[Capability]) -> bool:
    return any(one in have for one in _capabilities_of(bundle))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an account was not connected, and what to do."""

    message: StrOrPromise
    advice: StrOrPromise
    is_for_school: bool = False


TROUBLES: dict[str, Trouble] = {
    "cancelled": Trouble(
        _("Google was told no"),
        _("Nothing was connected. Start again if that was a mistake."),
    ),
    "blocked_by_admin": Trouble(
        _("The school has not allowed this app"),
        _("Whoever runs Google there has to allow it. There is a text to send them."),
        is_for_school=True,
    ),
    "missing_scope": Trouble(
        _("A permission was left unticked"),
        _("Without it no course can be read. Start again and keep all boxes ticked."),
    ),
    "state_lost": Trouble(
        _("The way back from Google was lost"),
        _("It took too long, or another browser window was faster. Start again."),
    ),
    "other_account": Trouble(
        _("That was another Google account"),
        _("Start again and choose the account that was asked for."),
    ),
    "failed": Trouble(
        _("Google did not finish it"),
        _("Start again in a minute. If it stays, tell staff."),
    ),
}


def trouble(code: str) -> Trouble | None:
    """What a code in an address or a link's row means; an unknown one is the general case."""
    return TROUBLES.get(code, TROUBLES["failed"]) if code else None
