"""Everything the audit trail can tell of. No Django, no I/O."""

from enum import StrEnum


class Deed(StrEnum):
    """Stable names, `<thing>.<what happened to it>`; once written they never change."""

    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_LOCKED = "sign_in.locked"
    SIGNED_OUT = "sign_in.ended"
    UNLOCKED = "sign_in.unlocked"
    SESSIONS_ENDED = "session.ended"
    TOKEN_REUSED = "token.reused"  # noqa: S105
    TOKEN_FORGED = "token.forged"  # noqa: S105
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    EMAIL_CHANGED = "email.changed"
    TOTP_ON = "second_factor.added"
    TOTP_OFF = "second_factor.removed"
    RECOVERY_CODES_MADE = "recovery_codes.made"

    USER_MADE = "user.made"
    USER_CHANGED = "user.changed"
    ROLE_CHANGED = "user.role_changed"
    USER_CLOSED = "user.closed"
    USER_OPENED = "user.opened"
    USER_EXPORTED = "user.exported"
    USER_ERASED = "user.erased"
    USER_HANDED_OVER = "user.handed_over"
    VIEW_AS_BEGUN = "view_as.begun"
    VIEW_AS_ENDED = "view_as.ended"

    KEY_MADE = "api_key.made"
    KEY_REVOKED = "api_key.revoked"
    CREDENTIAL_CONNECTED = "credential.connected"
    CREDENTIAL_USED = "credential.used"
    CREDENTIAL_CHECKED = "credential.checked"
    CREDENTIAL_REVOKED = "credential.revoked"
    CREDENTIAL_LAPSED = "credential.lapsed"
    COOKIES_SAVED = "cookies.saved"
    COOKIES_REMOVED = "cookies.removed"

    DOWNLOAD_CANCELLED = "download.cancelled"
    DOWNLOAD_RETRIED = "download.retried"
    DOWNLOAD_PURGED = "download.purged"
    BATCH_STARTED = "batch.started"
    BATCH_CANCELLED = "batch.cancelled"
    BATCH_RETRIED = "batch.retried"
    SUBSCRIPTION_MADE = "subscription.made"
    SUBSCRIPTION_REMOVED = "subscription.removed"
    QUEUE_PAUSED = "queue.paused"
    QUEUE_RESUMED = "queue.resumed"
    VIDEO_DELETED = "video.deleted"
    VIDEO_OF_ANOTHER_FETCHED = "video.of_another_fetched"
    CLEANING_STARTED = "cleaning.started"
    CLEANING_STOPPED = "cleaning.stopped"
    SETTINGS_CHANGED = "settings.changed"
    EXPORTED = "list.exported"

    RATE_LIMITED = "request.rate_limited"
    REQUEST_REFUSED = "request.refused"
    ADDRESS_BLOCKED = "address.blocked"
    BLOCK_LIFTED = "address.block_lifted"
    REPORTED = "security.reported"


SECURITY = frozenset(
    {
        Deed.SIGN_IN_FAILED,
        Deed.SIGN_IN_LOCKED,
        Deed.UNLOCKED,
        Deed.TOKEN_REUSED,
        Deed.TOKEN_FORGED,
        Deed.RATE_LIMITED,
        Deed.REQUEST_REFUSED,
        Deed.ADDRESS_BLOCKED,
        Deed.BLOCK_LIFTED,
        Deed.REPORTED,
    }
)
