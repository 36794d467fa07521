"""The very first account, and one's own profile."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import setup_link
from accounts.forms import ProfileForm, SetupForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services import doors, people, second_factor
from accounts.services import profile as profiles
from core.errors import Conflict, Invalid, NotFound
from core.pages import back, done, page
from core.problem_pages import problem_page

THEMES = {"light", "dark", "auto"}
YEAR_SECONDS = 365 * 24 * 3600


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = setup_link.read(token)
    except NotFound:
        text = _("This link has expired or was used. Start the product again for a new one.")
        return problem_page(request, status=404, message=text)
    form = SetupForm(request.POST or None, initial={"email": link.email})
    if form.is_valid() and (user := _first_admin(form)):
        get_adapter(request).login(request, user)
        return redirect("home")
    return render(request, "accounts/setup.html", {"form": form})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        profiles.change_profile(by=request.user, **form.cleaned_data)
        return done(request, _("Saved."), to="profile")
    context = {
        "form": form,
        "asked_email": doors.new_email_of(request.user),
        "second_factor_on": second_factor.is_on(request.user),
        "second_factor_missing": second_factor.is_missing(request.user),
    }
    return render(request, "accounts/profile.html", context)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The choice lives in a cookie, so that scripts and server agree before a page is drawn."""
    response = redirect(back(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure()
        )
    return response


def _first_admin(form: SetupForm) -> User | None:
    try:
        return people.create_first_admin(**form.cleaned_data)
    except Invalid as error:
        form.take(error.errors)
    except Conflict as error:  # somebody else was faster
        form.add_error(None, str(error))
    return None
