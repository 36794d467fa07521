"""The one family of expected failures; every interface says them in its own language."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class ExpectedError(Exception):
    """A failure a person can understand and act on. Never logged as a crash.

    `code` is stable and machine-readable, `message` is one sentence in plain words,
    `errors` maps field names to messages where the input was at fault, and `retry_after` says in
    how many seconds the same may go well.
    """

    status = 400
    code = "invalid"
    message: StrOrPromise = _("The request could not be understood.")

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        code: str | None = None,
        errors: Mapping[str, Sequence[StrOrPromise]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.errors = dict(errors or {})
        self.retry_after = retry_after
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(ExpectedError):
    """The input is wrong; asking again with the same input is wrong again."""


class Unauthenticated(ExpectedError):
    status = 401
    code = "not_authenticated"
    message = _("Sign in or send an API key.")


class Forbidden(ExpectedError):
    status = 403
    code = "forbidden"
    message = _("You may not do this.")


class NotFound(ExpectedError):
    """Also the answer for what exists but is somebody else's."""

    status = 404
    code = "not_found"
    message = _("There is no such thing, or it is not yours.")


class Conflict(ExpectedError):
    """The thing is no longer in a state that allows this."""

    status = 409
    code = "conflict"
    message = _("It has changed meanwhile.")


class TooMany(ExpectedError):
    status = 429
    code = "too_many"
    message = _("Too many requests. Wait a moment.")


class Unavailable(ExpectedError):
    """Something the product needs is away for now; asking again later helps."""

    status = 503
    code = "unavailable"
    message = _("This is not available right now. Try again in a moment.")
