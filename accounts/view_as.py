"""Staff look at the pages as a teacher sees them: for half an hour, and with their hands tied.

It stands in the session of that browser. Pages are then asked for as the teacher, who carries the
member of staff along (`User.seen_by`); nothing can be sent, and what is personal stays closed.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import Role, User
from accounts.roles import Power
from accounts.services import audit
from core import pages, problems
from core.errors import Forbidden

MINUTES = 30

_KEY = "view_as"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

# There staff are themselves: the back office, the way out, and what the browser looks like.
_THEIR_OWN = re.compile(
    r"/(admin(/|\Z)|view-as/|accounts/logout/|language\Z|theme\Z|health(/|\Z)|metrics(/|\Z))"
)
# Keys, sessions, and whatever begins at Google: a person's own affair.
_PRIVATE = re.compile(r"/(profile|accounts|connect|setup)(/|\Z)|/google/.")


def begin(request: HttpRequest, *, by: User, person: User) -> None:
    """From the next page on this browser shows what `person` sees.

    :raises Forbidden: `by` may not, or it is no teacher with an open account
    """
    if not by.may(Power.VIEW_AS) or not _can_be_shown(person):
        raise Forbidden(_("Only the pages of a teacher whose account is open can be looked at."))
    audit.record(Deed.VIEW_AS_BEGUN, by=by, target=person, owner_id=person.pk, minutes=MINUTES)
    until = timezone.now().timestamp() + MINUTES * 60
    request.session[_KEY] = {"person": person.pk, "until": until}


def end(request: HttpRequest, *, by: User) -> int | None:
    """Answers whose pages it were, if anybody's."""
    given = request.session.pop(_KEY, None)
    if given is None:
        return None
    person = User.objects.filter(pk=given["person"]).first()
    owner_id = person.pk if person else None
    audit.record(Deed.VIEW_AS_ENDED, by=by, target=person, owner_id=owner_id)
    return owner_id


def shown_in(session: Mapping[str, Any], *, to: User) -> User | None:
    """Whom this session of theirs shows, if anybody, and if that still holds."""
    if (shown_id := id_shown_in(session)) is None or not to.may(Power.VIEW_AS):
        return None
    person = User.objects.filter(pk=shown_id).first()
    if person is None or not _can_be_shown(person):
        return None
    person.seen_by = to
    return person


def id_shown_in(session: Mapping[str, Any]) -> int | None:
    """None also once the time is over."""
    given = session.get(_KEY)
    if given is None or given["until"] < timezone.now().timestamp():
        return None
    return int(given["person"])


def _can_be_shown(person: User) -> bool:
    return person.is_active and person.role == Role.USER and not person.is_superuser


class ViewAsMiddleware:
    """Stands after everything that counts, speaks or remembers for whoever really asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _THEIR_OWN.match(request.path_info) or _KEY not in request.session:
            return self.get_response(request)
        if not isinstance(request.user, User):
            return self.get_response(request)
        person = shown_in(request.session, to=request.user)
        if person is None:
            end(request, by=request.user)
            return self.get_response(request)
        return self._show(request, person)

    def _show(self, request: HttpRequest, person: User) -> HttpResponseBase:
        if problems.is_api(request):
            return problems.response(403, "view_as", str(_("The API is closed meanwhile.")))
        request.user = person
        if request.method not in _READING:
            refusal = _("You are looking only. Stop looking as this person to change something.")
            return pages.refused(request, Forbidden(refusal, code="view_as"))
        if _PRIVATE.match(request.path_info):
            refusal = _("This is between this person and the site. You see the other pages.")
            return pages.refused(request, Forbidden(refusal, code="view_as"))
        return self.get_response(request)
