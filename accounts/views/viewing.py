"""The way back for staff who look at a teacher's pages."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import view_as
from accounts.requests import SignedInRequest
from core.pages import done, page


@page
@require_POST
def stop(request: SignedInRequest) -> HttpResponse:
    """Be oneself again."""
    if view_as.end(request, by=request.user) is None:
        return redirect("home")
    return done(request, _("You see your own pages again."), to="admin:accounts_user_changelist")
