"""What the pages of courses in the back office share."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from core.admin import ReadOnlyAdmin
from core.text import normalise

SHORT = 60


class GoneFilter(admin.SimpleListFilter):
    """What is still in Classroom, and what is only kept here."""

    title = _("in Classroom")
    parameter_name = "gone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Still there")), ("yes", _("Gone, kept here"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"no", "yes"}:
            return queryset.filter(gone_at__isnull=self.value() == "no")
        return queryset


class CoursesAdmin(ReadOnlyAdmin):
    """`narrows`: by which related rows a list can be narrowed, through the links in its columns.

    `offers`: actions of the list that are offered on the page of one row too.
    """

    narrows: ClassVar[frozenset[str]] = frozenset()
    offers: ClassVar[tuple[tuple[str, StrOrPromise], ...]] = ()
    normalises_search = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in self.narrows or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = normalise(search_term) if self.normalises_search else search_term
        return super().get_search_results(request, queryset, term)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"service_actions": self.offers, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


def short(text: object) -> str:
    return Truncator(str(text)).chars(SHORT)


def narrowing(lookup: str, value: object, text: object) -> SafeString:
    """A link to the same list, narrowed to one related row."""
    return format_html('<a href="?{}={}">{}</a>', lookup, value, short(text))


def away(url: str, text: object) -> SafeString | str:
    """A link out, if a browser may be sent there."""
    if not url.lower().startswith(("https://", "http://")):
        return short(text)
    shown = '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>'
    return format_html(shown, url, short(text))


def state(code: str, label: object, more: str = "") -> SafeString:
    shown = '<span class="state state-{}">{}</span> <span class="quiet">{}</span>'
    return format_html(shown, code, label, more)


def named(row: Model | None) -> str:
    return short(row) if row else ""
