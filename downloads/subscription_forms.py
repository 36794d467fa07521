"""What people type about subscriptions. Rules are the services' business."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.templatetags.format import span
from downloads.models import Quality, Subscription

HOUR, DAY = 3600, 86_400
INTERVALS = [
    (HOUR, _("Every hour")),
    (6 * HOUR, _("Every 6 hours")),
    (12 * HOUR, _("Every 12 hours")),
    (DAY, _("Every day")),
    (7 * DAY, _("Every week")),
]
_MINUTE = 60


class RuleForm(forms.Form):
    """How a source is watched, and what of it is fetched by itself."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    interval = forms.TypedChoiceField(
        label=_("Look for new videos"), coerce=int, choices=INTERVALS, required=False
    )
    auto_download = forms.BooleanField(
        label=_("Download new videos by themselves"), required=False
    )
    quality = forms.ChoiceField(
        label=_("Quality"), choices=Quality.choices, initial=Quality.BEST, required=False
    )
    title_filter = forms.CharField(
        label=_("Words in the title"),
        max_length=200,
        required=False,
        help_text=_("All of them have to be there. A word with a - before it must not be."),
    )
    longest_minutes = forms.IntegerField(
        label=_("At most this many minutes long"), min_value=1, max_value=10_000, required=False
    )
    since = forms.DateField(
        label=_("Published since"),
        required=False,
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2200, 1, 1))],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Older videos are listed, and fetched only if you pick them."),
    )
    keep_last = forms.IntegerField(
        label=_("Keep only the newest"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_(
            "Of the videos it brought by itself, older ones are deleted. Never those you picked, "
            "or marked to keep."
        ),
    )

    def choices(self) -> dict[str, Any]:
        """The fields of the row that were filled in; the name only where there is one."""
        given = self.cleaned_data
        minutes, since = given["longest_minutes"], given["since"]
        told = {
            "auto_download": given["auto_download"],
            "quality": given["quality"] or Quality.BEST,
            "title_filter": given["title_filter"],
            "longest_seconds": minutes * _MINUTE if minutes else None,
            "since": timezone.make_aware(datetime.combine(since, time.min)) if since else None,
            "keep_last": given["keep_last"],
        }
        if given["interval"]:
            told["interval_seconds"] = given["interval"]
        return told

    def take(self, errors: dict[str, Any]) -> None:
        """Show what the service found wrong beside the fields it is about."""
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class WatchForm(RuleForm):
    """A new one: the link of a channel or a playlist."""

    url = forms.CharField(
        label=_("Link"),
        max_length=2000,
        error_messages={"required": _("Paste the link of a channel or playlist first.")},
        widget=forms.URLInput,
    )

    def clean_url(self) -> str:
        """People copy addresses as browsers show them, without their beginning."""
        url: str = self.cleaned_data["url"]
        return url if "://" in url else f"https://{url}"


class ChangeForm(RuleForm):
    """One that is there, as it is; an interval that was set elsewhere can be kept."""

    def __init__(self, subscription: Subscription, data: Any = None) -> None:
        super().__init__(data, initial=_initial(subscription))
        seconds = subscription.interval_seconds
        field = self.fields["interval"]
        if seconds not in dict(INTERVALS) and isinstance(field, forms.TypedChoiceField):
            words = _("Every %(time)s") % {"time": span(seconds)}
            field.choices = [(seconds, words), *INTERVALS]

    def choices(self) -> dict[str, Any]:
        name = self.cleaned_data["name"].strip()
        return super().choices() | ({"name": name} if name else {})


def _initial(subscription: Subscription) -> dict[str, Any]:
    longest, since = subscription.longest_seconds, subscription.since
    return {
        "name": subscription.name,
        "interval": subscription.interval_seconds,
        "auto_download": subscription.auto_download,
        "quality": subscription.quality,
        "title_filter": subscription.title_filter,
        "longest_minutes": -(-longest // _MINUTE) if longest else None,
        "since": timezone.localtime(since).date() if since else None,
        "keep_last": subscription.keep_last,
    }


class PickForm(forms.Form):
    """Videos that are ticked, and what is to be done with them."""

    _MOST = 500

    def action(self) -> str:
        """`download`, `all` or `ignore`."""
        given = str(self.data.get("action", ""))
        return given if given in {"all", "ignore"} else "download"

    def picked(self) -> list[int]:
        ticked = self.data.getlist("found")[: self._MOST]  # type: ignore[attr-defined] # a QueryDict
        return [int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) <= 18]
