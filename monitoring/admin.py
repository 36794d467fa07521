"""Figures as they are kept; health itself stands on the console."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from monitoring.models import CallTally, NodeFacts, Tally


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    list_display = ("name", "label", "value")
    list_filter = ("name",)


@admin.register(CallTally)
class CallTallyAdmin(ReadOnlyAdmin):
    list_display = ("outcome", "calls", "last_at")


@admin.register(NodeFacts)
class NodeFactsAdmin(ReadOnlyAdmin):
    list_display = ("holder", "ytdlp", "ffmpeg", "deno", "told_at")
