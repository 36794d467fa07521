"""What is typed at the doors. Passwords and codes are checked by the services, which count."""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.forms import SetupForm
from accounts.services import second_factor
from core import crypto

_CODE = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
)


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """Guesses of the old password count like those at the sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _advise(self)

    def clean_oldpassword(self) -> str:
        password: str = self.cleaned_data["oldpassword"]
        if not account_adapter().reauthenticate(self.user, password):
            raise account_adapter().validation_error("enter_current_password")
        return password


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """Of who came by a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _advise(self)


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """After the password: the code of the app, or a recovery code."""

    code = forms.CharField(label=_("Code"), max_length=64, widget=_CODE)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        found = second_factor.match(user=self.user, code=code)
        if found is None:
            second_factor.note_failure(self.user)
            raise mfa_adapter().validation_error("incorrect_code")
        found.user = self.user
        self.authenticator = found
        return code


class CodeAgainForm(CodeForm, ReauthenticateForm):  # type: ignore[misc]
    """Before something that matters."""

    def save(self) -> None:
        ReauthenticateForm.save(self)


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app. Until then its secret is in the session, encrypted."""

    code = forms.CharField(label=_("Code the app shows"), max_length=64, widget=_CODE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        session = context.request.session
        sealed = session.get(SECRET_SESSION_KEY)
        if not self.is_bound or not sealed:
            sealed = session[SECRET_SESSION_KEY] = crypto.encrypt(generate_totp_secret())
        self.secret = crypto.decrypt(sealed)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not second_factor.matches_new(user=self.user, secret=self.secret, code=code):
            raise mfa_adapter().validation_error("incorrect_code")
        return code


class SignUpForm(SetupForm):
    """An account people make by themselves."""

    username = forms.CharField(
        label=_("Username"),
        max_length=50,
        required=False,
        help_text=_("Empty: made of your e-mail."),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    field_order = ("email", "full_name", "username", "password")


class NewEmailForm(forms.Form):
    email = forms.EmailField(
        label=_("New e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """A link goes to an account's own address, never to one that is still to be proved."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.users = selectors.list_people_of(email)
        return email


def _advise(form: forms.Form) -> None:
    """One sentence in place of every rule there is; who breaks one is told which."""
    form.fields["password1"].help_text = SetupForm.base_fields["password"].help_text
