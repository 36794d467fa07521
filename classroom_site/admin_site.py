"""The back office: who may enter, and its first page."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from downloads.selectors import console


class AdminSite(admin.AdminSite):
    site_header = "Classroom Downloader"
    site_title = "Classroom Downloader"
    index_title = _("Console")
    empty_value_display = ""
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff are whoever has the role; every page of the back office asks this."""
        return isinstance(request.user, User) and request.user.is_admin

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Staff sign in where everybody does, so that the same limits hold."""
        address = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(address)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """There is one page for it, for everybody."""
        return redirect("account_change_password")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        now = console.overview(user=cast("User", request.user))
        return super().index(request, {"console": now, **(extra_context or {})})
