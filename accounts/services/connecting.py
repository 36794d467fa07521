"""Connecting Google accounts: off to Google's consent page, and back with what was granted.

Signing in and connecting share one callback. What it is for stands in the state that allauth keeps
in the session of the browser that began, so nobody else's return is taken for it.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import tenants
from accounts.google import scopes
from accounts.google.oauth import Account, Grant
from accounts.google.scopes import Bundle, Capability
from accounts.models import ConnectLink, Credential, User
from accounts.models.connect_link import ConnectLinkQuerySet
from accounts.services import grants
from core.errors import Conflict, Invalid, NotFound

LINK_MINUTES = 10

_CALLBACK = "google_callback"
# A refresh token is only sure to come when consent is asked for again.
_LASTING = {
    "access_type": "offline",
    "prompt": "consent select_account",
    "include_granted_scopes": "true",
}


class NotConnected(Exception):
    """Nothing was connected. `problem` is a code of accounts.wording.TROUBLES."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def is_configured() -> bool:
    return bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET)


def require_configured() -> None:
    """:raises Conflict: the operator has given this site no Google client"""
    if not is_configured():
        raise Conflict(_("This site has no Google client yet."), code="google_not_configured")


def redirect_uri(request: HttpRequest) -> str:
    """Where Google leads people back to; it has to be registered there letter by letter."""
    return settings.GOOGLE_REDIRECT_URI or request.build_absolute_uri(reverse(_CALLBACK))


def accounts_page() -> str:
    """Where people see their Google accounts."""
    return reverse("google:list")


def login_url(request: HttpRequest, *, next_url: str = "") -> str:
    """Google's page for signing in; the browser that comes back must be the one that asked.

    :raises Conflict: this site has no Google client
    """
    require_configured()
    response = _provider(request).redirect(
        request,
        process=AuthProcess.LOGIN,
        next_url=next_url or get_next_redirect_url(request),
    )
    return str(response.url)


def start_consent(
    request: HttpRequest,
    *,
    owner: User,
    bundles: Iterable[str],
    tenant_id: str = "",
    login_hint: str = "",
    next_url: str,
    link: ConnectLink | None = None,
) -> HttpResponseRedirect:
    """Off to Google, to ask for what is in the bundles on top of what was granted before.

    A `login_hint` that names one of the owner's accounts asks for that very account.

    :raises Conflict: this site has no Google client
    """
    require_configured()
    asked = sorted({Bundle(bundle) for bundle in bundles})
    expected = "" if link else _expected(owner, tenant_id, login_hint)
    response: HttpResponseRedirect = _provider(request).redirect(
        request,
        process=AuthProcess.REDIRECT,
        next_url=next_url,
        data={
            "owner": owner.pk,
            "tenant_id": tenant_id,
            "bundles": asked,
            "account": expected,
            "link": link.pk if link else None,
        },
        scope=scopes.to_ask_for(asked),
        auth_params=_LASTING | ({"login_hint": login_hint} if login_hint else {}),
    )
    return response


def finish_consent(
    *, user: User | None, asked: dict[str, Any], account: Account, grant: Grant
) -> Credential:
    """Keep what Google granted. `asked` is what `start_consent` left in the session.

    :raises NotConnected: and why; a link is used up by that
    """
    if asked["link"] is not None:
        return _finish_link(asked, account, grant)
    if user is None or user.pk != asked["owner"] or not user.is_active:
        raise NotConnected("state_lost")
    if asked["account"] and asked["account"] != account.sub:
        raise NotConnected("other_account")
    return _store(user, asked, account, grant)


def fail_consent(*, asked: dict[str, Any], problem: str) -> None:
    """Google gave nothing; whoever follows a link learns why."""
    if asked["link"] is not None:
        _open_links().filter(pk=asked["link"]).update(used_at=timezone.now(), problem=problem)


