"""Mails about one's own account. Their links lead to PUBLIC_URL, whatever a request says."""

import logging
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User

logger = logging.getLogger(__name__)


def send_verification(address: EmailAddress) -> None:
    """The link that proves whose address it is; it is good for three days."""
    link = verification_link(EmailConfirmationHMAC(address).key)
    _send("verify_email", address.email, address.user, url=link)


def verification_link(key: str) -> str:
    return str(settings.PUBLIC_URL) + reverse("account_confirm_email", args=[key])


def send_already_here(email: str) -> None:
    """Somebody has tried to make an account with an address that has one."""
    user = reader_of(email)
    if user is not None and user.is_active:
        link = settings.PUBLIC_URL + reverse("account_reset_password")
        _send("account_exists", user.email, user, url=link)


def reader_of(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first()


def language_of(user: User | None) -> str:
    """The language a person reads mails in: theirs, or that of this request."""
    chosen = user.language if user else ""
    return chosen or translation.get_language() or settings.LANGUAGE_CODE


def _send(name: str, to: str, user: User, **context: Any) -> None:
    """What the mail server does is no concern of whoever caused the mail."""
    try:
        with translation.override(language_of(user)):
            _mail(name, to, {"user": user, "email": to, **context}).send()
    except Exception:
        logger.exception("The mail %s to user %s was not sent", name, user.pk)


def _mail(name: str, to: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    subject = render_to_string(f"emails/{name}.subject.txt", context)
    body = render_to_string(f"emails/{name}.txt", context)
    mail = EmailMultiAlternatives(subject=" ".join(subject.split()), body=body, to=[to])
    mail.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    return mail
