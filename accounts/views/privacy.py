"""Taking one's data out, and having one's account erased."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.exports import export_response
from accounts.forms_privacy import ErasureForm
from accounts.requests import SignedInRequest
from accounts.services import privacy
from core.errors import Invalid
from core.pages import done, page


@page
@require_POST
def export(request: SignedInRequest) -> HttpResponseBase:
    """A button, not a link: nothing that looks ahead at links takes everything out."""
    return export_response(by=request.user, user=request.user)


@page
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: SignedInRequest) -> HttpResponse:
    """Asked once, with what goes; proved by the password."""
    known = privacy.has_password(request.user)
    form = ErasureForm(request.POST or None, has_password=known)
    if form.is_valid() and _erased(request, form):
        request.session.flush()
        text = _("Your account is closed, and all that is yours is being removed.")
        return done(request, text, to="account_login")
    context = {"form": form, "has_password": known, "held": privacy.held_by(request.user)}
    return render(request, "accounts/erase.html", context, status=400 if form.errors else 200)


def _erased(request: SignedInRequest, form: ErasureForm) -> bool:
    try:
        privacy.erase_oneself(by=request.user, password=form.cleaned_data["password"])
    except Invalid as error:
        form.refuse(error)
        return False
    return True
