"""Mails about videos."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from library.models import Video

logger = logging.getLogger(__name__)

NAMED = 30

_VIDEOS_GO = "emails/videos_go"


def send_videos_go(*, owner: User, videos: Sequence[Video], on: datetime) -> bool:
    """Tell an owner which of their videos a rule removes, the first on the day `on`.

    False when the mail server refused it, or was away: the owner does not know.
    """
    context: dict[str, Any] = {
        "user": owner,
        "videos": videos[:NAMED],
        "more": max(0, len(videos) - NAMED),
        "number": len(videos),
        "on": on,
        "url": f"{settings.PUBLIC_URL}{reverse('library:list')}?going=true",
    }
    try:
        with translation.override(owner.language or settings.LANGUAGE_CODE):
            _mail(owner.email, context).send()
    except Exception:
        logger.exception("The mail about videos that go was not sent to user %s", owner.pk)
        return False
    return True


def _mail(address: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    subject = render_to_string(f"{_VIDEOS_GO}.subject.txt", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{_VIDEOS_GO}.txt", context),
        to=[address],
    )
    mail.attach_alternative(render_to_string(f"{_VIDEOS_GO}.html", context), "text/html")
    return mail
