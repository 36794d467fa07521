"""What a child asks of its worker: it knows neither secrets nor the library."""

import logging

from accounts.google.errors import GoogleError, Reason
from accounts.services import tokens
from core.jobs.kind import Ended, Failure, PutBack
from downloads.models import Download
from library import selectors as library

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 60.0
_SETUP_SECONDS = 300.0
_OF_THE_OPERATOR = (Reason.INVALID, Reason.API_NOT_ENABLED)


def access_token(job: Download, *, refused: str) -> str:
    """A token of the job's account, a new one if this one was refused.

    :raises Ended: there is none
    """
    return token_of(job.credential_id, refused=refused)


def token_of(credential_id: int | None, *, refused: str) -> str:
    """:raises Ended: there is none"""
    if credential_id is None:
        raise Ended(Failure("credential.needs_consent", "the account is gone"))
    try:
        return tokens.access_token(credential_id=credential_id, refused=refused)
    except GoogleError as error:
        raise Ended(_meaning(error)) from None


def held_path(*, sha256: str, size_bytes: int) -> str:
    """Where the library holds these bytes, or "": whoever asks has shown that he is given them."""
    path = library.path_of_bytes(sha256=sha256, size_bytes=size_bytes)
    return str(path) if path else ""


def _meaning(error: GoogleError) -> Failure | PutBack:
    """An account without consent is not claimed for again until its owner reconnects it, nor one

    that Google gives no token for now. Neither is a failure of the download: all the attempts of
    a whole batch would be over before Google is back.
    """
    if error.reason is Reason.NEEDS_CONSENT:
        return PutBack("needs_consent", 0)
    if error.is_transient:
        return PutBack("google_away", max(error.retry_after or 0.0, _PAUSE_SECONDS))
    if error.reason in _OF_THE_OPERATOR:
        # Wrong for everybody's downloads at once, and mended in one place: they wait for that.
        logger.error("Google refuses this installation, see GOOGLE_CLIENT_ID: %s", error.detail)
        return PutBack("google_setup", _SETUP_SECONDS)
    return Failure("internal", f"Google gives no token: {error.detail}")
