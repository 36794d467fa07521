"""What people choose when they make an API key."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.scopes import SCOPES
from core.errors import ExpectedError

MEANINGS = {
    "downloads:read": _("See downloads and their progress"),
    "downloads:write": _("Queue, cancel, retry and remove downloads"),
    "courses:read": _("See courses, coursework and materials"),
    "courses:write": _("Read courses anew and download whole ones"),
    "credentials:read": _("See connected Google accounts"),
    "credentials:write": _("Connect, check and disconnect Google accounts"),
    "library:read": _("See and fetch videos"),
    "library:write": _("Upload, share and delete videos"),
    "subscriptions:write": _("Watch channels, playlists and courses"),
    "webhooks:write": _("Manage outgoing webhooks"),
    "analytics:read": _("See figures and reports"),
    "monitoring:read": _("See health, metrics and alerts"),
    "admin": _("Whatever you may do as staff"),
}
_DAYS = [
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
    ("", _("Never")),
]


class ApiKeyForm(forms.Form):
    """`owner` may choose what somebody of their role may."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What uses the key, so that you know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    days = forms.ChoiceField(label=_("It ends"), choices=_DAYS, required=False, initial="365")
    tenants = forms.CharField(
        label=_("Only these schools or customers"),
        max_length=2000,
        required=False,
        help_text=_("Their labels, parted by commas. Empty: all of yours."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [one for one in SCOPES if one != "admin" or owner.role == Role.ADMIN]
        scopes = self.fields["scopes"]
        scopes.choices = [(one, MEANINGS[one]) for one in offered]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """As the service takes it."""
        given = self.cleaned_data
        labels = [label.strip() for label in given["tenants"].split(",")]
        return {
            "name": given["name"],
            "scopes": given["scopes"],
            "tenant_ids": [label for label in labels if label],
            "expires_at": _in(given["days"]),
        }

    def take(self, error: ExpectedError) -> None:
        """Show what the service found wrong beside the fields it is about."""
        names = {"tenant_ids": "tenants", "expires_at": "days"}
        for field, messages in error.errors.items():
            for message in messages:
                self.add_error(names.get(field, field), str(message))
        if not error.errors:
            self.add_error(None, str(error))


def in_words(scopes: list[str]) -> list[str]:
    """What each means; one that has gone since is named as it was."""
    return [str(MEANINGS.get(scope, scope)) for scope in scopes]


def _in(days: str) -> datetime | None:
    return timezone.now() + timedelta(days=int(days)) if days else None
