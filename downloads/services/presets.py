"""Presets: what a named set of wishes stands for, and which one is chosen at first."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import User
from accounts.roles import Power
from accounts.services import audit
from core.errors import Forbidden, Invalid
from downloads.models import Preset
from downloads.selectors import presets
from downloads.services import requests

_WISHES = ("quality", "format", "audio_only", "subtitles")


def wishes_of(preset: Preset) -> dict[str, Any]:
    return {name: getattr(preset, name) for name in _WISHES}


def with_preset(wanted: dict[str, Any]) -> dict[str, Any]:
    """Wishes in which `preset_id` or `preset` (a name) is put into words; what is said beside it
    goes before it.

    :raises Invalid: there is no such preset
    """
    rest = {name: value for name, value in wanted.items() if name not in ("preset_id", "preset")}
    field = next((name for name in ("preset_id", "preset") if name in wanted), None)
    if field is None:
        return rest
    given = wanted[field]
    found = presets.offered()
    found = found.filter(pk=given) if field == "preset_id" else found.filter(name__iexact=given)
    preset = found.first()
    if preset is None:
        message = _("There is no such preset.")
        raise Invalid(message, code="unknown_preset", errors={field: [message]})
    return wishes_of(preset) | rest


def save_preset(*, by: User, preset: Preset) -> None:
    """:raises Forbidden: settings are not theirs to change
    :raises Invalid: its wishes do not go together
    """
    _check(by)
    requests.check_wishes(format=preset.format, audio_only=preset.audio_only)
    with transaction.atomic():
        preset.save()
        audit.record(Deed.SETTINGS_CHANGED, by=by, target=preset, **wishes_of(preset))


def delete_preset(*, by: User, preset: Preset) -> None:
    """:raises Forbidden: settings are not theirs to change"""
    _check(by)
    with transaction.atomic():
        audit.record(Deed.SETTINGS_CHANGED, by=by, target=preset, deleted=True)
        preset.delete()


def choose_at_first(*, by: User, preset: Preset) -> None:
    """The forms show this one, and no other any longer.

    :raises Forbidden: settings are not theirs to change
    """
    _check(by)
    with transaction.atomic():
        audit.record(Deed.SETTINGS_CHANGED, by=by, target=preset, at_first=True)
        Preset.objects.filter(is_default=True).update(is_default=False)
        Preset.objects.filter(pk=preset.pk).update(is_default=True)
    preset.refresh_from_db()


def _check(by: User) -> None:
    if not by.may(Power.SETTINGS):
        raise Forbidden
