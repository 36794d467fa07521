"""Pause and resume: of one's own downloads, or for staff of everybody's."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.pages import back, done, page
from downloads.services import limits


@page
@require_POST
def pause(request: SignedInRequest) -> HttpResponse:
    limits.pause(by=request.user, everybody="everybody" in request.POST)
    said = _("Paused: nothing new is begun, what runs goes on.")
    return done(request, said, to=back(request))


@page
@require_POST
def resume(request: SignedInRequest) -> HttpResponse:
    limits.resume(by=request.user, everybody="everybody" in request.POST)
    return done(request, _("Downloads go on."), to=back(request))
