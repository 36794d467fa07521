"""The back office for people; what belongs to them has modules of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import view_as
from accounts.admin_audit import AuditEntryAdmin
from accounts.admin_google import ConnectLinkAdmin, CredentialAdmin
from accounts.admin_keys import ApiKeyAdmin
from accounts.admin_privacy import PRIVACY_ACTIONS, ErasureAdmin, PrivacyActions
from accounts.admin_security import AddressBlockAdmin
from accounts.deeds import Deed
from accounts.forms_people import NewUserForm, UserForm
from accounts.models import User
from accounts.roles import Power
from accounts.services import audit, doors, editing, people, sign_in
from core.admin import StaffAdmin, may
from core.errors import ExpectedError

__all__ = [
    "AddressBlockAdmin",
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "ConnectLinkAdmin",
    "CredentialAdmin",
    "ErasureAdmin",
    "UserAdmin",
]

# What staff may do are their powers; groups would only seem to matter. Sign-in reads the user's
# own e-mail; allauth's tables of addresses, factors and sessions are its memory, not forms.
for model in (Group, EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)

# Whoever works in these pages picks people there.
_PICKING = (Power.WORK, Power.SETTINGS)


@admin.register(User)
class UserAdmin(PrivacyActions, StaffAdmin, DjangoUserAdmin[User]):
    """Staff for people look after teachers; superusers after everybody."""

    needs = Power.PEOPLE
    list_display = ("username", "full_name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_superuser", "is_active", "last_login")
    search_fields = ("username", "full_name", "email")
    search_help_text = _("Username, name or e-mail")
    ordering = ("username",)
    filter_horizontal = ()
    actions = ("let_in", "shut_out", "unlock", "look_as", *PRIVACY_ACTIONS)
    form = UserForm
    add_form = NewUserForm
    add_form_template = None
    fieldsets = (
        (None, {"fields": ("username", "email", "full_name", "language", "password_link")}),
        (_("What this person may do"), {"fields": ("role", "is_superuser", "powers")}),
        (_("State"), {"fields": ("is_active", "date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "email", "full_name", "password")}),
        (_("What this person may do"), {"fields": ("role", "is_superuser", "powers")}),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        match = request.resolver_match
        is_picking = match is not None and match.url_name == "autocomplete"
        needed = (self.needs, Power.VIEW_AS, *(_PICKING if is_picking else ()))
        return any(may(request, power) for power in needed)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or not may(request, self.needs):
            return may(request, self.needs)
        return cast("User", request.user).may_manage(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed or erased: merely deleted, the bytes of its videos would stay."""
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Each for those who have the power it needs."""
        found = super().get_actions(request)
        return {
            name: action
            for name, action in found.items()
            if may(request, Power.VIEW_AS if name == "look_as" else self.needs)
        }

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        *facts, last_login = self.list_display
        return (*facts, _locked_column(sign_in.all_locks()), last_login)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights are for superusers to give, and nobody gives them to himself."""
        name, rights, *rest = super().get_fieldsets(request, obj)
        if _gives_rights(request, obj):
            return (name, rights, *rest)
        return (name, (rights[0], {"fields": ("role",)}), *rest)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        facts = ("password_link", "date_joined", "last_login")
        if obj == request.user:
            return (*facts, "role", "is_active")
        return facts if _gives_rights(request, obj) else (*facts, "role")

    @admin.display(description=_("Password"))
    def password_link(self, user: User) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">{}</a>', address, _("Set a new password"))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == 302:
                user = self.get_object(request, id)
                by = cast("User", request.user)
                doors.drop_new_email(by=user)
                audit.record(Deed.PASSWORD_CHANGED, by=by, target=user, owner_id=int(id))
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        given, staff = form.cleaned_data, cast("User", request.user)
        shown = flatten_fieldsets(self.get_fieldsets(request, obj if change else None))
        if change:
            facts = {name: given[name] for name in form.changed_data if name in shown}
            editing.edit_user(by=staff, user=obj, **facts)
            return
        facts = {name: value for name, value in given.items() if name in shown}
        person = people.create_user(by=staff, **facts | {"password": given["password"] or None})
        obj.pk = person.pk

    @admin.action(description=_("Let the selected people in again"))
    def let_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._switch(request, queryset, is_active=True)

    @admin.action(description=_("Close the accounts of the selected people"))
    def shut_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._switch(request, queryset, is_active=False)

    def _switch(self, request: HttpRequest, people: QuerySet[User], *, is_active: bool) -> None:
        def switch(by: User, user: User) -> None:
            editing.edit_user(by=by, user=user, is_active=is_active)
            self.log_change(request, user, [{"changed": {"fields": ["is_active"]}}])

        self._do(request, people.exclude(is_active=is_active), switch)

    @admin.action(description=_("Unlock the selected people, who mistyped their password"))
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._do(request, queryset, lambda by, user: sign_in.unlock(by=by, user=user))

    @admin.action(description=_("Look at the pages as the selected person"))
    def look_as(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, _("Select exactly one person."), messages.WARNING)
            return None
        try:
            view_as.begin(request, by=cast("User", request.user), person=queryset.get())
        except ExpectedError as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return None
        return redirect("home")

    def _do(
        self, request: HttpRequest, people: QuerySet[User], deed: Callable[[User, User], None]
    ) -> None:
        done = 0
        for user in people:
            try:
                deed(cast("User", request.user), user)
            except ExpectedError as error:
                self.message_user(request, f"{user}: {error}", messages.WARNING)
            else:
                done += 1
        text = ngettext("%(count)d account changed.", "%(count)d accounts changed.", done)
        self.message_user(request, text % {"count": done})


def _gives_rights(request: HttpRequest, person: User | None) -> bool:
    return cast("User", request.user).is_superuser and person != request.user


def _locked_column(locks: Mapping[int, datetime]) -> Callable[[User], datetime | None]:
    @admin.display(description=_("locked until"))
    def locked(user: User) -> datetime | None:
        return locks.get(user.pk)

    return locked
