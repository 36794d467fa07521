"""Every way reading Classroom or reaching a Drive file can fail, in words people understand."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from django_stubs_ext import StrOrPromise

from accounts.google.errors import GoogleError, Reason
from courses.classroom.reading import EndlessList

ENDLESS_LIST = "google.endless_list"


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of the closed list; `message` and `advice` are English message ids."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Explanation:
    message: StrOrPromise
    advice: StrOrPromise


def code_of(error: GoogleError) -> str:
    return ENDLESS_LIST if isinstance(error, EndlessList) else of_reason(error.reason)


def of_reason(reason: Reason) -> str:
    return f"google.{reason}"


_PROBLEMS = (
    Problem(
        of_reason(Reason.NEEDS_CONSENT),
        _("Google no longer lets us in with this account."),
        _("Connect the account again; everything then goes on by itself."),
    ),
    Problem(
        of_reason(Reason.MISSING_SCOPE),
        _("This Google account has not given a permission that is needed."),
        _("Connect the account again and leave every box ticked."),
    ),
    Problem(
        of_reason(Reason.BLOCKED_BY_ADMIN),
        _("The school's administrator has not allowed this application."),
        _("Send the school's IT the text from the page of Google accounts."),
    ),
    Problem(
        of_reason(Reason.API_NOT_ENABLED),
        _("A Google service is not switched on for this installation."),
        _("Tell your administrator: it is enabled in the Google Cloud project."),
    ),
    Problem(
        of_reason(Reason.NO_ACCESS),
        _("This account may not see this in Google."),
        _("Ask its owner to share it with this account, or use another account."),
    ),
    Problem(
        of_reason(Reason.GONE),
        _("It is no longer in Google, or was never shared with this account."),
        _("Ask its owner whether it was moved or removed."),
    ),
    Problem(
        of_reason(Reason.NOT_DOWNLOADABLE),
        _("Its owner does not allow this file to be downloaded."),
        _("Ask its owner to allow downloading, then synchronise again."),
    ),
    Problem(
        of_reason(Reason.ABUSIVE),
        _("Google has marked this file as harmful."),
        _("Only its owner can still fetch it. Ask for another copy."),
    ),
    Problem(
        of_reason(Reason.QUOTA),
        _("Google's limit for today is used up."),
        _("Wait until tomorrow; it is tried again by itself."),
    ),
    Problem(
        of_reason(Reason.RATE_LIMITED),
        _("Google asks for a pause."),
        _("Wait some minutes; it is tried again by itself."),
    ),
    Problem(
        of_reason(Reason.UNREACHABLE),
        _("Google does not answer."),
        _("Check the network, then try again in a few minutes."),
    ),
    Problem(
        of_reason(Reason.UPSTREAM),
        _("Google has a problem of its own."),
        _("Try again in a few minutes."),
    ),
    Problem(
        of_reason(Reason.INVALID),
        _("Google did not understand our question."),
        _("Try again. If it stays, tell your administrator."),
    ),
    Problem(
        ENDLESS_LIST,
        _("A list in Google does not come to an end."),
        _("What was read of it is here. Try again; if it stays, tell your administrator."),
    ),
    Problem(
        "job.crashed",
        _("The synchronisation broke down on our side, several times."),
        _("Try again. If it stays, tell your administrator the reference."),
    ),
    Problem(
        "internal",
        _("Something went wrong on our side."),
        _("Try again. If it stays, tell your administrator the reference."),
    ),
)

PROBLEMS: dict[str, Problem] = {problem.code: problem for problem in _PROBLEMS}


def explain(code: str) -> Explanation:
    """What a code means, in the reader's language; an unknown code is our own mistake."""
    problem = PROBLEMS.get(code, PROBLEMS["internal"])
    return Explanation(gettext_lazy(problem.message), gettext_lazy(problem.advice))
