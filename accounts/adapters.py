"""Where Google accounts differ from allauth's defaults."""

import functools
import logging
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import urlencode

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors, wording
from accounts.google.oauth import Account, Grant
from accounts.models import Credential, User
from accounts.providers import Google
from accounts.services import connecting, signing_up, tokens
from core import crypto

logger = logging.getLogger(__name__)

_SECRET_FIELDS = ("token", "token_secret")
_SEALED = "sealed:"
_TIMEOUT_SECONDS = (5.0, 10.0)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Google signs in whom staff has made an account for, and connects accounts of its own.

    A Google account that is connected is a Credential; only one that signs in is a SocialAccount,
    so that two people may connect the same.
    """

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        if provider != Google.id:
            return super().get_provider(request, provider, client_id=client_id)
        return Google(request, app=_app())

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        return [_app()] if connecting.is_configured() else []

    def get_requests_session(self) -> requests.Session:
        session = tokens.google_session()
        session.request = functools.partial(  # type: ignore[method-assign]
            session.request, timeout=_TIMEOUT_SECONDS, allow_redirects=False
        )
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """A return from the consent page ends here; a sign-in goes on."""
        if sociallogin.state.get("process") == AuthProcess.REDIRECT:
            _connect(request, sociallogin)
        elif sociallogin.is_existing and not sociallogin.user.is_active:
            raise ImmediateHttpResponse(redirect("account_inactive"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Answered here, because allauth's page would come with the status of a success."""
        email = str(sociallogin.user.email or "")
        if not email or not signing_up.is_open_to(email):
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
        if signing_up.is_taken(email):
            messages.error(request, _("This address has an account. Sign in with the password."))
            raise ImmediateHttpResponse(redirect("account_login"))
        return True

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new teacher. Google's word on an address counts only where it gives the addresses."""
        for address in sociallogin.email_addresses:
            vouched = self.can_authenticate_by_email(sociallogin, address.email)
            address.verified = address.verified and vouched
        name = str(sociallogin.account.extra_data.get("name") or "")
        signing_up.prepare(sociallogin.user, name=name)
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            signing_up.note_made(user)
        return user

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Google vouches for addresses of its own and of schools' domains, not for any other.

        https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
        """
        hosted = str(login.account.extra_data.get("hd") or "").lower()
        return email.rpartition("@")[2].lower() in {"gmail.com", "googlemail.com", hosted} - {""}

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The person of that address, unless another Google account is theirs already."""
        addresses = [one.email for one in sociallogin.email_addresses if one.verified]
        for email in addresses:
            if self.can_authenticate_by_email(sociallogin, email):
                user = selectors.person_to_sign_in(email)
                if user is not None:
                    signing_up.prove_by_google(user=user, email=email)
                    return user, email
        return None

    def serialize_instance(self, instance: models.Model) -> dict[str, Any]:
        """allauth keeps a sign-in that is not finished in the session, tokens and all."""
        data: dict[str, Any] = super().serialize_instance(instance)
        if isinstance(instance, SocialToken):
            for name in _SECRET_FIELDS:
                data[name] = _SEALED + crypto.encrypt(data.get(name) or "")
        return data

    def deserialize_instance(self, model: type[models.Model], data: dict[str, Any]) -> Any:
        if model is SocialToken:
            opened = {
                name: crypto.decrypt(data[name].removeprefix(_SEALED)) for name in _SECRET_FIELDS
            }
            data = {**data, **opened}
        return super().deserialize_instance(model, data)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Nobody is left on an error page: where it began, it is said what happened."""
        state = (extra_context or {}).get("state")
        if exception is not None:  # its text may hold what Google answered
            logger.warning("The return from Google failed: %s", type(exception).__name__)
        if state is not None and state.get("process") == AuthProcess.REDIRECT:
            problem = _problem(request, error)
            connecting.fail_consent(asked=state["data"], problem=problem)
            _leave(request, state, problem)
        if state is None and request.user.is_authenticated:
            _leave(request, {}, "state_lost")
        messages.error(request, _sign_in_problem(request, error, began=state is not None))
        raise ImmediateHttpResponse(redirect("account_login"))


def _app() -> SocialApp:
    return SocialApp(
        provider=Google.id,
        name=Google.name,
        client_id=settings.GOOGLE_CLIENT_ID,
        secret=settings.GOOGLE_CLIENT_SECRET,
    )


def _connect(request: HttpRequest, sociallogin: SocialLogin) -> None:
    asked = sociallogin.state["data"]
    user = request.user if isinstance(request.user, User) else None
    try:
        credential = connecting.finish_consent(
            user=user, asked=asked, account=_account(sociallogin), grant=_grant(sociallogin.token)
        )
    except connecting.NotConnected as failure:
        _leave(request, sociallogin.state, failure.problem)
    if asked["link"] is None:
        _tell(request, credential, asked["bundles"])


def _tell(request: HttpRequest, credential: Credential, bundles: Iterable[str]) -> None:
    """Boxes that were left out are named at once, not when something does not work."""
    lacking = wording.lacking(credential.granted_scopes, bundles)
    if lacking:
        text = _("%(email)s is connected, but not for everything. Left out: %(permissions)s.")
        names = ", ".join(lacking)
        messages.warning(request, text % {"email": credential.email, "permissions": names})
        return
    messages.success(request, _("%(email)s is connected.") % {"email": credential.email})


def _leave(request: HttpRequest, state: dict[str, Any], problem: str) -> NoReturn:
    """Back to where it began; the result of a link stands in the link."""
    if state.get("data") and state["data"]["link"] is not None:
        raise ImmediateHttpResponse(redirect(state["next"]))
    to = connecting.accounts_page()
    raise ImmediateHttpResponse(redirect(f"{to}?{urlencode({'problem': problem})}"))


def _account(sociallogin: SocialLogin) -> Account:
    claims = sociallogin.account.extra_data
    return Account(
        sub=sociallogin.account.uid,
        email=str(claims.get("email") or ""),
        name=str(claims.get("name") or ""),
        hosted_domain=str(claims.get("hd") or ""),
    )


def _grant(token: SocialToken) -> Grant:
    left = (token.expires_at - timezone.now()).total_seconds() if token.expires_at else 0.0
    return Grant(
        access_token=token.token,
        refresh_token=token.token_secret,
        lifetime_seconds=int(left),
        scopes=tuple(token.granted_scopes),
    )


def _problem(request: HttpRequest, error: str) -> str:
    if error == AuthError.CANCELLED:
        return "cancelled"
    blocked = {"admin_policy_enforced", "org_internal"}
    return "blocked_by_admin" if request.GET.get("error") in blocked else "failed"


def _sign_in_problem(request: HttpRequest, error: str, *, began: bool) -> str:
    if error == AuthError.CANCELLED:
        return _("Google was told no. You can try again, or sign in with a password.")
    if not began:
        return _("The way back from Google was lost, or took too long. Start again.")
    return _("Google did not finish the sign-in. Try again in a minute.")
