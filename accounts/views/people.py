"""Sign-in, the very first account, and one's own profile."""

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors, setup_link
from accounts.forms import ProfileForm, SetupForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services import connecting, people
from accounts.services import profile as profiles
from accounts.views.policy import leads_to_google
from core.errors import Conflict, Invalid, NotFound
from core.pages import back, done, page
from core.problem_pages import problem_page

THEMES = {"light", "dark", "auto"}
YEAR_SECONDS = 365 * 24 * 3600


@method_decorator(leads_to_google, name="dispatch")
class SignInView(LoginView):  # type: ignore[misc]
    """allauth's, which also tells the first visitor of a new installation how to begin."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        context["nobody_yet"] = not selectors.has_people()
        context["with_google"] = connecting.is_configured()
        return context


def sign_up_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/signup_closed.html", status=403)


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
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    return render(request, "accounts/setup.html", {"form": form})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        profiles.change_profile(by=request.user, **form.cleaned_data)
        return done(request, _("Saved."), to="profile")
    return render(request, "accounts/profile.html", {"form": form})


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
