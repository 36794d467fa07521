"""Every way a download can fail, in words a teacher understands and can act on."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from django_stubs_ext import StrOrPromise

from downloads.engines.codes import TRANSIENT, Code


class Who(StrEnum):
    """Who has to act before another try can succeed."""

    USER = "user"
    OWNER = "owner"
    STAFF = "staff"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One row of the closed list; `message` and `advice` are English message ids."""

    code: Code
    who: Who
    message: str
    advice: str

    @property
    def retryable(self) -> bool:
        return self.code in TRANSIENT


@dataclass(frozen=True, slots=True)
class Explanation:
    message: StrOrPromise
    advice: StrOrPromise
    retryable: bool
    who: Who = Who.NOBODY


_KINDS = (
    ErrorKind(
        Code.SOURCE_PRIVATE,
        Who.OWNER,
        _("This video is private."),
        _("Ask its owner to share it with you, then try again."),
    ),
    ErrorKind(
        Code.SOURCE_LOGIN_REQUIRED,
        Who.USER,
        _("The site shows this video to signed-in people only."),
        _("Add your cookies of this site, or ask for a link that works without signing in."),
    ),
    ErrorKind(
        Code.SOURCE_AGE_RESTRICTED,
        Who.OWNER,
        _("The site shows this video only to people of proven age."),
        _("Ask its owner to lift the age limit or to send the file."),
    ),
    ErrorKind(
        Code.SOURCE_GEO_BLOCKED,
        Who.OWNER,
        _("This video is not available in this country."),
        _("Ask its owner to make it available here or to send the file."),
    ),
    ErrorKind(
        Code.SOURCE_REMOVED,
        Who.NOBODY,
        _("This video was removed from its site."),
        _("Look for another copy; this link will not work again."),
    ),
    ErrorKind(
        Code.SOURCE_NOT_FOUND,
        Who.USER,
        _("There is no video at this address."),
        _("Check the link, or copy it again from its page."),
    ),
    ErrorKind(
        Code.SOURCE_UNSUPPORTED,
        Who.USER,
        _("Videos of this kind cannot be fetched here."),
        _(
            "Paste the link of one finished video, not of a live stream or of another page. "
            "If it is one, ask your administrator which kinds of file are allowed."
        ),
    ),
    ErrorKind(
        Code.SOURCE_NOT_A_VIDEO,
        Who.USER,
        _("What this address gives is not a video."),
        _("Open the link in a browser: it may ask to sign in, or lead to another page."),
    ),
    ErrorKind(
        Code.SOURCE_NOT_DOWNLOADABLE,
        Who.OWNER,
        _("Its owner, or Google, does not allow this video to be downloaded."),
        _("Ask its owner to allow downloading, or for another copy, then try again."),
    ),
    ErrorKind(
        Code.SOURCE_QUOTA,
        Who.NOBODY,
        _("Too many people fetched this file today."),
        _("Wait until tomorrow, then try again."),
    ),
    ErrorKind(
        Code.SOURCE_RATE_LIMITED,
        Who.NOBODY,
        _("The site asks for a pause."),
        _("Wait an hour, then try again."),
    ),
    ErrorKind(
        Code.SOURCE_BOT_CHECK,
        Who.STAFF,
        _("The site wants proof that a person is asking."),
        _("Wait some hours before trying again. If it stays, tell your administrator."),
    ),
    ErrorKind(
        Code.NETWORK_UNREACHABLE,
        Who.NOBODY,
        _("The site does not answer."),
        _("Check the link; if it works in a browser, try again in a few minutes."),
    ),
    ErrorKind(
        Code.NETWORK_TIMEOUT,
        Who.NOBODY,
        _("The site took too long to answer."),
        _("Try again in a few minutes."),
    ),
    ErrorKind(
        Code.NETWORK_INTERRUPTED,
        Who.NOBODY,
        _("The connection broke off."),
        _("Try again: what has been fetched is kept."),
    ),
    ErrorKind(
        Code.NETWORK_BLOCKED_ADDRESS,
        Who.USER,
        _("This address leads into a private network, which is not allowed."),
        _("Paste a link that works from anywhere on the internet."),
    ),
    ErrorKind(
        Code.LIMIT_SIZE,
        Who.STAFF,
        _("This video is larger than allowed."),
        _("Choose a lower quality, or ask your administrator to raise the limit."),
    ),
    ErrorKind(
        Code.LIMIT_DURATION,
        Who.STAFF,
        _("This video is longer than allowed."),
        _("Ask your administrator to raise the limit."),
    ),
    ErrorKind(
        Code.LIMIT_STALLED,
        Who.NOBODY,
        _("The site stopped sending."),
        _("Try again: what has been fetched is kept."),
    ),
    ErrorKind(
        Code.LIMIT_TIME,
        Who.STAFF,
        _("This download took longer than allowed."),
        _("Try again, or ask your administrator to raise the limit."),
    ),
    ErrorKind(
        Code.DISK_FULL,
        Who.STAFF,
        _("There is no room left on the server."),
        _("Tell your administrator; nothing of your library is lost."),
    ),
    ErrorKind(
        Code.FILE_CORRUPT,
        Who.NOBODY,
        _("The file arrived damaged or incomplete."),
        _("Try again. If it stays, the file at the source is damaged."),
    ),
    ErrorKind(
        Code.CREDENTIAL_NEEDS_CONSENT,
        Who.USER,
        _("Google no longer lets us in with this account."),
        _("Connect the account again; the download then goes on by itself."),
    ),
    ErrorKind(
        Code.CREDENTIAL_MISSING_SCOPE,
        Who.USER,
        _("This Google account has not given the permission that is needed."),
        _("Connect the account again and allow access to Drive."),
    ),
    ErrorKind(
        Code.JOB_CRASHED,
        Who.STAFF,
        _("The download broke down on our side, several times."),
        _("Try again. If it stays, tell your administrator the reference."),
    ),
    ErrorKind(
        Code.JOB_CANCELLED,
        Who.NOBODY,
        _("This download was cancelled."),
        _("Start it again if you want the video after all."),
    ),
    ErrorKind(
        Code.INTERNAL,
        Who.STAFF,
        _("Something went wrong on our side."),
        _("Try again. If it stays, tell your administrator the reference."),
    ),
)

ERRORS: dict[str, ErrorKind] = {str(kind.code): kind for kind in _KINDS}


def kind_of(code: str) -> ErrorKind:
    """An unknown code is our own mistake."""
    return ERRORS.get(code, ERRORS[Code.INTERNAL])


def is_ours(code: str) -> bool:
    """Whether the failure is a mistake of ours, of which staff should be told."""
    return kind_of(code).code in (Code.INTERNAL, Code.JOB_CRASHED)


def explain(code: str) -> Explanation:
    """What a code means, in the reader's language."""
    kind = kind_of(code)
    return Explanation(
        gettext_lazy(kind.message), gettext_lazy(kind.advice), kind.retryable, kind.who
    )
