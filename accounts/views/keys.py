"""The page of one's API keys: made, shown once, revoked."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors
from accounts.key_form import ApiKeyForm, in_words
from accounts.models import ApiKey
from accounts.requests import SignedInRequest
from accounts.services import api_keys
from core.errors import Conflict, Invalid
from core.pages import done, page

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A key as the page shows it."""

    key: ApiKey
    is_usable: bool
    may: list[str]


@page
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: SignedInRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST or None, owner=request.user)
    if form.is_valid() and (made := _made(request, form)):
        # Not a redirect: the key would have to be kept somewhere on the way.
        key, secret = made
        return render(request, "accounts/key_made.html", {"key": key, "secret": secret})
    now = timezone.now()
    found = selectors.list_api_keys(user=request.user)[:SHOWN]
    rows = [Row(key, _is_usable(key, now), in_words(key.scopes)) for key in found]
    return render(request, "accounts/keys.html", {"form": form, "rows": rows})


@page
@require_POST
def revoke(request: SignedInRequest, key_id: int) -> HttpResponse:
    key = selectors.get_api_key(user=request.user, key_id=key_id)
    api_keys.revoke_api_key(by=request.user, key=key)
    text = _("“%(name)s” opens nothing any more.") % {"name": key.name}
    return done(request, text, to=reverse("api-keys"))


def _is_usable(key: ApiKey, now: datetime) -> bool:
    return not key.revoked_at and (key.expires_at is None or key.expires_at > now)


def _made(request: SignedInRequest, form: ApiKeyForm) -> tuple[ApiKey, str] | None:
    user = request.user
    try:
        return api_keys.create_api_key(by=user, owner=user, **form.wanted())
    except (Invalid, Conflict) as error:
        form.take(error)
    return None
