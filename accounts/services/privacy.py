"""What a person may do with all that is theirs (LGPD, art. 18), and staff for them: take a copy

of it, have it erased, hand it over.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from zipstream import ZIP_DEFLATED, ZipStream

from accounts.deeds import Deed
from accounts.models import Erasure, Role, User
from accounts.roles import Power
from accounts.services import audit, closing, erasures, sign_in
from core import circumstances, privacy, queue
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.privacy import Row, Share

ERASE = "ERASE"  # what those type who have no password

_COUNTED = ("videos", "downloads", "subscriptions", "google_accounts")
_LETTERS = {"en": "README.txt", "pt-br": "LEIA-ME.txt"}


def export(*, by: User, user: User) -> Iterator[bytes]:
    """A ZIP of everything that is held of this person, made while it is read. No secrets.

    :raises NotFound: it is somebody else
    """
    _check(by, user)
    audit.record(Deed.USER_EXPORTED, by=by, target=user, owner_id=user.pk)
    shares = [share for data in reversed(privacy.everything()) for share in data.shares]
    archive = ZipStream(compress_type=ZIP_DEFLATED, compress_level=6)
    for language, name in _LETTERS.items():
        archive.add(_letter(user, shares, language), name)
    counted: Counter[str] = Counter()
    for share in shares:
        archive.add(_json(share.name, share.read(user.pk), counted), f"{share.name}.json")
    archive.add(_manifest(user, shares, counted), "manifest.json")
    return iter(archive)


def filename_of(user: User) -> str:
    return f"{user.username}-{timezone.localdate().isoformat()}.zip"


def held_by(user: User) -> dict[str, int]:
    """How much of what people count there is, to ask with before it goes."""
    shares = {share.name: share for data in privacy.everything() for share in data.shares}
    return {name: shares[name].rows(user.pk).count() for name in _COUNTED if name in shares}


def has_password(user: User) -> bool:
    return user.has_usable_password()


def erase_oneself(*, by: User, password: str) -> Erasure:
    """As `erase`, once this is proved to be the person. Without a password: type ERASE.

    :raises Invalid: the password, or the word, is wrong
    :raises TooMany: it was wrong too often
    :raises Conflict: nobody could manage this site any more
    """
    _prove(by, password)
    return _erase(by, by)


def erase(*, by: User, user: User) -> Erasure:
    """Close the account now; everything of it goes in the background, and is never back.

    One that is being erased already is found again. For staff, and not for their own account.

    :raises NotFound: it is nobody these staff manage
    :raises Conflict: it is their own, or nobody could manage this site any more
    """
    if by.pk == user.pk:
        text = _("Erase your own account on your profile page.")
        raise Conflict(text, code="own_account")
    _check(by, user)
    return _erase(by, user)


def _erase(by: User, user: User) -> Erasure:
    with transaction.atomic():
        person = _locked([user.pk])[user.pk]
        known = Erasure.objects.filter(person=person).first()
        if known is not None:
            return known
        _keep_an_admin(person)
        audit.record(Deed.USER_ERASED, by=by, target=person, owner_id=person.pk)
        erasure = erasures.begin(person=person, by=by)
        _shut(person)
    queue.wake_workers()
    return erasure


def hand_over(*, by: User, user: User, to: User) -> dict[str, int]:
    """Give what one person has to another: {noun: how many}. What is running goes on.

    What the other has already stays where it is, and so do keys, sessions and limits.

    :raises NotFound: one of them is nobody this staff may manage
    :raises Invalid: both are the same, or the other's account is closed
    """
    if not by.may(Power.PEOPLE):
        raise Forbidden
    _check(by, user)
    _check_receiver(by, user, to)
    with transaction.atomic():
        people = _locked([user.pk, to.pk])
        if not people[to.pk].is_active:
            raise _closed()
        numbers: dict[str, int] = {}
        for data in privacy.everything():
            numbers |= data.hand_over(user.pk, to.pk)
        audit.record(
            Deed.USER_HANDED_OVER, by=by, target=user, owner_id=user.pk, to=to.pk, **numbers
        )
    queue.wake_workers()
    return numbers


def _check(by: User, user: User) -> None:
    if by.pk != user.pk and not by.may_manage(user):
        raise NotFound


def _check_receiver(by: User, user: User, to: User) -> None:
    if to.pk == user.pk:
        raise Invalid(_("Choose another person."), errors={"to": [_("Choose another person.")]})
    if not by.may_manage(to):  # which staff for people alone are not to themselves
        raise NotFound
    if not to.is_active:
        raise _closed()


def _closed() -> Invalid:
    text = _("This account is closed.")
    return Invalid(text, code="account_closed", errors={"to": [text]})


def _prove(user: User, password: str) -> None:
    """As often as at the sign-in, and counted with it."""
    if not has_password(user):
        if password.strip() == ERASE:
            return
        text = _("Type ERASE to confirm.")
        raise Invalid(text, code="not_confirmed", errors={"password": [text]})
    try:
        sign_in.check_password(
            login=user.username, password=password, address=circumstances.now().address
        )
    except sign_in.WrongPassword:
        text = _("This is not your password.")
        raise Invalid(text, code="wrong_password", errors={"password": [text]}) from None


def _locked(ids: Iterable[int]) -> dict[int, User]:
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    return {one.pk: one for one in rows}


def _keep_an_admin(person: User) -> None:
    """Locked, or the last two could leave in the same moment."""
    if not person.is_superuser:
        return
    admins = User.objects.filter(is_superuser=True, is_active=True, role=Role.ADMIN)
    if not [one for one in admins.select_for_update(no_key=True).order_by("pk") if one != person]:
        text = _("This is the last account that can manage everything. Give another one first.")
        raise Conflict(text, code="last_admin")


def _shut(person: User) -> None:
    """From now on nobody comes in by it, and nothing is fetched for it."""
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    closing.end_everything(user=person, why="erased", keys=True)
    for data in privacy.everything():
        data.stop(person.pk)


def _json(name: str, pages: Iterable[list[Row]], counted: Counter[str]) -> Iterator[bytes]:
    """One row a line, so that it can be read without holding all of it."""
    yield b"["
    for page in pages:
        lines = (json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) for row in page)
        yield ((",\n" if counted[name] else "\n") + ",\n".join(lines)).encode()
        counted[name] += len(page)
    yield b"\n]\n"


def _manifest(user: User, shares: list[Share], counted: Counter[str]) -> Iterator[bytes]:
    """Last, since only then is it known how many rows there are."""
    told = {
        "format": 1,
        "user_id": user.pk,
        "username": user.username,
        "made_at": timezone.now(),
        "files": {f"{one.name}.json": counted[one.name] for one in shares},
    }
    yield json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def _letter(user: User, shares: list[Share], language: str) -> bytes:
    """What Windows' editor reads as well: a byte order mark, and its line ends."""
    with translation.override(language):
        files = [(f"{one.name}.json", str(one.about)) for one in shares]
        text = render_to_string("accounts/export.txt", {"person": user, "files": files})
    return ("\ufeff" + text.replace("\r\n", "\n").replace("\n", "\r\n")).encode()
