"""The back office for looks at addresses, among them the checks of subscriptions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import ReadOnlyAdmin
from core.templatetags.format import ago
from downloads.models import Listing
from downloads.services import listing as looks


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("name", "owner", "subscription", "status", "total", "error_code", "age")
    list_filter = ("status", "is_playlist", ("subscription", admin.EmptyFieldListFilter))
    list_select_related = ("owner", "subscription")
    search_fields = ("title", "url", "owner__username", "owner__email", "=id")
    ordering = ("-id",)
    fields = (
        "url",
        "owner",
        "subscription",
        "status",
        "title",
        "channel",
        ("total", "found_new", "most"),
        ("error_code", "error_detail"),
        ("attempt", "handed_back"),
        ("created_at", "started_at", "finished_at"),
    )
    actions = ("stop",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        found: QuerySet[Listing] = super().get_queryset(request)
        return found.defer("entries")

    @admin.display(description=_("look"))
    def name(self, listing: Listing) -> str:
        return str(listing)

    @admin.display(description=_("asked"), ordering="created_at")
    def age(self, listing: Listing) -> str:
        return ago(listing.created_at)

    @admin.action(description=_("Stop"))
    def stop(self, request: HttpRequest, picked: QuerySet[Listing]) -> None:
        by: Any = request.user
        active = list(picked.active())  # type: ignore[attr-defined] # of its own manager
        for listing in active:
            looks.cancel_listing(by=by, listing=listing)
        text = ngettext("%(count)d stopped.", "%(count)d stopped.", len(active))
        self.message_user(request, text % {"count": len(active)})
