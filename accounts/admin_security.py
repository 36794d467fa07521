"""The back office for blocked addresses: made here or by themselves, lifted here."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from accounts.models import AddressBlock, User
from accounts.roles import Power
from accounts.services import blocks
from core.admin import ReadOnlyAdmin, may


class NewBlockForm(ModelForm[AddressBlock]):
    class Meta:
        model = AddressBlock
        fields = ("network", "reason", "until")


@admin.register(AddressBlock)
class AddressBlockAdmin(ReadOnlyAdmin):
    """A block is made and lifted, never changed, and stays in the list."""

    needs = Power.SECURITY
    form = NewBlockForm
    list_display = ("network", "state", "is_automatic", "reason", "created_at", "until", "made_by")
    list_select_related = ("created_by",)
    list_filter = ("is_automatic", "created_at", "lifted_at")
    search_fields = ("network", "reason")
    search_help_text = _("Address or reason")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    actions = ("lift",)
    fields = (
        *("network", "state", "is_automatic", "reason", "created_at", "made_by", "until"),
        *("lifted_at", "lifted_by"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.needs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else NewBlockForm.Meta.fields

    @admin.display(description=_("state"))
    def state(self, block: AddressBlock) -> StrOrPromise:
        if block.lifted_at:
            return _("lifted")
        over = block.until is not None and block.until <= timezone.now()
        return _("over") if over else _("in force")

    @admin.display(description=_("by"), ordering="created_by")
    def made_by(self, block: AddressBlock) -> str:
        return str(block.created_by or "")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given, staff = form.cleaned_data, cast("User", request.user)
        obj.pk = blocks.block_address(by=staff, **given).pk

    @admin.action(description=_("Lift the selected blocks"))
    def lift(self, request: HttpRequest, queryset: QuerySet[AddressBlock]) -> None:
        found = list(queryset.filter(lifted_at=None))
        for block in found:
            blocks.lift_block(by=cast("User", request.user), block=block)
        said = ngettext("%(count)d block lifted.", "%(count)d blocks lifted.", len(found))
        self.message_user(request, said % {"count": len(found)})
