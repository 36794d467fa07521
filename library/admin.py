"""The back office for what the library holds."""

from contextlib import suppress
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.admin import ReadOnlyAdmin, ReadOnlyInline, may
from core.errors import NotFound
from core.templatetags.format import ago, clock, filesize
from core.text import normalise
from library import selectors
from library.models import StoredFile, Subtitle, Video
from library.services import keeping, removing


class GoingFilter(admin.SimpleListFilter):
    """What is removed by itself."""

    title = _("goes by itself")
    parameter_name = "going"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("temporary", _("Temporary")), ("rule", _("By a rule")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Video]) -> QuerySet[Video]:
        match self.value():
            case "temporary":
                return queryset.filter(expires_at__isnull=False)
            case "rule":
                return queryset.filter(removal_at__isnull=False)
            case "no":
                return queryset.filter(expires_at=None, removal_at=None)
        return queryset


class SubtitleInline(ReadOnlyInline):
    model = Subtitle
    fields = ("language", "label", "automatic")


@admin.register(Video)
class VideoAdmin(ReadOnlyAdmin):
    """Videos to look at and, through the service that takes their bytes along, to delete."""

    list_display = ("title", "owner", "source", "length", "size", "resolution", "added", "stays")
    list_filter = ("source", "container", "pinned", GoingFilter)
    actions = ("keep", "let_go")
    search_fields = ("search_text", "owner__username", "owner__email")
    search_help_text = _("Words of title, uploader or description, or whose it is")
    date_hierarchy = "created_at"
    inlines = (SubtitleInline,)
    fields = (
        "title",
        "owner",
        "source",
        "source_url",
        "uploader",
        "published_at",
        "length",
        "size",
        "resolution",
        "container",
        "video_codec",
        "audio_codec",
        "file",
        "description",
        "created_at",
        "watched_at",
        "pinned",
        "expires_at",
        "removal_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Video]:
        return selectors.list_videos(user=cast("User", request.user))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Video], search_term: str
    ) -> tuple[QuerySet[Video], bool]:
        return super().get_search_results(request, queryset, normalise(search_term))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.needs)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What goes, by name and size, in place of the rows Django would list."""
        videos = [f"{video} ({filesize(video.file.size_bytes)})" for video in objs]
        return videos, {str(self.opts.verbose_name_plural): len(videos)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Video) -> None:
        removing.remove_video(by=cast("User", request.user), video=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        for video in queryset:
            with suppress(NotFound):  # somebody was quicker
                self.delete_model(request, video)

    @admin.display(description=_("length"), ordering="duration_seconds")
    def length(self, video: Video) -> str:
        return clock(video.duration_seconds)

    @admin.display(description=_("size"), ordering="file__size_bytes")
    def size(self, video: Video) -> str:
        return filesize(video.file.size_bytes)

    @admin.display(description=_("resolution"), ordering="height")
    def resolution(self, video: Video) -> str:
        return f"{video.width} × {video.height}" if video.height else ""

    @admin.display(description=_("added"), ordering="created_at")
    def added(self, video: Video) -> str:
        return ago(video.created_at)

    @admin.display(description=_("stays until"))
    def stays(self, video: Video) -> str:
        if video.pinned:
            return str(_("for good"))
        until = video.removal_at or video.expires_at
        return date_format(localtime(until), "SHORT_DATETIME_FORMAT") if until else ""

    @admin.action(description=_("Keep for good"))
    def keep(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        self._pin(request, queryset, pinned=True)

    @admin.action(description=_("Keep no longer for good"))
    def let_go(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        self._pin(request, queryset, pinned=False)

    def _pin(self, request: HttpRequest, queryset: QuerySet[Video], *, pinned: bool) -> None:
        done = 0
        for video in queryset:
            with suppress(NotFound):  # somebody was quicker
                keeping.change_video(by=cast("User", request.user), video=video, pinned=pinned)
                done += 1
        said = ngettext("%(count)d video changed.", "%(count)d videos changed.", done)
        self.message_user(request, said % {"count": done}, messages.SUCCESS)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("key", "size", "content_type", "created_at")
    list_filter = ("content_type",)
    search_fields = ("key", "=sha256")
    date_hierarchy = "created_at"

    @admin.display(description=_("size"), ordering="size_bytes")
    def size(self, stored: StoredFile) -> str:
        return filesize(stored.size_bytes)


@admin.register(Subtitle)
class SubtitleAdmin(ReadOnlyAdmin):
    list_display = ("video", "language", "label", "automatic")
    list_select_related = ("video",)
    list_filter = ("automatic",)
    search_fields = ("video__title", "language")
