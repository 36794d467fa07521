"""The back office: who may enter, and its first page."""

from dataclasses import replace
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.roles import Power
from accounts.services import second_factor
from core.models import Status
from downloads.forms import FilterForm
from downloads.selectors import console
from downloads.services import bulk


class AdminSite(admin.AdminSite):
    site_header = "Classroom Downloader"
    site_title = "Classroom Downloader"
    index_title = _("Console")
    empty_value_display = ""
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff are whoever has the role; every page of the back office asks this.

        What they find inside is decided by their powers, page by page.
        """
        return _is_staff(request) and not _lacks_second_factor(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Staff sign in where everybody does, so that the same limits hold."""
        address = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        if self.has_permission(request):
            return redirect("admin:index")
        if _is_staff(request):
            said = _("Staff need a second way to prove who they are. Set it up here first.")
            messages.info(request, said)
            return redirect("mfa_activate_totp")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(address)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """There is one page for it, for everybody."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        retry = self.admin_view(require_POST(self.retry_failures))
        return [path("retry-failures/", retry, name="retry-failures"), *super().get_urls()]

    def retry_failures(self, request: HttpRequest) -> HttpResponse:
        """One row of the console's failures: all downloads of one cause, account and site."""
        if not cast("User", request.user).may(Power.WORK):
            raise PermissionDenied
        form = FilterForm(request.POST)
        wanted = replace(form.filter(), status=Status.FAILED)
        if form.is_valid() and wanted.error_code:
            by = cast("User", request.user)
            outcome = bulk.act_on_found(by=by, action="retry", filter=wanted)
            said = ngettext(
                "%(count)d is in the queue again.",
                "%(count)d are in the queue again.",
                outcome.done,
            )
            level = messages.SUCCESS if outcome.done else messages.INFO
            messages.add_message(request, level, said % {"count": outcome.done})
            self._say_what_stays(request, len(outcome.refused) + outcome.left)
        return redirect("admin:index")

    def _say_what_stays(self, request: HttpRequest, number: int) -> None:
        if number:
            said = ngettext("%(count)d stays as it is.", "%(count)d stay as they are.", number)
            messages.warning(request, said % {"count": number})

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The console is for who manages everybody's work; others see the list of their pages."""
        if not cast("User", request.user).may(Power.WORK):
            return super().index(request, {"title": _("Back office"), **(extra_context or {})})
        now = console.overview(user=cast("User", request.user))
        return super().index(request, {"console": now, **(extra_context or {})})


def _is_staff(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.is_active and user.role == Role.ADMIN


def _lacks_second_factor(request: HttpRequest) -> bool:
    """Asked once a request: every page of the index asks who may enter."""
    known: bool | None = getattr(request, "lacks_second_factor", None)
    if known is None:
        known = second_factor.is_missing(cast("User", request.user))
        request.lacks_second_factor = known  # type: ignore[attr-defined]
    return known
