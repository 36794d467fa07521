"""Reads of people and their Google accounts. Secrets are not read here."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models import F, Q

from accounts.google.scopes import Capability
from accounts.models import ConnectLink, Credential, CredentialStatus, User
from accounts.models.connect_link import ConnectLinkQuerySet
from accounts.models.credential import CredentialQuerySet
from core.errors import NotFound


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
    rows = Credential.objects.filter(owner=user, enabled=True)
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
