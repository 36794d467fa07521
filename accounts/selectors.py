"""Reads of people and their Google accounts. Secrets are not read here."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.google.scopes import Capability
from accounts.models import (
    ApiKey,
    ApiSession,
    ConnectLink,
    Credential,
    CredentialStatus,
    Erasure,
    User,
)
from accounts.models.connect_link import ConnectLinkQuerySet
from accounts.models.credential import CredentialQuerySet
from accounts.models.erasure import ErasureQuerySet
from accounts.roles import Power
from core.errors import Forbidden, NotFound


def has_people() -> bool:
    """Whether anybody has an account; until then the site waits for its first admin."""
    return User.objects.exists()


def person_to_sign_in(email: str) -> User | None:
    """Whose address it is; nobody's, if two claim it or a Google account is theirs already.

    Whoever has signed in with Google once is known by the account's id, whatever its address.
    """
    proved = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    people = list(User.objects.filter(Q(email__iexact=email) | Q(pk__in=proved))[:2])
    if len(people) != 1:
        return None
    known = SocialAccount.objects.filter(user=people[0], provider="google").exists()
    return None if known else people[0]


def list_credentials(*, user: User, tenant_id: str = "") -> CredentialQuerySet:
    """The connected accounts a person may see, newest first; staff see disconnected ones too."""
    rows = Credential.objects.visible_to(user).order_by("-connected_at", "-pk")
    if not user.is_admin:
        rows = rows.connected()
    return rows.filter(tenant_id=tenant_id) if tenant_id else rows


def get_credential(*, user: User, credential_id: int) -> Credential:
    """:raises NotFound: there is none, or it is somebody else's"""
    credential = list_credentials(user=user).filter(pk=credential_id).first()
    if credential is None:
        raise NotFound
    return credential


def drive_credential(*, user: User) -> Credential | None:
    """The account with which this person's Drive files are read: the one used last.

    Where all that could have to be connected again it is one of these: what is fetched with it
    waits for that, and is not asked for without any name meanwhile.
    """
    rows = Credential.objects.own(user).filter(enabled=True)
    newest = rows.order_by(F("last_used_at").desc(nulls_last=True), "-pk")
    for status in (CredentialStatus.ACTIVE, CredentialStatus.NEEDS_CONSENT):
        for one in newest.filter(status=status):
            if one.may(Capability.DRIVE_READ):
                return one
    return None


def is_shared(credential: Credential) -> bool:
    """Whether the same Google account is connected elsewhere here, by whomever."""
    same = Credential.objects.filter(google_sub=credential.google_sub, secrets__isnull=False)
    return same.exclude(pk=credential.pk).exists()


def list_connect_links(*, user: User) -> ConnectLinkQuerySet:
    return ConnectLink.objects.visible_to(user).order_by("-created_at", "-pk")


def get_connect_link(*, user: User, link_id: int) -> ConnectLink:
    """:raises NotFound: there is none, or it is somebody else's"""
    link = list_connect_links(user=user).filter(pk=link_id).first()
    if link is None:
        raise NotFound
    return link


def twins_of(user_id: int, to_id: int) -> dict[int, int]:
    """Of one person's connected accounts those another has connected too, with the other's."""
    mine = Credential.objects.filter(owner=user_id).values_list("pk", "tenant_id", "google_sub")
    theirs = Credential.objects.filter(owner=to_id).values_list("tenant_id", "google_sub", "pk")
    known = {(tenant, sub): pk for tenant, sub, pk in theirs}
    return {pk: known[tenant, sub] for pk, tenant, sub in mine if (tenant, sub) in known}


def list_erasures(*, user: User) -> ErasureQuerySet:
    """Newest first.

    :raises Forbidden: not staff who manage people
    """
    if not user.may(Power.PEOPLE):
        raise Forbidden
    return Erasure.objects.visible_to(user).order_by("-id")


def get_erasure(*, user: User, erasure_id: int) -> Erasure:
    """:raises NotFound: there is none, or not for this person to see"""
    erasure = Erasure.objects.visible_to(user).filter(pk=erasure_id).first()
    if erasure is None:
        raise NotFound
    return erasure


def list_people(
    *, user: User, search: str = "", role: str = "", is_active: bool | None = None
) -> QuerySet[User]:
    """Everybody's accounts, by username.

    :raises Forbidden: not staff who manage people
    """
    if not user.may(Power.PEOPLE):
        raise Forbidden
    rows = User.objects.order_by("username", "pk")
    for word in search.split():
        named = Q(full_name__icontains=word)
        rows = rows.filter(named | Q(username__icontains=word) | Q(email__icontains=word))
    rows = rows.filter(role=role) if role else rows
    return rows if is_active is None else rows.filter(is_active=is_active)


def get_person(*, user: User, user_id: int) -> User:
    """
    :raises Forbidden: not staff who manage people
    :raises NotFound: there is nobody of this number
    """
    person = list_people(user=user).filter(pk=user_id).first()
    if person is None:
        raise NotFound
    return person


def list_api_keys(*, user: User) -> QuerySet[ApiKey]:
    """A person's own keys, newest first."""
    return ApiKey.objects.filter(owner=user).order_by("-created_at", "-pk")


def get_api_key(*, user: User, key_id: int) -> ApiKey:
    """:raises NotFound: there is none, or it is somebody else's"""
    key = list_api_keys(user=user).filter(pk=key_id).first()
    if key is None:
        raise NotFound
    return key


def list_api_sessions(*, user: User) -> QuerySet[ApiSession]:
    """Where programs are signed in as this person, newest first."""
    same_password = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    living = ApiSession.objects.visible_to(user).usable().filter(auth_hash__in=same_password)
    return living.order_by("-created_at", "-pk")


def get_api_session(*, user: User, session_id: int) -> ApiSession:
    """:raises NotFound: there is none, it has ended, or it is somebody else's"""
    session = list_api_sessions(user=user).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    return session


def find_person(*, user: User, name: str) -> User:
    """By username or e-mail, as staff type it.

    :raises Forbidden: not staff who manage people
    :raises NotFound: there is nobody of this name
    """
    found = list_people(user=user).filter(Q(username__iexact=name) | Q(email__iexact=name))
    people = list(found.order_by("pk")[:2])
    if len(people) != 1:
        raise NotFound
    return people[0]


def list_people_of(email: str) -> list[User]:
    """Who may sign in and has this address, for a mail to it."""
    return list(User.objects.filter(email__iexact=email, is_active=True))


def list_browser_sessions(*, user: User) -> QuerySet[UserSession]:
    """The browsers a person is signed in with, the one used last first."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("pk")
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=living)
    return rows.order_by("-last_seen_at", "-pk")
