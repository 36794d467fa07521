"""The back office for presets: what is offered, in which order, and which one stands first."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import StaffAdmin
from downloads.models import Preset
from downloads.services import presets


@admin.register(Preset)
class PresetAdmin(StaffAdmin):
    list_display = ("name", "quality", "format", "audio_only", "position", "enabled", "is_default")
    list_editable = ("position", "enabled")
    list_filter = ("enabled",)
    search_fields = ("name", "description")
    ordering = ("position", "name")
    fields = (
        "name",
        "description",
        ("quality", "format"),
        ("audio_only", "subtitles"),
        ("position", "enabled"),
        "is_default",
    )
    readonly_fields = ("is_default",)
    actions = ("choose_at_first",)

    @admin.action(description=_("Choose at first"))
    def choose_at_first(self, request: HttpRequest, picked: QuerySet[Preset]) -> None:
        if picked.count() != 1:
            self.message_user(request, _("Tick exactly one preset."), messages.WARNING)
            return
        presets.choose_at_first(preset=picked.get())
        self.message_user(request, _("The forms show this preset at first."))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        presets.save_preset(preset=obj)
