"""Cookies with which a person's downloads see what only that person may see on a site.

They are encrypted, shown to nobody, and given to a child process that visits their site for
their owner, which keeps them in its memory.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import audit
from core.crypto import Undecipherable
from core.errors import Conflict, Invalid, NotFound
from core.links import host_of
from downloads.engines import cookie_file
from downloads.engines.codes import Code
from downloads.engines.cookie_file import NotCookies, StoredCookie
from downloads.models import CookieJar
from downloads.selectors import cookies as selectors

logger = logging.getLogger(__name__)

MOST_SITES = 100  # of one person

_LAST_MOMENT = 32_503_680_000  # the year 3000
_REFUSALS = frozenset({Code.SOURCE_LOGIN_REQUIRED, Code.SOURCE_AGE_RESTRICTED})


class Visit(Protocol):
    """A download, or a look."""

    owner_id: int
    url: Any


@dataclass(frozen=True, slots=True)
class Saved:
    """The cookies of a site, and whether there were none of it before."""

    jar: CookieJar
    created: bool


def save_cookies(*, by: User, content: str, site: str = "") -> Saved:
    """Keep the cookies of one site out of an export, in place of those there were.

    :raises Invalid: it holds none that are valid, or those of several sites and none is named
    :raises Conflict: it would be one site too many
    """
    found = _valid(content)
    site = _site(site) if site else _only_site(found)
    kept = _of_site(found, site)
    if CookieJar.objects.filter(owner=by).exclude(site=site).count() >= MOST_SITES:
        message = _(
            "You have given cookies of as many sites as one person can. Forget some first."
        )
        raise Conflict(message, code="too_many_sites")
    with transaction.atomic():
        jar, created = CookieJar.objects.update_or_create(
            owner=by, site=site, defaults=_facts(by, site, kept)
        )
        audit.record(Deed.COOKIES_SAVED, by=by, target=jar, owner_id=by.pk, new=created)
    return Saved(jar, created)


def change_jar(
    *, by: User, jar: CookieJar, enabled: bool | None = None, content: str | None = None
) -> CookieJar:
    """Turn them on or off, or put fresh ones in their place, which is for their owner alone.

    :raises NotFound: they are somebody else's
    :raises Invalid: there are none of that site in it
    """
    _check(by, jar)
    facts: dict[str, Any] = {}
    if content is not None:
        if jar.owner_id != by.pk:
            raise NotFound
        facts = _facts(by, jar.site, _of_site(_valid(content), jar.site))
    if enabled is not None:
        facts["enabled"] = enabled
    with transaction.atomic():
        CookieJar.objects.filter(pk=jar.pk).update(**facts)
        told: dict[str, Any] = {"fresh": content is not None}
        told |= {} if enabled is None else {"enabled": enabled}
        audit.record(Deed.COOKIES_SAVED, by=by, target=jar, owner_id=jar.owner_id, **told)
    jar.refresh_from_db()
    return jar


def remove_jar(*, by: User, jar: CookieJar) -> None:
    """:raises NotFound: they are somebody else's"""
    _check(by, jar)
    with transaction.atomic():
        audit.record(Deed.COOKIES_REMOVED, by=by, target=jar, owner_id=jar.owner_id)
        jar.delete()


def has_any(*, owner_id: int, url: str) -> bool:
    """Whether a visit of this person to this address is to carry cookies."""
    return bool(selectors.in_use(owner_id=owner_id, host=host_of(url)))


def of_visit(*, owner_id: int, url: str) -> list[StoredCookie]:
    """What that visit carries; what no key opens any more counts as not there."""
    jars = selectors.in_use(owner_id=owner_id, host=host_of(url))
    CookieJar.objects.filter(pk__in=[jar.pk for jar in jars]).update(last_used_at=timezone.now())
    return [cookie for jar in jars for cookie in _opened(jar)]


def note_refusals(visits: Iterable[Visit], *, code: str) -> None:
    """They ended in this way: if the site wants a sign-in again, the owner gets to see it."""
    if code not in _REFUSALS:
        return
    for owner_id, host in {(one.owner_id, host_of(one.url)) for one in visits}:
        used = [jar.pk for jar in selectors.in_use(owner_id=owner_id, host=host)]
        CookieJar.objects.filter(pk__in=used).update(refused_at=timezone.now())


def _check(by: User, jar: CookieJar) -> None:
    if not CookieJar.objects.visible_to(by).filter(pk=jar.pk).exists():
        raise NotFound


def _opened(jar: CookieJar) -> list[StoredCookie]:
    """What is in them is bound to its row, so that nobody is served with another's."""
    try:
        bound = (jar.secrets["owner"], jar.secrets["site"]) == (jar.owner_id, jar.site)
        return list(jar.secrets["cookies"]) if bound else []
    except (Undecipherable, KeyError):
        logger.error("The cookies %s cannot be opened", jar.pk)  # noqa: TRY400 - no trace of them
        return []


def _valid(content: str) -> list[StoredCookie]:
    """Those that have not expired."""
    if len(content.encode(errors="replace")) > cookie_file.MOST_BYTES:
        raise _refusal(_("This file is too large to be the cookies of one site."))
    try:
        found = cookie_file.read(content)
    except NotCookies:
        raise _refusal(_NO_COOKIES) from None
    now = timezone.now().timestamp()
    valid = [one for one in found if one["expires"] is None or one["expires"] > now]
    if not valid:
        raise _refusal(_("All cookies in it have expired. Sign in to the site and export anew."))
    return valid


def _site(name: str) -> str:
    host = name if "://" not in name else host_of(name)
    site = cookie_file.site_of(host)
    if not site:
        message = _("This is not the name of a site, such as youtube.com.")
        raise Invalid(message, errors={"site": [message]})
    return site


def _only_site(found: list[StoredCookie]) -> str:
    sites = {cookie_file.site_of(one["domain"]) for one in found} - {""}
    if len(sites) != 1:
        message = _("These are cookies of several sites. Say which site they are for.")
        raise Invalid(message, code="several_sites", errors={"site": [message]})
    return sites.pop()


def _of_site(found: list[StoredCookie], site: str) -> list[StoredCookie]:
    """The others are forgotten at once: nobody asked to have them kept."""
    kept = [one for one in found if cookie_file.belongs(one["domain"], site)]
    if not kept:
        message = _("There is no cookie of %(site)s in it.") % {"site": site}
        raise _refusal(message)
    return kept


def _facts(owner: User, site: str, kept: list[StoredCookie]) -> dict[str, Any]:
    ends = [one["expires"] for one in kept if one["expires"]]
    last = min(max(ends), _LAST_MOMENT) if ends else None
    return {
        "secrets": {"owner": owner.pk, "site": site, "cookies": kept},
        "number": len(kept),
        "expires_at": datetime.fromtimestamp(last, UTC) if last else None,
        "created_at": timezone.now(),
        "enabled": True,
        "refused_at": None,
    }


_NO_COOKIES = _(
    "There is no cookie in it. Export them as cookies.txt (Netscape format) with an add-on of "
    "your browser."
)


def _refusal(message: StrOrPromise) -> Invalid:
    return Invalid(message, code="not_cookies", errors={"content": [message]})
