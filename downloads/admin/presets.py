"""The back office for presets: what is offered, in which order, and which one stands first."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Power
from core.admin import StaffAdmin
from downloads.models import Preset
from downloads.services import presets


@admin.register(Preset)
class PresetAdmin(StaffAdmin):
    needs = Power.SETTINGS
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
        presets.choose_at_first(by=cast("User", request.user), preset=picked.get())
        self.message_user(request, _("The forms show this preset at first."))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        presets.save_preset(by=cast("User", request.user), preset=obj)

    def delete_model(self, request: HttpRequest, obj: Preset) -> None:
        presets.delete_preset(by=cast("User", request.user), preset=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        for preset in queryset:
            self.delete_model(request, preset)
