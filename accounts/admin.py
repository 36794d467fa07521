"""The back office for people and their API keys; Google accounts have a module of their own."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from accounts.admin_google import ConnectLinkAdmin, CredentialAdmin
from accounts.models import ApiKey, User
from accounts.scopes import SCOPES
from accounts.services import api_keys, editing, people
from core.admin import ReadOnlyAdmin, StaffAdmin
from core.errors import ExpectedError

__all__ = ["ApiKeyAdmin", "ConnectLinkAdmin", "CredentialAdmin", "UserAdmin"]

# What a person may do follows from the role alone; groups would only seem to matter. Sign-in reads
# the user's own e-mail; allauth's table of addresses is its memory, not a form.
admin.site.unregister(Group)
admin.site.unregister(EmailAddress)


class NewUserForm(forms.ModelForm[User]):
    password = forms.CharField(
        label=_("Password"),
        help_text=_("Empty: nobody can sign in until a password is set."),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("username", "email", "full_name", "role")


@admin.register(User)
class UserAdmin(StaffAdmin, DjangoUserAdmin[User]):
    list_display = ("username", "full_name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "last_login")
    search_fields = ("username", "full_name", "email")
    search_help_text = _("Username, name or e-mail")
    ordering = ("username",)
    filter_horizontal = ()
    actions = ("let_in", "shut_out")
    form = forms.ModelForm
    add_form = NewUserForm
    add_form_template = None
    fieldsets = (
        (None, {"fields": ("username", "email", "full_name", "language", "password_link")}),
        (_("What this person may do"), {"fields": ("role", "is_active")}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "full_name", "role", "password")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed, not deleted: with it would go videos, and their bytes stay."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        facts = ("password_link", "date_joined", "last_login")
        return (*facts, "role", "is_active") if obj == request.user else facts

    @admin.display(description=_("Password"))
    def password_link(self, user: User) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">{}</a>', address, _("Set a new password"))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        given, staff = form.cleaned_data, cast("User", request.user)
        if change:
            facts = {name: given[name] for name in form.changed_data}
            editing.edit_user(by=staff, user=obj, **facts)
            return
        person = people.create_user(
            by=staff,
            username=given["username"],
            email=given["email"],
            full_name=given["full_name"],
            role=given["role"],
            password=given["password"] or None,
        )
        obj.pk = person.pk

    @admin.action(description=_("Let the selected people in again"))
    def let_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._switch(request, queryset, is_active=True)

    @admin.action(description=_("Close the accounts of the selected people"))
    def shut_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._switch(request, queryset, is_active=False)

    def _switch(self, request: HttpRequest, people: QuerySet[User], *, is_active: bool) -> None:
        changed = 0
        for user in people.exclude(is_active=is_active):
            try:
                editing.edit_user(by=cast("User", request.user), user=user, is_active=is_active)
            except ExpectedError as error:
                self.message_user(request, f"{user}: {error}", messages.WARNING)
            else:
                changed += 1
                self.log_change(request, user, [{"changed": {"fields": ["is_active"]}}])
        text = ngettext("%(count)d account changed.", "%(count)d accounts changed.", changed)
        self.message_user(request, text % {"count": changed})


class NewKeyForm(forms.ModelForm[ApiKey]):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(scope, f"{scope}: {meaning}") for scope, meaning in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiKey
        fields = ("owner", "name", "scopes", "expires_at")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """A key is made and revoked, never changed. Its text is shown once, when it is made."""

    form = NewKeyForm
    autocomplete_fields = ("owner",)
    list_display = ("name", "owner", "prefix", "scope_list", "state", "created_at", "last_used_at")
    list_select_related = ("owner",)
    list_filter = ("created_at", "expires_at", "revoked_at")
    search_fields = ("name", "prefix", "owner__username", "owner__email")
    actions = ("revoke",)
    fields = (
        "owner",
        "name",
        "prefix",
        "scope_list",
        "state",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else NewKeyForm.Meta.fields

    @admin.display(description=_("scopes"))
    def scope_list(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description=_("state"))
    def state(self, key: ApiKey) -> StrOrPromise:
        if key.revoked_at:
            return _("revoked")
        expired = key.expires_at is not None and key.expires_at <= timezone.now()
        return _("expired") if expired else _("valid")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        key, secret = api_keys.create_api_key(
            by=cast("User", request.user),
            owner=given["owner"],
            name=given["name"],
            scopes=given["scopes"],
            expires_at=given["expires_at"],
        )
        obj.pk, obj.secret = key.pk, secret

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Copy the key now"),
            "secret": obj.secret,
            "opts": self.opts,
            "key": obj,
        }
        return TemplateResponse(request, "admin/accounts/apikey/created.html", context)

    @admin.action(description=_("Revoke the selected keys"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        keys = list(queryset.filter(revoked_at=None))
        for key in keys:
            api_keys.revoke_api_key(by=cast("User", request.user), key=key)
            self.log_change(request, key, [{"changed": {"fields": ["revoked_at"]}}])
        text = ngettext("%(count)d key revoked.", "%(count)d keys revoked.", len(keys))
        self.message_user(request, text % {"count": len(keys)})
