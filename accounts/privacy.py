"""What is known of a person besides their work: the account, its keys, its traces."""

from typing import ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, ApiSession, AuditEntry, ConnectLink, Credential, User
from accounts.selectors import twins_of
from accounts.services import closing, grants
from core import privacy
from core.models import Event, IdempotencyKey
from core.privacy import Beat, PersonalData, Share

_OF_OTHERS = (
    "actor_id", "actor_name", "means_detail", "address", "agent", "request_id",
)  # fmt: skip


def _deeds_of_others(user_id: int) -> QuerySet[AuditEntry]:
    about = Q(owner_id=user_id) | Q(target_type="user", target_id=str(user_id))
    return AuditEntry.objects.filter(about).exclude(actor_id=user_id)


class AccountData(PersonalData):
    floor = 10
    shares: ClassVar = (
        Share(
            "account",
            _("Your account."),
            lambda user_id: User.objects.filter(pk=user_id),
            but=("password",),
        ),
        Share(
            "powers",
            _("What you may do as staff."),
            lambda user_id: User.user_permissions.through.objects.filter(user=user_id),
            more=("permission__codename",),
        ),
        Share(
            "emails",
            _("Your e-mail addresses."),
            lambda user_id: EmailAddress.objects.filter(user=user_id),
        ),
        Share(
            "sign_in_accounts",
            _("Google accounts with which you sign in."),
            lambda user_id: SocialAccount.objects.filter(user=user_id),
        ),
        Share(
            "second_factors",
            _("Which second factors you use. The secrets themselves stay out."),
            lambda user_id: Authenticator.objects.filter(user=user_id),
            but=("data",),
        ),
        Share(
            "browser_sessions",
            _("Where you are signed in with a browser."),
            lambda user_id: UserSession.objects.filter(user=user_id),
            but=("session_key", "data"),
        ),
        Share(
            "api_sessions",
            _("Where programs are signed in for you."),
            lambda user_id: ApiSession.objects.filter(owner=user_id),
            but=("public_id", "auth_hash", "refresh_id", "previous_id"),
        ),
        Share(
            "api_keys",
            _("Your API keys. The keys themselves nobody knows any more."),
            lambda user_id: ApiKey.objects.filter(owner=user_id),
            but=("digest",),
        ),
        Share(
            "google_accounts",
            _("Google accounts you have connected. Their tokens are secrets and stay out."),
            lambda user_id: Credential.objects.filter(owner=user_id),
            but=("refreshing_until", "refresh_after"),
        ),
        Share(
            "connect_links",
            _("Links with which accounts were to be connected for you."),
            lambda user_id: ConnectLink.objects.filter(owner=user_id),
            but=("digest",),
        ),
        Share(
            "deeds",
            _("What you did, as the audit trail has it."),
            lambda user_id: AuditEntry.objects.filter(actor_id=user_id),
        ),
        Share(
            "deeds_of_others",
            _("What others did with what is yours. Who they are is their data, not yours."),
            _deeds_of_others,
            but=_OF_OTHERS,
        ),
        Share(
            "admin_log",
            _("What you did in the admin."),
            lambda user_id: LogEntry.objects.filter(user=user_id),
        ),
        Share(
            "events",
            _("What changed of yours in the last days."),
            lambda user_id: Event.objects.filter(owner_id=user_id),
        ),
        Share(
            "requests",
            _("Requests of programs that are kept for a day, so that they are not done twice."),
            lambda user_id: IdempotencyKey.objects.filter(owner=user_id),
            but=("body", "request_digest"),
        ),
    )
    kept_back: ClassVar = {
        "accounts.AddressBlock": "Of the installation; who made it stands in the deeds.",
        "accounts.Erasure": "There is none while there is somebody to export.",
        "accounts.User_groups": "Groups are not used.",
        "account.EmailConfirmation": "Secrets of links that were mailed.",
        "socialaccount.SocialToken": "Never stored.",
    }

    def erase(self, user_id: int, beat: Beat) -> None:
        """The row of the account goes last, with the job that does all this."""
        closing.end_browser_sessions(user_id=user_id)
        for rows in (
            ConnectLink.objects.filter(owner=user_id),
            Credential.objects.filter(owner=user_id),
            ApiKey.objects.filter(owner=user_id),
            ApiSession.objects.filter(owner=user_id),
            IdempotencyKey.objects.filter(owner=user_id),
            LogEntry.objects.filter(user=user_id),
            Event.objects.filter(owner_id=user_id),
        ):
            privacy.remove_rows(rows, beat)
        privacy.forget_names(User, [user_id])

    def hand_over(self, user_id: int, to_id: int) -> dict[str, int]:
        """Connected Google accounts. Keys and sessions are nobody's but the person's."""
        staying = twins_of(user_id, to_id)
        moving = Credential.objects.filter(owner=user_id).exclude(pk__in=staying)
        ids = privacy.locked(moving)
        Credential.objects.filter(pk__in=ids).update(owner=to_id)
        for credential in Credential.objects.filter(pk__in=ids).order_by("pk"):
            grants.tell(credential)
        return {"credentials": len(ids)}
