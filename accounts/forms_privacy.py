"""What is typed before an account is erased, or what somebody has goes to another."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.privacy import ERASE
from core.errors import ExpectedError


class ErasureForm(forms.Form):
    """Whoever has no password types a word, so that a slip of the mouse erases nothing."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            self.fields["password"] = forms.CharField(
                label=_("Type %(word)s to confirm") % {"word": ERASE},
                max_length=20,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def refuse(self, refusal: ExpectedError) -> None:
        self.add_error("password", str(refusal))


class ReceiverForm(forms.Form):
    """To whom staff hand over; found by either name."""

    to = forms.CharField(
        label=_("Username or e-mail of the person who gets it"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
