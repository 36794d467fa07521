"""Courses, through which accounts they are seen, and their topics."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyInline
from core.templatetags.format import ago
from courses.admin import actions as bulk
from courses.admin.base import CoursesAdmin, GoneFilter, away, narrowing, short
from courses.models import Course, CourseAccess, Topic
from courses.problems import explain
from courses.selectors import office


class CourseAccessInline(ReadOnlyInline):
    model = CourseAccess
    fields = ("credential", "role", "problem", "synced_at", "reconciled_at", "gone_at")
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CourseAccess]:
        return super().get_queryset(request).select_related("credential")


@admin.register(Course)
class CourseAdmin(CoursesAdmin):
    list_display = (
        "title", "course_state", "accounts", "posts", "videos", "in_classroom", "last_read",
    )  # fmt: skip
    list_filter = ("state",)
    search_fields = ("search_text", "=google_id", "=id")
    search_help_text = _("Words of name, section or description, Google's id, or number")
    normalises_search = True
    date_hierarchy = "created_at"
    inlines = (CourseAccessInline,)
    actions = ("sync",)
    offers = (("sync", _("Synchronise")),)
    fields = (
        "name", "section", "room", "heading", "description", "state", "google_id", "in_classroom",
        "teachers", "accounts", "posts", "videos", "last_read", "google_created_at",
        "google_updated_at", "created_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        return office.with_figures(super().get_queryset(request))

    @admin.display(description=_("course"), ordering="id")
    def title(self, course: Course) -> SafeString:
        section = short(course.section)
        return format_html('{}<br><span class="quiet">{}</span>', short(course.name), section)

    @admin.display(description=_("state"), ordering="state")
    def course_state(self, course: Course) -> str:
        return course.get_state_display()

    @admin.display(description=_("accounts"))
    def accounts(self, course: Any) -> SafeString:
        address = f"/admin/courses/courseaccess/?course__id__exact={course.pk}"
        return format_html('<a href="{}">{}</a>', address, course.account_number)

    @admin.display(description=_("posts"))
    def posts(self, course: Any) -> SafeString:
        address = f"/admin/courses/coursework/?course__id__exact={course.pk}"
        return format_html('<a href="{}">{}</a>', address, course.post_number)

    @admin.display(description=_("videos"))
    def videos(self, course: Any) -> SafeString:
        address = f"/admin/courses/coursevideo/?coursework__course__id__exact={course.pk}"
        return format_html('<a href="{}">{}</a>', address, course.video_number)

    @admin.display(description=_("in Classroom"))
    def in_classroom(self, course: Course) -> SafeString | str:
        return away(course.alternate_link, course.google_id)

    @admin.display(description=_("synchronised"))
    def last_read(self, course: Any) -> str:
        return ago(course.read_at)

    @admin.action(description=_("Synchronise the selected courses"))
    def sync(self, request: HttpRequest, queryset: QuerySet[Course]) -> None:
        bulk.sync_courses(self, request, queryset)


@admin.register(CourseAccess)
class CourseAccessAdmin(CoursesAdmin):
    list_display = (
        "course_link", "credential_link", "owner", "role", "trouble", "read", "compared",
        "gone_at",
    )  # fmt: skip
    list_select_related = ("course", "credential__owner")
    list_filter = ("role", GoneFilter)
    search_fields = (
        "credential__email", "credential__owner__username", "course__search_text",
        "=course__google_id",
    )  # fmt: skip
    search_help_text = _("Account, owner, or words of the course")
    date_hierarchy = "seen_at"
    narrows = frozenset({"course__id__exact", "credential__id__exact"})
    actions = ("sync",)
    offers = (("sync", _("Synchronise the account")),)

    @admin.display(description=_("course"), ordering="course__name")
    def course_link(self, access: CourseAccess) -> str:
        return short(access.course.name)

    @admin.display(description=_("Google account"), ordering="credential__email")
    def credential_link(self, access: CourseAccess) -> SafeString:
        return narrowing("credential__id__exact", access.credential_id, access.credential.email)

    @admin.display(description=_("owner"), ordering="credential__owner__username")
    def owner(self, access: CourseAccess) -> str:
        return str(access.credential.owner)

    @admin.display(description=_("problem"), ordering="problem")
    def trouble(self, access: CourseAccess) -> SafeString | str:
        if not access.problem:
            return ""
        said = explain(access.problem).message
        return format_html("<code>{}</code><br>{}", access.problem, said)

    @admin.display(description=_("synchronised"), ordering="synced_at")
    def read(self, access: CourseAccess) -> str:
        return ago(access.synced_at)

    @admin.display(description=_("fully compared"), ordering="reconciled_at")
    def compared(self, access: CourseAccess) -> str:
        return ago(access.reconciled_at)

    @admin.action(description=_("Synchronise the accounts of the selected"))
    def sync(self, request: HttpRequest, queryset: QuerySet[CourseAccess]) -> None:
        bulk.sync_accounts(self, request, queryset)


@admin.register(Topic)
class TopicAdmin(CoursesAdmin):
    list_display = ("title", "course_link", "position", "google_id")
    list_select_related = ("course",)
    search_fields = ("name", "=google_id", "course__search_text")
    search_help_text = _("Words of the topic or its course, or Google's id")
    narrows = frozenset({"course__id__exact"})

    @admin.display(description=_("name"), ordering="name")
    def title(self, topic: Topic) -> str:
        return short(topic.name)

    @admin.display(description=_("course"), ordering="course__name")
    def course_link(self, topic: Topic) -> SafeString:
        return narrowing("course__id__exact", topic.course_id, topic.course.name)
