"""The one-time link with which the first admin of a new installation makes an account.

It works for an hour and only while nobody has an account, so using it once ends it.
"""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from accounts import selectors
from core.errors import NotFound

_SALT = "accounts.setup"
VALID_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class SetupLink:
    email: str


def make(email: str = "") -> str:
    """The path of a fresh link, for the address whoever starts the site gave, if any."""
    token = signing.dumps({"email": email}, salt=_SALT)
    return reverse("setup", kwargs={"token": token})


def read(token: str) -> SetupLink:
    """:raises NotFound: it is forged, too old, or somebody has an account already"""
    try:
        given = signing.loads(token, salt=_SALT, max_age=VALID_SECONDS)
    except signing.BadSignature as error:
        raise NotFound from error
    if selectors.has_people():
        raise NotFound
    return SetupLink(email=given["email"])
