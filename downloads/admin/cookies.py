"""The back office for cookies: whose there are and whether they work, not what is in them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import ReadOnlyAdmin
from downloads.models import CookieJar
from downloads.services import cookies


@admin.register(CookieJar)
class CookieJarAdmin(ReadOnlyAdmin):
    list_display = (
        "site",
        "owner",
        "number",
        "enabled",
        "created_at",
        "expires_at",
        "last_used_at",
        "refused_at",
    )
    list_filter = ("enabled",)
    list_select_related = ("owner",)
    search_fields = ("site", "owner__username", "owner__email")
    ordering = ("-id",)
    fields = list_display
    actions = ("forget",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CookieJar]:
        found: QuerySet[CookieJar] = super().get_queryset(request)
        return found.defer("secrets")

    @admin.action(description=_("Forget these cookies"))
    def forget(self, request: HttpRequest, picked: QuerySet[CookieJar]) -> None:
        by: Any = request.user
        for jar in picked:
            cookies.remove_jar(by=by, jar=jar)
        text = ngettext("%(count)d forgotten.", "%(count)d forgotten.", len(picked))
        self.message_user(request, text % {"count": len(picked)})