def create_connect_link(
    *,
    by: User,
    bundles: Collection[str],
    tenant_id: str = "",
    login_hint: str = "",
    return_url: str = "",
) -> tuple[ConnectLink, str]:
    """The link's row, and its token, which nobody can ever see again.

    :raises Conflict: this site has no Google client
    :raises Invalid: an unknown bundle, or a return address the operator does not allow
    """
    require_configured()
    tenants.check(by=by, tenant_id=tenant_id)
    if strange := sorted(set(bundles) - set(Bundle)):
        text = _("There is no such permission: %s") % ", ".join(strange)
        raise Invalid(text, errors={"bundles": [text]})
    allowed = [_origin(one) for one in settings.CONNECT_RETURN_ORIGINS]
    if return_url and (_origin(return_url) is None or _origin(return_url) not in allowed):
        text = _("This address is not on this site's list.")
        raise Invalid(text, code="return_url_not_allowed", errors={"return_url": [text]})
    token = secrets.token_urlsafe(32)
    link = ConnectLink.objects.create(
        owner=by,
        tenant_id=tenant_id,
        bundles=sorted({Bundle(bundle) for bundle in bundles}),
        login_hint=login_hint,
        return_url=return_url,
        digest=_digest(token),
        expires_at=timezone.now() + timedelta(minutes=LINK_MINUTES),
    )
    return link, token


def read_connect_link(*, token: str) -> ConnectLink:
    """The link in whatever state it is (see accounts.links).

    :raises NotFound: there is no such link, or its owner may not sign in any more
    """
    rows = ConnectLink.objects.select_related("owner").filter(owner__is_active=True)
    link = rows.filter(digest=_digest(token)).first()
    if link is None:
        raise NotFound
    return link


def _finish_link(asked: dict[str, Any], account: Account, grant: Grant) -> Credential:
    """The link is used up by whoever comes back first, whatever comes of it."""
    rows = ConnectLink.objects.filter(pk=asked["link"])
    with transaction.atomic():
        if not _open_links().filter(pk=asked["link"]).update(used_at=timezone.now()):
            raise NotConnected("state_lost")
        try:
            credential = _store(rows.select_related("owner").get().owner, asked, account, grant)
        except NotConnected as failure:
            rows.update(problem=failure.problem)
            problem = failure.problem
        else:
            rows.update(credential=credential)
            return credential
    raise NotConnected(problem)


def _open_links() -> ConnectLinkQuerySet:
    return ConnectLink.objects.filter(
        used_at=None, expires_at__gt=timezone.now(), owner__is_active=True
    )


def _store(owner: User, asked: dict[str, Any], account: Account, grant: Grant) -> Credential:
    if not _is_enough(asked["bundles"], grant.scopes):
        raise NotConnected("missing_scope")
    try:
        return grants.store_grant(
            owner=owner, tenant_id=asked["tenant_id"], account=account, grant=grant
        )
    except grants.NoRefreshToken:
        raise NotConnected("failed") from None


def _is_enough(asked: Iterable[str], granted: Iterable[str]) -> bool:
    """Boxes may be left unticked, but an account that can nothing is none."""
    have = scopes.capabilities(granted)
    if Bundle.CLASSROOM in asked:
        return Capability.LIST_COURSES in have
    return any(scopes.bundle_of(capability) in asked for capability in have)


def _expected(owner: User, tenant_id: str, email: str) -> str:
    """The Google id of the owner's account of that address, "" if there is none."""
    rows = Credential.objects.connected().filter(owner=owner, tenant_id=tenant_id)
    known = rows.filter(email__iexact=email).values_list("google_sub", flat=True)
    return known.first() or "" if email else ""


def _provider(request: HttpRequest) -> Any:
    return get_adapter(request).get_provider(request, "google")


def _digest(token: str) -> str:
    # 256 random bits: a slow hash would protect nothing.
    return hashlib.sha256(token.encode()).hexdigest()


def _origin(address: str) -> tuple[str, str, int] | None:
    """None for what is no plain web address, such as one that browsers read another way."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if not port or not parts.hostname or "@" in parts.netloc or "\\" in address:
        return None
    return parts.scheme, parts.hostname, port
