"""Where a person is signed in, and signing out there."""

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import agents, selectors
from accounts.requests import SignedInRequest
from accounts.services import api_sessions, doors
from core.pages import done, page


@page
@require_safe
def list_sessions(request: SignedInRequest) -> HttpResponse:
    context = {
        "browsers": _browsers(request),
        "programs": [
            (session, agents.name_of(session.agent))
            for session in selectors.list_api_sessions(user=request.user)
        ],
    }
    return render(request, "accounts/sessions.html", context)


@page
@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    doors.end_other_sessions(by=request.user, current=_current(request))
    return done(request, _("You are signed out everywhere else."), to="sessions")


@page
@require_POST
def end_browser(request: SignedInRequest, session_id: int) -> HttpResponse:
    doors.end_browser_session(by=request.user, session_id=session_id)
    return done(request, _("Signed out there."), to="sessions")


@page
@require_POST
def end_program(request: SignedInRequest, session_id: int) -> HttpResponse:
    api_sessions.end_one(by=request.user, session_id=session_id)
    return done(request, _("Signed out there."), to="sessions")


def _browsers(request: SignedInRequest) -> list[tuple[UserSession, str, bool]]:
    """Each with its name, and whether it is the one that asks."""
    return [
        (session, agents.name_of(session.user_agent), session.session_key == _current(request))
        for session in selectors.list_browser_sessions(user=request.user)
    ]


def _current(request: HttpRequest) -> str:
    return request.session.session_key or ""
