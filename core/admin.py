"""What the back office's pages share, and the pages for what belongs to no app."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success

from core.errors import ExpectedError
from core.models import Event, WorkerHeartbeat
from core.templatetags.format import ago


class RefusableForm(ModelForm[Any]):
    """A form whose data a service has refused: it is shown again, with the refusal in it."""

    refusal: ExpectedError | None = None

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if self.refusal is None:
            return given
        for field, messages in (self.refusal.errors or {"": [self.refusal.message]}).items():
            for message in messages:
                self.add_error(field if field in self.fields else None, str(message))
        return given


def may(request: HttpRequest, power: str) -> bool:
    """Whether whoever asks has entered the back office and may do that there."""
    user: Any = request.user
    return admin.site.has_permission(request) and user.may(power)


class StaffAdmin(admin.ModelAdmin[Any]):
    """Whoever has the power a page `needs` may do what it offers; each page says what that is.

    Django's own permissions of each table play no part. Powers are listed in `accounts.roles`.
    """

    needs: str = "manage_work"
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Saving is a service's work; what it refuses stands at the fields like any mistake."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ExpectedError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Any]]:
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (RefusableForm, form), {"refusal": refusal})

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Who may not look is refused before anything is looked up, whether it exists or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().get_object(request, object_id, from_field)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, self.needs)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, self.needs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.needs)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, self.needs)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, self.needs)


class ReadOnlyAdmin(StaffAdmin):
    """A page to look at. What can be done, if anything, is done by its actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "topic", "type", "owner_id")
    list_display_links = ("id", "topic")
    search_fields = ("=id", "=topic")
    search_help_text = _("Number or topic, such as download.42")
    list_filter = ("type", "created_at")


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("holder", "node", "pid", "busy", "slots", "started_at", "seen_at")


# Of django-q2's tables one tells staff something: the tasks that broke. The others hold wake-ups;
# the work itself stands in the rows of the downloads.
for model in (Schedule, Failure, OrmQ, Success):
    admin.site.unregister(model)

# It brings no Portuguese of its own, and its name would say little to staff.
apps.get_app_config("django_q").verbose_name = _("Background tasks")
for_staff = Failure._meta  # noqa: SLF001 - documented under this name
for_staff.verbose_name = _("failed task")
for_staff.verbose_name_plural = _("failed tasks")


@admin.register(Failure)
class FailedTaskAdmin(ReadOnlyAdmin):
    list_display = ("task", "function", "began", "ended")
    fields = ("task", "function", "began", "ended", "attempts", "said")

    @admin.display(description=_("name"), ordering="name")
    def task(self, failure: Failure) -> str:
        return str(failure.name)

    @admin.display(description=_("function"), ordering="func")
    def function(self, failure: Failure) -> str:
        return str(failure.func)

    @admin.display(description=_("began"), ordering="started")
    def began(self, failure: Failure) -> str:
        return ago(failure.started)

    @admin.display(description=_("ended"), ordering="stopped")
    def ended(self, failure: Failure) -> str:
        return ago(failure.stopped)

    @admin.display(description=_("attempts"), ordering="attempt_count")
    def attempts(self, failure: Failure) -> int:
        return int(failure.attempt_count)

    @admin.display(description=_("result"))
    def said(self, failure: Failure) -> str:
        return str(failure.result)
