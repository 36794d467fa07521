"""The back office's forms for people and their keys."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.key_form import MEANINGS
from accounts.models import ApiKey, User
from accounts.services import people
from accounts.wording import POWERS


def _powers() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Powers"),
        choices=[(power.value, words) for power, words in POWERS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What staff may do. A superuser may do everything."),
    )


class NewUserForm(forms.ModelForm[User]):
    password = forms.CharField(
        label=_("Password"),
        help_text=_("Empty: nobody can sign in until a password is set."),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    powers = _powers()

    class Meta:
        model = User
        fields = ("username", "email", "full_name", "role", "is_superuser")


class UserForm(forms.ModelForm[User]):
    powers = _powers()

    class Meta:
        model = User
        fields = ("username", "email", "full_name", "language", "role", "is_superuser")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "powers" in self.fields:
            self.fields["powers"].initial = people.powers_of(self.instance)


class NewKeyForm(forms.ModelForm[ApiKey]):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[
            (scope, format_lazy("{}: {}", scope, words)) for scope, words in MEANINGS.items()
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiKey
        fields = ("owner", "name", "scopes", "expires_at")
