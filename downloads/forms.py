"""What people type about downloads. Rules are the services' business."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential
from core.models import Status
from downloads.engines.cookie_file import MOST_BYTES
from downloads.models import Format, Quality
from downloads.selectors import presets
from downloads.selectors.downloads import DownloadFilter
from downloads.selectors.preview import MATERIALS, Choice
from downloads.services import bulk
from downloads.services.presets import with_preset
from downloads.services.requests import QueueRequest
from downloads.taxonomy import ERRORS, explain
from library.models import Source

_PRESET = "preset:"
_DAY = 24 * 3600
_KEPT = [
    ("", _("For good")),
    (_DAY, _("One day")),
    (7 * _DAY, _("One week")),
    (30 * _DAY, _("30 days")),
]
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


class WishesForm(forms.Form):
    """How videos are wanted. `quality` is one, or "preset:7": then that preset decides format,
    sound and subtitles as well.
    """

    quality = forms.ChoiceField(
        label=_("Quality"), choices=Quality.choices, initial=Quality.BEST, required=False
    )
    format = forms.ChoiceField(
        label=_("Format"), choices=Format.choices, initial=Format.AUTO, required=False
    )
    audio_only = forms.BooleanField(label=_("Sound only"), required=False)
    subtitles = forms.BooleanField(label=_("Subtitles"), initial=True, required=False)
    keep = forms.TypedChoiceField(
        label=_("Keep"), choices=_KEPT, coerce=int, empty_value=None, required=False
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        offered = {f"{_PRESET}{one.pk}": one for one in presets.offered()}
        self.has_presets = bool(offered)
        if not offered:
            return
        quality = cast("forms.ChoiceField", self.fields["quality"])
        named = [(key, one.name) for key, one in offered.items()]
        quality.choices = [(_("Presets"), named), (_("Quality"), Quality.choices)]
        first = (key for key, one in offered.items() if one.is_default)
        quality.initial = next(first, Quality.BEST)

    def wishes(self) -> QueueRequest:
        """:raises Invalid: the preset is gone since the form was shown"""
        given = self.cleaned_data
        chosen = given["quality"] or Quality.BEST
        if chosen.startswith(_PRESET):
            said: dict[str, Any] = {"preset_id": int(chosen.removeprefix(_PRESET))}
        else:
            said = {name: given[name] for name in ("audio_only", "subtitles")}
            said |= {"quality": chosen, "format": given["format"] or Format.AUTO}
        return QueueRequest(**with_preset(said), expires_in_seconds=given["keep"])


class QueueForm(WishesForm):
    """A link and the wishes that go with it."""

    url = forms.CharField(
        label=_("Link"),
        max_length=2000,
        error_messages={"required": _("Paste the link of a video first.")},
        widget=forms.URLInput,
    )
    title = forms.CharField(label=_("Title"), max_length=500, required=False)

    def clean_url(self) -> str:
        """People copy addresses as browsers show them, without their beginning."""
        url: str = self.cleaned_data["url"]
        return f"https://{url}" if _BARE.match(url) else url

    def request(self) -> QueueRequest:
        given = self.cleaned_data
        return replace(self.wishes(), url=given["url"], title=given["title"])

    def take(self, errors: dict[str, Any]) -> None:
        """Show what the service found wrong beside the fields it is about."""
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class PickForm(WishesForm):
    """Videos ticked in a list, by their places; or with `all` every one that is available."""

    place = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        picked = cast("forms.TypedMultipleChoiceField", self.fields["place"])
        picked.choices = (
            [(one, one) for one in data.getlist("place") if _is_id(one)] if data else []
        )

    def places(self) -> list[int] | None:
        return None if "all" in self.data else self.cleaned_data["place"]


class Unechoed(forms.Textarea):
    """What was typed is a secret, and is not shown again."""

    def format_value(self, value: Any) -> None:
        return None


class CookiesForm(forms.Form):
    """An export of a browser, as a file or pasted."""

    site = forms.CharField(
        label=_("Site"),
        max_length=120,
        required=False,
        help_text=_("Such as youtube.com. Needed if there are cookies of several sites in it."),
    )
    file = forms.FileField(label=_("File cookies.txt"), required=False)
    content = forms.CharField(
        label=_("Or paste what is in it"),
        required=False,
        strip=False,
        widget=Unechoed(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        file = given.get("file")
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large to be the cookies of one site."))
        given["content"] = file.read().decode(errors="replace") if file else given.get("content")
        if not given["content"]:
            raise forms.ValidationError(_("Choose a file, or paste what is in it."))
        return given

    def take(self, errors: dict[str, Any]) -> None:
        """Show what the service found wrong beside the fields it is about."""
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name == "site" else None, str(message))


class BulkForm(forms.Form):
    """Rows that are ticked, and what is to be done to them."""

    action = forms.ChoiceField(choices=[(action, "") for action in bulk.ACTIONS])
    download = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        picked = cast("forms.TypedMultipleChoiceField", self.fields["download"])
        picked.choices = [(one, one) for one in data.getlist("download")[:500] if _is_id(one)]


class CourseForm(forms.Form):
    """How a course is to be fetched: with which account, what of it, and how good.

    `ways` are the person's accounts that see the course, the best one first.
    """

    credential = forms.ChoiceField(label=_("Google account"), required=False)
    materials = forms.BooleanField(label=_("Also files and documents"), required=False)
    quality = forms.ChoiceField(
        label=_("Quality"), choices=Quality.choices, initial=Quality.BEST, required=False
    )
    video = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: QueryDict, *, ways: Sequence[Credential]) -> None:
        super().__init__(data)
        self._ways = {str(one.pk): one for one in ways}
        field = cast("forms.ChoiceField", self.fields["credential"])
        field.choices = [(pk, one.email) for pk, one in self._ways.items()]
        picked = cast("forms.TypedMultipleChoiceField", self.fields["video"])
        picked.choices = [(one, one) for one in data.getlist("video") if _is_id(one)]
        self.is_valid()

    def account(self) -> Credential:
        chosen = self._ways.get(self.cleaned_data.get("credential") or "")
        return chosen or next(iter(self._ways.values()))

    def wanted_quality(self) -> str:
        return self.cleaned_data.get("quality") or Quality.BEST

    def choice(self) -> Choice:
        include = [MATERIALS] if self.cleaned_data.get("materials") else []
        return Choice(include=include, video_ids=self.cleaned_data.get("video") or None)


class FilterForm(forms.Form):
    """The list's filter as it stands in the address; what makes no sense there is left out.

    `account` is the number of a Google account, or "none"; `days` counts back from now.
    """

    status = forms.ChoiceField(choices=[("", ""), *Status.choices], required=False)
    source = forms.ChoiceField(
        label=_("Source"), choices=[("", _("All sources")), *Source.choices], required=False
    )
    search = forms.CharField(label=_("Search"), max_length=200, required=False)
    since = _day(_("From"))
    until = _day(_("To"))
    error_code = forms.ChoiceField(
        label=_("Cause"),
        choices=[("", _("All causes")), *((code, explain(code).message) for code in ERRORS)],
        required=False,
    )
    host = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)
    account = forms.RegexField(r"^(?:none|\d{1,18})\Z", required=False, widget=forms.HiddenInput)
    days = forms.IntegerField(min_value=1, max_value=365, required=False, widget=forms.HiddenInput)

    def filter(self) -> DownloadFilter:
        self.is_valid()
        given = self.cleaned_data
        account, days = given.get("account") or "", given.get("days")
        return DownloadFilter(
            status=given.get("status") or "",
            source=given.get("source") or "",
            search=given.get("search") or "",
            created_after=_moment(given.get("since"), time.min),
            created_before=_moment(given.get("until"), time.max),
            error_code=given.get("error_code") or "",
            host=given.get("host") or "",
            credential_id=int(account) if account.isdecimal() else None,
            without_account=account == "none",
            finished_after=timezone.now() - timedelta(days=days) if days else None,
        )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _moment(day: Any, at: time) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, at)) if day else None
