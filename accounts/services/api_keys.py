"""API keys: made, shown once, recognised, revoked."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import scopes as known
from accounts.deeds import Deed
from accounts.models import ApiKey, Role, User
from accounts.services import audit
from core.errors import Conflict, Forbidden, Invalid, NotFound

BEGINNING = "cdk_"
SHOWN = 12
NAME_LENGTH = 100
MOST_TENANTS = 100
TENANT_LENGTH = 255
MOST_KEYS = 50
NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_api_key(
    *,
    by: User | None,
    owner: User,
    name: str,
    scopes: Sequence[str],
    tenant_ids: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The key's row and the key itself, which nobody can ever see again.

    `by` is None when the operator asks on the command line.

    :raises Forbidden: for somebody else, or with staff's scope by somebody who is not
    :raises Invalid: no name, no or unknown scopes, or an end that has passed
    :raises Conflict: they have as many keys as anybody may
    """
    _check_who(by, owner, scopes)
    errors = _mistakes(name.strip(), list(scopes), tenant_ids, expires_at)
    if errors:
        raise Invalid(_("The key could not be made."), errors=errors)
    _check_room(owner)
    secret = BEGINNING + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        owner=owner,
        name=name.strip(),
        prefix=secret[:SHOWN],
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        tenant_ids=sorted(set(tenant_ids)),
        expires_at=expires_at,
    )
    audit.record(Deed.KEY_MADE, by=by, target=key, owner_id=owner.pk, scopes=key.scopes)
    return key, secret


def revoke_api_key(*, by: User, key: ApiKey) -> None:
    """From now on the key opens nothing; revoking it again changes nothing.

    :raises NotFound: it is somebody else's key
    """
    if not ApiKey.objects.visible_to(by).filter(pk=key.pk).exists():
        raise NotFound
    with transaction.atomic():
        living = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
        if living.update(revoked_at=timezone.now()):
            audit.record(Deed.KEY_REVOKED, by=by, target=key, owner_id=key.owner_id)


def use_api_key(*, secret: str) -> ApiKey | None:
    """The usable key behind `secret`, with its owner; notes the use at most once a minute."""
    key = ApiKey.objects.usable().select_related("owner").filter(digest=_digest(secret)).first()
    if key is not None:
        key.owner.is_limited = "admin" not in key.scopes
        key.owner.tenants = tuple(key.tenant_ids) or None
        _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at and key.last_used_at > now - NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    # The secret has 256 random bits, so a slow hash would protect nothing and cost every request.
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_who(by: User | None, owner: User, scopes: Sequence[str]) -> None:
    """A key is as good as its owner, so who may not become staff makes none in staff's name."""
    if by is not None and by != owner and not by.may_manage(owner):
        raise Forbidden
    if "admin" in scopes and owner.role != Role.ADMIN:
        raise Forbidden(_("Only staff may have a key with the scope admin."))


def _check_room(owner: User) -> None:
    User.objects.select_for_update().get(pk=owner.pk)  # of two at once the second waits
    if ApiKey.objects.usable().filter(owner=owner).count() >= MOST_KEYS:
        raise Conflict(
            _("There are %s keys already. Revoke one first.") % MOST_KEYS, code="too_many_keys"
        )


def _mistakes(
    name: str, scopes: list[str], tenant_ids: Sequence[str], expires_at: datetime | None
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not name or len(name) > NAME_LENGTH or "\0" in name:
        found["name"] = [_("Give the key a name of at most 100 characters.")]
    if not scopes:
        found["scopes"] = [_("Choose at least one scope.")]
    if strange := known.unknown(scopes):
        found["scopes"] = [_("There is no such scope: %s") % ", ".join(strange)]
    if len(tenant_ids) > MOST_TENANTS or not all(map(_is_tenant, tenant_ids)):
        found["tenant_ids"] = [_("Name at most 100 tenants, each in at most 255 characters.")]
    elif tenant_ids and "admin" in scopes:
        found["tenant_ids"] = [_("A key with the scope admin is bound to nobody.")]
    if expires_at and expires_at <= timezone.now():
        found["expires_at"] = [_("This time has passed.")]
    return found


def _is_tenant(name: str) -> bool:
    return 0 < len(name) <= TENANT_LENGTH and "\0" not in name
