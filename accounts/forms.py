"""What people type about themselves."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.google.scopes import Bundle
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


class ConnectForm(forms.Form):
    """What a Google account shall be used for. Classroom is what it is all about."""

    drive = forms.BooleanField(label=_("Also private videos in Drive"), required=False)
    rosters = forms.BooleanField(label=_("Also the names of teachers"), required=False)
    tenant_id = forms.CharField(
        label=_("School or customer"),
        max_length=255,
        required=False,
        help_text=_("Only if you look after several: a label for this account."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def bundles(self) -> list[Bundle]:
        given = self.cleaned_data
        wanted = {Bundle.DRIVE: given["drive"], Bundle.ROSTERS: given["rosters"]}
        return [Bundle.CLASSROOM, *(bundle for bundle, yes in wanted.items() if yes)]


class ConsentForm(forms.Form):
    """One more permission for an account that is connected; none: the ones it had, again."""

    bundle = forms.TypedChoiceField(
        choices=[(bundle.value, bundle.value) for bundle in Bundle],
        coerce=Bundle,
        required=False,
        empty_value=None,
    )
