"""What people type about themselves."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import User


class SetupForm(forms.Form):
    """The first account of an installation."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    full_name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 8 characters. A few unrelated words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def take(self, errors: Mapping[str, Sequence[StrOrPromise]]) -> None:
        """Show what the service found wrong beside the fields it is about."""
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["full_name", "language"]
        labels = {"full_name": _("Your name"), "language": _("Language")}
        widgets = {"full_name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        language = self.fields["language"]
        language.help_text = ""
        language.choices = [  # type: ignore[attr-defined]
            ("", _("As the browser says")),
            ("pt-br", "Português"),
            ("en", "English"),
        ]
