"""Mails about Google accounts."""

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import Credential

logger = logging.getLogger(__name__)

_NEEDS_CONSENT = "emails/credential_needs_consent"


def send_needs_consent(credential_id: int) -> None:
    """Ask the owner to reconnect. What the mail server does is no concern of whoever noticed."""
    rows = Credential.objects.select_related("owner")
    credential = rows.filter(pk=credential_id, owner__is_active=True).first()
    if credential is None or not credential.owner.email:
        return
    try:
        with translation.override(credential.owner.language or settings.LANGUAGE_CODE):
            _needs_consent(credential).send()
    except Exception:
        logger.exception("The mail about credential %s was not sent", credential_id)


def _needs_consent(credential: Credential) -> EmailMultiAlternatives:
    context = {
        "credential": credential,
        "user": credential.owner,
        "url": settings.PUBLIC_URL + reverse("google:list"),
    }
    subject = render_to_string(f"{_NEEDS_CONSENT}.subject.txt", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{_NEEDS_CONSENT}.txt", context),
        to=[credential.owner.email],
    )
    mail.attach_alternative(render_to_string(f"{_NEEDS_CONSENT}.html", context), "text/html")
    return mail
