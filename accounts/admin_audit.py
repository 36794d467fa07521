"""The back office for the audit trail: to be looked at, searched and taken along."""

import json
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import deed_words
from accounts.audit_csv import csv_response
from accounts.deeds import SECURITY, Deed
from accounts.models import AuditEntry, User
from accounts.models.audit import AuditEntryQuerySet
from accounts.roles import Power
from core.admin import ReadOnlyAdmin


class DeedFilter(admin.SimpleListFilter):
    """All there are, not only those that have happened, which would cost a look at every row."""

    title = _("action")
    parameter_name = "action"
    template = "admin/closed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        words = [(deed.value, str(deed_words.DEEDS[deed])) for deed in Deed]
        return [("security", str(_("Security"))), *words]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry] | None:
        if self.value() == "security":
            return queryset.filter(action__in=SECURITY)
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    needs = Power.AUDIT
    list_display = ("at", "who", "deed", "thing", "means", "address")
    list_display_links = ("at", "deed")
    list_filter = (DeedFilter, "means", "at")
    date_hierarchy = "at"
    ordering = ("-id",)
    search_fields = ("actor_name", "target_name", "=target_id", "=address", "=request_id")
    search_help_text = _("Who, what, number of a thing, address or request")
    actions = None
    change_list_template = "admin/accounts/auditentry/change_list.html"
    fieldsets = (
        (None, {"fields": ("at", "deed", "who", "thing", "owner_id")}),
        (_("How"), {"fields": ("means", "means_detail", "address", "agent", "request_id")}),
        (_("Details"), {"fields": ("told",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export)
        return [path("export/", export, name="accounts_auditentry_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows, all of its pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shown = self.get_changelist_instance(request).get_queryset(request)
        return csv_response(
            by=cast("User", request.user),
            entries=cast("AuditEntryQuerySet", shown),
            wanted=request.META.get("QUERY_STRING", ""),
        )

    @admin.display(description=_("who"), ordering="actor_name")
    def who(self, entry: AuditEntry) -> str:
        return entry.actor_name or ("" if entry.actor_id is None else f"#{entry.actor_id}")

    @admin.display(description=_("action"), ordering="action")
    def deed(self, entry: AuditEntry) -> SafeString:
        words = deed_words.DEEDS.get(entry.action, "")  # none yet for one of a later version
        return format_html("{}<br><small>{}</small>", words, entry.action)

    @admin.display(description=_("thing"), ordering="target_name")
    def thing(self, entry: AuditEntry) -> str:
        number = f"{entry.target_type} {entry.target_id}".strip()
        return f"{entry.target_name} ({number})" if entry.target_name and number else number

    @admin.display(description=_("details"))
    def told(self, entry: AuditEntry) -> SafeString:
        return format_html(
            "<pre>{}</pre>", json.dumps(entry.details, indent=2, ensure_ascii=False)
        )
