"""The back office for people's data: exported, handed over, erased; and what has been erased."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import selectors
from accounts.exports import export_response
from accounts.forms_privacy import ReceiverForm
from accounts.models import Erasure, User
from accounts.roles import Power
from accounts.services import privacy
from core.admin import ReadOnlyAdmin
from core.errors import ExpectedError, NotFound

PRIVACY_ACTIONS = ("export_data", "hand_over", "erase")

AT_ONCE = 100

_THINGS = {
    "credentials": _("Google accounts"),
    "courses": _("courses"),
    "materials": _("materials"),
    "videos": _("videos"),
    "downloads": _("downloads"),
    "batches": _("batches"),
    "subscriptions": _("subscriptions"),
    "cookies": _("cookies"),
}


class PrivacyActions(admin.ModelAdmin[User]):
    """What the list of people offers; the services decide who may do it to whom."""

    @admin.action(description=_("Export all data of the selected person"))
    def export_data(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponseBase | None:
        person = self._only(request, queryset)
        if person is None:
            return None
        try:
            return export_response(by=_staff(request), user=person)
        except ExpectedError as refusal:
            self._refused(request, person, refusal)
        return None

    @admin.action(description=_("Hand everything of the selected person to another…"))
    def hand_over(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Asks to whom."""
        person = self._only(request, queryset)
        if person is None:
            return None
        form = ReceiverForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid() and self._handed_over(request, person, form):
            return None
        return self._page(request, "hand_over", _("Hand over"), [person], form=form)

    @admin.action(description=_("Erase the selected accounts…"))
    def erase(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Asks first: what is erased is never back."""
        people = list(queryset.order_by("username")[:AT_ONCE])
        if "confirmed" not in request.POST:
            return self._page(request, "erase", _("Erase accounts"), people)
        done = sum(self._erased(request, person) for person in people)
        said = ngettext(
            "%(count)d account is being erased.", "%(count)d accounts are being erased.", done
        )
        self.message_user(request, said % {"count": done})
        return None

    def _erased(self, request: HttpRequest, person: User) -> bool:
        try:
            privacy.erase(by=_staff(request), user=person)
        except ExpectedError as refusal:
            self._refused(request, person, refusal)
            return False
        return True

    def _handed_over(self, request: HttpRequest, person: User, form: ReceiverForm) -> bool:
        try:
            receiver = selectors.find_person(user=_staff(request), name=form.cleaned_data["to"])
            numbers = privacy.hand_over(by=_staff(request), user=person, to=receiver)
        except NotFound:
            form.add_error("to", _("There is nobody of this name whom you may manage."))
            return False
        except ExpectedError as refusal:
            form.add_error("to", str(refusal))
            return False
        text = _("%(person)s’s things are %(receiver)s’s now: %(numbers)s.") % {
            "person": person,
            "receiver": receiver,
            "numbers": ", ".join(
                f"{_THINGS[noun]} {number}" for noun, number in numbers.items() if number
            )
            or "0",
        }
        self.message_user(request, text)
        return True

    def _only(self, request: HttpRequest, queryset: QuerySet[User]) -> User | None:
        chosen = list(queryset[:2])
        if len(chosen) == 1:
            return chosen[0]
        self.message_user(request, _("Select one person for this."), messages.WARNING)
        return None

    def _refused(self, request: HttpRequest, person: User, refusal: ExpectedError) -> None:
        self.message_user(request, f"{person}: {refusal}", messages.WARNING)

    def _page(
        self, request: HttpRequest, name: str, title: Any, people: list[User], **more: Any
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "people": people,
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            **more,
        }
        return TemplateResponse(request, f"admin/accounts/user/{name}.html", context)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """That somebody was here and is gone; who it was is not known any more."""

    needs = Power.PEOPLE
    list_display = (
        "pseudonym",
        "status",
        "asked_by_themselves",
        "person",
        "error_code",
        "created_at",
        "finished_at",
    )
    list_select_related = ("person",)
    list_filter = ("status", "asked_by_themselves", "created_at")
    search_fields = ("pseudonym",)
    search_help_text = _("Pseudonym")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = (
        "pseudonym",
        "person",
        "asked_by_themselves",
        "status",
        "attempt",
        "error_code",
        "error_detail",
        "created_at",
        "started_at",
        "finished_at",
    )


def _staff(request: HttpRequest) -> User:
    return cast("User", request.user)
