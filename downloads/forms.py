"""What people type about downloads. Rules are the services' business."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Status
from downloads.models import Format, Quality, Source
from downloads.selectors.downloads import DownloadFilter
from downloads.services.queueing import QueueRequest

# A host with a dot, then nothing or a path, and no space.
_BARE = re.compile(r"[^\s/:?#@]+\.[^\s/:?#@]+(?::\d+)?(?:[/?#]\S*)?\Z")


def _day(label: Any) -> forms.DateField:
    """Far from the edges of time, where a day in another time zone no longer exists."""
    return forms.DateField(
        label=label,
        required=False,
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2200, 1, 1))],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class QueueForm(forms.Form):
    """A link and the wishes that go with it."""

    url = forms.CharField(
        label=_("Link"),
        max_length=2000,
        error_messages={"required": _("Paste the link of a video first.")},
        widget=forms.URLInput,
    )
    quality = forms.ChoiceField(
        label=_("Quality"), choices=Quality.choices, initial=Quality.BEST, required=False
    )
    title = forms.CharField(label=_("Title"), max_length=500, required=False)
    format = forms.ChoiceField(
        label=_("Format"), choices=Format.choices, initial=Format.AUTO, required=False
    )
    audio_only = forms.BooleanField(label=_("Sound only"), required=False)
    subtitles = forms.BooleanField(label=_("Subtitles"), initial=True, required=False)

    def clean_url(self) -> str:
        """People copy addresses as browsers show them, without their beginning."""
        url: str = self.cleaned_data["url"]
        return f"https://{url}" if _BARE.match(url) else url

    def request(self) -> QueueRequest:
        given = self.cleaned_data
        return QueueRequest(
            url=given["url"],
            title=given["title"],
            quality=given["quality"] or Quality.BEST,
            format=given["format"] or Format.AUTO,
            audio_only=given["audio_only"],
            subtitles=given["subtitles"],
        )

    def take(self, errors: dict[str, Any]) -> None:
        """Show what the service found wrong beside the fields it is about."""
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class FilterForm(forms.Form):
    """The list's filter as it stands in the address; what makes no sense there is left out."""

    status = forms.ChoiceField(choices=[("", ""), *Status.choices], required=False)
    source = forms.ChoiceField(
        label=_("Source"), choices=[("", _("All sources")), *Source.choices], required=False
    )
    search = forms.CharField(label=_("Search"), max_length=200, required=False)
    since = _day(_("From"))
    until = _day(_("To"))

    def filter(self) -> DownloadFilter:
        self.is_valid()
        given = self.cleaned_data
        return DownloadFilter(
            status=given.get("status") or "",
            source=given.get("source") or "",
            search=given.get("search") or "",
            created_after=_moment(given.get("since"), time.min),
            created_before=_moment(given.get("until"), time.max),
        )


def _moment(day: Any, at: time) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, at)) if day else None
