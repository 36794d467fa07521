"""What is posted in courses, what hangs on it, and what changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyInline
from core.templatetags.format import ago, clock, filesize
from courses.admin.base import CoursesAdmin, GoneFilter, away, narrowing, short
from courses.models import (
    CourseChange,
    CourseFile,
    CourseMaterial,
    CourseVideo,
    Coursework,
    Reach,
)
from courses.problems import PROBLEMS, explain
from courses.selectors import office


class VideoInline(ReadOnlyInline):
    model = CourseVideo
    fields = ("title", "source", "url", "size_bytes", "duration_seconds", "gone_at")
    readonly_fields = fields
    ordering = ("position", "id")


class MaterialInline(ReadOnlyInline):
    model = CourseMaterial
    fields = ("title", "kind", "url", "mime_type", "size_bytes", "gone_at")
    readonly_fields = fields
    ordering = ("position", "id")


@admin.register(Coursework)
class CourseworkAdmin(CoursesAdmin):
    list_display = (
        "name", "course_link", "kind", "state", "videos", "materials", "posted", "gone_at",
    )  # fmt: skip
    list_select_related = ("course", "topic")
    list_filter = ("kind", "state", "individual", GoneFilter)
    search_fields = ("search_text", "=google_id", "=id")
    search_help_text = _("Words of title or text, Google's id, or number")
    normalises_search = True
    date_hierarchy = "created_at"
    narrows = frozenset({"course__id__exact", "topic__id__exact"})
    inlines = (VideoInline, MaterialInline)
    fields = (
        "title", "course", "topic", "kind", "state", "individual", "description", "in_classroom",
        "google_id", "google_created_at", "google_updated_at", "created_at", "seen_at", "gone_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coursework]:
        return office.with_contents(super().get_queryset(request))

    @admin.display(description=_("coursework"), ordering="id")
    def name(self, coursework: Coursework) -> str:
        return short(coursework)

    @admin.display(description=_("course"), ordering="course__name")
    def course_link(self, coursework: Coursework) -> SafeString:
        return narrowing("course__id__exact", coursework.course_id, coursework.course.name)

    @admin.display(description=_("videos"))
    def videos(self, coursework: Any) -> int:
        return int(coursework.video_number)

    @admin.display(description=_("materials"))
    def materials(self, coursework: Any) -> int:
        return int(coursework.material_number)

    @admin.display(description=_("posted"), ordering="google_created_at")
    def posted(self, coursework: Coursework) -> str:
        return ago(coursework.google_created_at)

    @admin.display(description=_("in Classroom"))
    def in_classroom(self, coursework: Coursework) -> SafeString | str:
        return away(coursework.alternate_link, coursework.google_id)


@admin.register(CourseVideo)
class CourseVideoAdmin(CoursesAdmin):
    list_display = (
        "name", "course_link", "coursework_link", "source", "length", "size", "checked", "gone_at",
    )  # fmt: skip
    list_select_related = ("coursework__course",)
    list_filter = ("source", "in_text", GoneFilter)
    search_fields = ("title", "url", "=source_key", "=id")
    search_help_text = _("Title, address, id at its source, or number")
    date_hierarchy = "created_at"
    fields = (
        "title", "coursework", "course_link", "source", "url", "source_key", "in_text", "length",
        "size", "mime_type", "shortcut_id", "sha256", "position", "created_at", "checked_at",
        "gone_at",
    )  # fmt: skip
    narrows = frozenset({"coursework__id__exact", "coursework__course__id__exact"})

    @admin.display(description=_("video"), ordering="id")
    def name(self, video: CourseVideo) -> SafeString | str:
        return short(video)

    @admin.display(description=_("course"))
    def course_link(self, video: CourseVideo) -> SafeString:
        course = video.coursework.course
        return narrowing("coursework__course__id__exact", course.pk, course.name)

    @admin.display(description=_("coursework"))
    def coursework_link(self, video: CourseVideo) -> SafeString:
        return narrowing("coursework__id__exact", video.coursework_id, video.coursework)

    @admin.display(description=_("length"), ordering="duration_seconds")
    def length(self, video: CourseVideo) -> str:
        return clock(video.duration_seconds)

    @admin.display(description=_("size"), ordering="size_bytes")
    def size(self, video: CourseVideo) -> str:
        return filesize(video.size_bytes)

    @admin.display(description=_("checked"), ordering="checked_at")
    def checked(self, video: CourseVideo) -> str:
        return ago(video.checked_at)


@admin.register(CourseMaterial)
class CourseMaterialAdmin(CoursesAdmin):
    list_display = ("name", "course_link", "kind", "mime_type", "size", "gone_at")
    list_select_related = ("coursework__course",)
    list_filter = ("kind", GoneFilter)
    search_fields = ("title", "url", "=key", "=id")
    search_help_text = _("Title, address, id in Drive, or number")
    date_hierarchy = "created_at"
    fields = (
        "title", "coursework", "course_link", "kind", "url", "key", "mime_type", "size",
        "position", "created_at", "checked_at", "gone_at",
    )  # fmt: skip
    narrows = frozenset({"coursework__id__exact", "coursework__course__id__exact"})

    @admin.display(description=_("material"), ordering="id")
    def name(self, material: CourseMaterial) -> str:
        return short(material)

    @admin.display(description=_("course"))
    def course_link(self, material: CourseMaterial) -> SafeString:
        course = material.coursework.course
        return narrowing("coursework__course__id__exact", course.pk, course.name)

    @admin.display(description=_("size"), ordering="size_bytes")
    def size(self, material: CourseMaterial) -> str:
        return filesize(material.size_bytes)


@admin.register(CourseFile)
class CourseFileAdmin(CoursesAdmin):
    list_display = ("title", "owner_link", "course", "size", "fetched")
    list_select_related = ("owner", "file", "material__coursework__course")
    search_fields = ("name", "owner__username", "owner__email", "material__title")
    search_help_text = _("Name of file or material, or whose it is")
    date_hierarchy = "created_at"
    narrows = frozenset({"owner__id__exact"})

    @admin.display(description=_("file name"), ordering="name")
    def title(self, file: CourseFile) -> str:
        return short(file.name)

    @admin.display(description=_("owner"), ordering="owner__username")
    def owner_link(self, file: CourseFile) -> SafeString:
        return narrowing("owner__id__exact", file.owner_id, file.owner)

    @admin.display(description=_("course"))
    def course(self, file: CourseFile) -> str:
        return short(file.material.coursework.course)

    @admin.display(description=_("size"), ordering="file__size_bytes")
    def size(self, file: CourseFile) -> str:
        return filesize(file.file.size_bytes)

    @admin.display(description=_("fetched"), ordering="created_at")
    def fetched(self, file: CourseFile) -> str:
        return ago(file.created_at)


class ReachFilter(admin.SimpleListFilter):
    """By what Google answered: a closed list, so that the table need not be asked for it."""

    title = _("problem")
    parameter_name = "problem"
    template = "admin/closed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Can be fetched")), *((code, code) for code in PROBLEMS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reach]) -> QuerySet[Reach]:
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(problem="" if value == "none" else value)


@admin.register(Reach)
class ReachAdmin(CoursesAdmin):
    list_display = ("name", "credential_link", "answer", "checked")
    list_select_related = ("video", "credential")
    list_filter = (ReachFilter,)
    search_fields = ("video__title", "=video__source_key", "credential__email")
    search_help_text = _("Title of the video, its id in Drive, or the account")
    date_hierarchy = "checked_at"
    narrows = frozenset({"credential__id__exact", "video__id__exact"})

    @admin.display(description=_("video"), ordering="id")
    def name(self, reach: Reach) -> str:
        return short(reach.video)

    @admin.display(description=_("Google account"), ordering="credential__email")
    def credential_link(self, reach: Reach) -> SafeString:
        return narrowing("credential__id__exact", reach.credential_id, reach.credential)

    @admin.display(description=_("what Google says"), ordering="problem")
    def answer(self, reach: Reach) -> SafeString | str:
        if not reach.problem:
            return str(_("Can be fetched"))
        said = explain(reach.problem).message
        return format_html("<code>{}</code><br>{}", reach.problem, said)

    @admin.display(description=_("checked"), ordering="checked_at")
    def checked(self, reach: Reach) -> str:
        return ago(reach.checked_at)


@admin.register(CourseChange)
class CourseChangeAdmin(CoursesAdmin):
    list_display = ("name", "change", "what", "course_link", "noticed")
    list_select_related = ("course", "coursework")
    list_filter = ("change", "what")
    search_fields = ("title", "course__search_text")
    search_help_text = _("Title, or words of the course")
    date_hierarchy = "at"
    narrows = frozenset({"course__id__exact"})

    @admin.display(description=_("title"), ordering="id")
    def name(self, change: CourseChange) -> str:
        return short(change.title or change.coursework)

    @admin.display(description=_("course"))
    def course_link(self, change: CourseChange) -> SafeString:
        return narrowing("course__id__exact", change.course_id, change.course.name)

    @admin.display(description=_("noticed"), ordering="at")
    def noticed(self, change: CourseChange) -> str:
        return ago(change.at)
