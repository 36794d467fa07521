"""Where signing in and accounts differ from allauth's defaults."""

import logging
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.services import account_mails, doors, sign_in, signing_up
from core import client_address

logger = logging.getLogger(__name__)

BEGAN = "began"  # in the session: when it was signed in
_SELF_EVIDENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
_VERIFICATION = "allauth.account.stages.EmailVerificationStage"
_NO_ADDRESS = "0.0.0.0"  # noqa: S104 - what is shown where a server knows of none


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return signing_up.is_open()

    def get_login_stages(self) -> list[str]:
        """Ours asks only those for a proof of their address who signed up alone."""
        ours = "accounts.login_stages.OwnAddressStage"
        return [ours if stage == _VERIFICATION else stage for stage in super().get_login_stages()]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address.of_request(request) or _NO_ADDRESS

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session[BEGAN] = int(time.time())
        doors.note_sign_in(user)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            doors.note_sign_out(request.user)
        super().logout(request)

    def reauthenticate(self, user: User, password: str) -> bool:
        address = client_address.of_request(self.request)
        try:
            sign_in.check_password(login=user.username, password=password, address=address)
        except sign_in.WrongPassword:
            return False
        return True

    def set_password(self, user: User, password: str) -> None:
        """The new one of a form; every other sign-in ends with it."""
        by = self.request.user if isinstance(self.request.user, User) else None
        doors.set_password(user=user, password=password, by=by)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The address is proved; it becomes the account's, unless somebody was faster."""
        before = email_address.user.email
        with transaction.atomic():
            confirmed = not doors.is_taken(email_address) and super().confirm_email(
                request, email_address
            )
            if confirmed:
                doors.note_email(email_address.user, before=before)
        return bool(confirmed)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the reader's language; a mail server that is away breaks nothing."""
        reader = account_mails.reader_of(email)
        host = urlsplit(settings.PUBLIC_URL).netloc
        site = SimpleNamespace(name="Classroom Downloader", domain=host)
        try:
            with translation.override(account_mails.language_of(reader)):
                given = {"email": email, **context, "current_site": site}
                self.render_mail(template_prefix, email, given).send()
        except Exception:
            logger.exception("The mail %s was not sent", template_prefix)

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC
    ) -> str:
        return account_mails.verification_link(emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        named = {"uidb36": "UID", "key": "KEY"}
        path = reverse("account_reset_password_from_key", kwargs=named)
        return str(settings.PUBLIC_URL) + path.replace("UID-KEY", quote(key))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Coming in and going out need no message: the page that follows says it."""
        if message_template not in _SELF_EVIDENT:
            super().add_message(request, level, message_template, *args, **kwargs)
