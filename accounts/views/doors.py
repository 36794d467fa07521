"""The doors: signing in and up, a forgotten password, another e-mail, the second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import selectors
from accounts.forms_doors import NewEmailForm, SignUpForm
from accounts.requests import SignedInRequest
from accounts.services import connecting, doors, signing_up
from accounts.views.policy import leads_to_google
from core import client_address
from core.errors import ExpectedError, Forbidden, Invalid
from core.pages import done, page
from core.problem_pages import refusal_page

_SIGN_UPS_AN_HOUR = 60  # a school's training day sits behind one address
_RESETS_AN_HOUR = 60

View = Callable[..., HttpResponseBase]


def door(view: View) -> View:
    """Who is refused is told so on a page, and nothing of it stays in a cache."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ExpectedError as error:
            return refusal_page(request, error)

    return never_cache(shown)


@method_decorator(leads_to_google, name="dispatch")
class SignInView(LoginView):  # type: ignore[misc]
    """allauth's, which also tells the first visitor of a new installation how to begin."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        context["nobody_yet"] = not selectors.has_people()
        context["with_google"] = connecting.is_configured()
        context["with_sign_up"] = signing_up.is_open()
        return context


sign_in = door(SignInView.as_view())


@door
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if not signing_up.is_open():
        return render(request, "account/signup_closed.html", status=403)
    if request.user.is_authenticated:
        return redirect("home")
    if request.method == "POST":
        _limit(request, "sign-up", _SIGN_UPS_AN_HOUR)
    form = SignUpForm(request.POST or None)
    if form.is_valid() and _registered(form):
        return redirect("account_email_verification_sent")
    context = {"form": form, "domains": settings.SIGN_UP_DOMAINS}
    return render(request, "accounts/sign_up.html", context)


def mail_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/mail_sent.html")


class ResetView(allauth.PasswordResetView):  # type: ignore[misc]
    """As often as somebody may ask; who asks too often for one address is told nothing else."""

    def form_valid(self, form: Any) -> HttpResponse:
        _limit(self.request, "reset", _RESETS_AN_HOUR)
        if not signing_up.may_mail(form.cleaned_data["email"]):
            return redirect("account_reset_password_done")
        answer: HttpResponse = super().form_valid(form)
        return answer


reset = door(ResetView.as_view())


@door
@page
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: SignedInRequest) -> HttpResponse:
    form = NewEmailForm(request.POST or None)
    if "drop" in request.POST:
        doors.drop_new_email(by=request.user)
        return done(request, _("Your e-mail stays as it is."), to="profile")
    if form.is_valid() and _asked(request, form):
        text = _("Open the link in the mail to %(email)s. Until then nothing changes.")
        return done(request, text % form.cleaned_data, to="profile")
    context = {"form": form, "asked": doors.new_email_of(request.user)}
    return render(request, "accounts/email.html", context)


def _limit(request: HttpRequest, action: str, number: int) -> None:
    bucket = client_address.bucket_of(client_address.of_request(request))
    signing_up.limit_strangers(action, bucket, number=number)


def _registered(form: SignUpForm) -> bool:
    """That an address has an account already is told in a mail to its owner, not here."""
    try:
        signing_up.register(**form.cleaned_data)
    except signing_up.AddressTaken:
        return True
    except Forbidden as refusal:
        form.add_error("email", str(refusal))
    except Invalid as error:
        form.take(error.errors)
    return not form.errors


def _asked(request: SignedInRequest, form: NewEmailForm) -> bool:
    try:
        doors.ask_for_new_email(by=request.user, email=form.cleaned_data["email"])
    except Invalid as error:
        form.add_error("email", str(error))
    return not form.errors
