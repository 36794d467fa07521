"""What allauth asks between the password and the first page."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.stages import EmailVerificationStage

from accounts.services import signing_up


class OwnAddressStage(EmailVerificationStage):  # type: ignore[misc]
    """Staff vouch for the addresses of the accounts they make; others are proved by a mail."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user is None:  # the address is somebody else's, which is not told
            return get_adapter().respond_email_verification_sent(self.request, None), True
        if not signing_up.waits_for_verification(user):
            return None, True
        signing_up.send_verification(user=user)
        return get_adapter().respond_email_verification_sent(self.request, user), True
