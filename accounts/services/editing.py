"""Staff changing what an account says and what it may do."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.deeds import Deed
from accounts.models import Erasure, User
from accounts.services import audit, closing, people
from core.errors import Conflict, Forbidden, Invalid

_RIGHTS = frozenset({"role", "is_superuser", "powers"})
_FACTS = frozenset({"username", "email", "full_name", "language", "is_active"})


def edit_user(*, by: User, user: User, **facts: Any) -> User:
    """Write the given facts of an account; `powers` are all it shall have, one by one.

    Nobody changes his own rights or closes his own account, so a superuser is always left.

    :raises Forbidden: by whom, or on whom, it is not allowed
    :raises Invalid: with what is wrong, by field
    :raises Conflict: somebody took the name or the address at this very moment
    """
    if strange := set(facts) - _RIGHTS - _FACTS:
        raise TypeError(f"An account has no {strange}")
    try:
        with transaction.atomic():
            return _edit(by, user, facts)
    except IntegrityError:
        raise Conflict(_("Somebody has just taken this username or e-mail.")) from None


def _edit(by: User, user: User, facts: Mapping[str, Any]) -> User:
    editor, current = _locked(by, user)
    if not editor.may_manage(current):
        raise Forbidden
    before, rights = _facts_of(current), people.rights_of(current)
    for name in facts.keys() & {*_FACTS, "role", "is_superuser"}:
        setattr(current, name, facts[name])
    if errors := people.mistakes_in(current):
        raise Invalid(_("The account could not be changed."), errors=errors)
    people.grant(current, facts.get("powers", rights["powers"]))
    _check_rights(editor, current, rights)
    EmailAddress.objects.filter(user=current).exclude(email__iexact=current.email).delete()
    _write_down(by, current, before, rights)
    return current


def _locked(by: User, user: User) -> tuple[User, User]:
    """Both as they are now: of two who take each other's rights at once, one comes too late."""
    rows = User.objects.select_for_update().filter(pk__in={by.pk, user.pk}).order_by("pk")
    people_now = {one.pk: one for one in rows}
    editor = people_now.get(by.pk)
    current = people_now.get(user.pk)
    if editor is None or current is None:
        raise Forbidden
    editor.is_limited = by.is_limited
    return editor, current


def _check_rights(editor: User, current: User, rights: Mapping[str, Any]) -> None:
    """Within the transaction, which a refusal undoes."""
    changed = people.rights_of(current) != rights
    if current == editor and (changed or not current.is_active):
        raise Forbidden(_("Ask another admin to change your own role."), code="own_role")
    if changed and not editor.is_superuser:
        raise people.only_superusers()


def _write_down(
    by: User, current: User, before: Mapping[str, Any], rights: Mapping[str, Any]
) -> None:
    after, rights_now = _facts_of(current), people.rights_of(current)
    told: dict[str, Any] = {"target": current, "owner_id": current.pk, "by": by}
    changed = [name for name in before if name != "is_active" and before[name] != after[name]]
    if changed:
        audit.record(Deed.USER_CHANGED, **told, fields=changed)
    if rights_now != rights:
        audit.record(Deed.ROLE_CHANGED, **told, before=rights, after=rights_now)
    if before["is_active"] and not current.is_active:
        closing.end_everything(user=current, why="closed")
        audit.record(Deed.USER_CLOSED, **told)
    elif current.is_active and not before["is_active"]:
        if Erasure.objects.filter(person=current).exists():
            raise Conflict(_("This account is being erased."), code="being_erased")
        audit.record(Deed.USER_OPENED, **told)


def _facts_of(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in sorted(_FACTS)}
