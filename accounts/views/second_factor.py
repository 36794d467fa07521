"""allauth's pages of the second factor, whose changes are written down."""

from typing import Any, cast

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import doors
from accounts.views.doors import door


class ActivateView(totp.ActivateTOTPView):  # type: ignore[misc]
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        doors.note_second_factor(Deed.TOTP_ON, by=_who(self.request))
        if self.did_generate_recovery_codes:
            doors.note_second_factor(Deed.RECOVERY_CODES_MADE, by=_who(self.request))
        return cast("HttpResponse", answer)


class DeactivateView(totp.DeactivateTOTPView):  # type: ignore[misc]
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        doors.note_second_factor(Deed.TOTP_OFF, by=_who(self.request))
        return cast("HttpResponse", super().form_valid(form))


class NewCodesView(recovery_codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        doors.note_second_factor(Deed.RECOVERY_CODES_MADE, by=_who(self.request))
        return cast("HttpResponse", super().form_valid(form))


activate = door(ActivateView.as_view())
deactivate = door(DeactivateView.as_view())
new_codes = door(NewCodesView.as_view())


def _who(request: HttpRequest) -> User:
    return cast("User", request.user)
