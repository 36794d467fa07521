"""Whose cookies there are, and how old; never what is in them."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core.errors import NotFound
from downloads.engines.cookie_file import belongs
from downloads.models import CookieJar
from downloads.models.cookies import CookieJarQuerySet

OLD_AFTER = timedelta(days=60)


def list_jars(*, user: User) -> CookieJarQuerySet:
    """Your own by site; staff see everybody's."""
    found = CookieJar.objects.visible_to(user).select_related("owner")
    return found.defer("secrets").order_by("site", "id")


def own_jars(*, user: User) -> CookieJarQuerySet:
    return list_jars(user=user).filter(owner=user)


def get_jar(*, user: User, jar_id: int) -> CookieJar:
    """:raises NotFound: there is none, or it is somebody else's"""
    jar = list_jars(user=user).filter(pk=jar_id).first()
    if jar is None:
        raise NotFound
    return jar


def in_use(*, owner_id: int, host: str) -> list[CookieJar]:
    """Those that a visit of this person to this host is to carry."""
    valid = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    labels = host.lstrip(".").lower().split(".")
    sites = [".".join(labels[first:]) for first in range(len(labels))]
    jars = CookieJar.objects.filter(valid, owner_id=owner_id, enabled=True, site__in=sites)
    return [jar for jar in jars if belongs(host, jar.site)]


def state_of(jar: CookieJar) -> str:
    """`off`, `expired`, `refused` by their site, `old`, or `good`."""
    now = timezone.now()
    if not jar.enabled:
        return "off"
    if jar.expires_at and jar.expires_at <= now:
        return "expired"
    if jar.refused_at:
        return "refused"
    return "old" if jar.created_at < now - OLD_AFTER else "good"
