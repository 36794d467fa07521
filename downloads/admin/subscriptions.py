"""The back office for subscriptions: when each is looked at, what it found, what went wrong."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.admin import ReadOnlyAdmin
from core.templatetags.format import ago, clock, span
from downloads.models import FoundVideo, Subscription
from downloads.selectors import subscriptions as selectors
from downloads.selectors.subscriptions import NONE_YET, Counts, FoundState
from downloads.services import folders
from downloads.services import subscriptions as work
from downloads.templatetags.subscriptions import label_of, upcoming

AT_ONCE = 100


class CountedList(ChangeList):
    """A page of subscriptions, each with its figures: one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = selectors.counts_of(list(self.result_list))
        for one in self.result_list:
            one.counts = counts[one.pk]


class StatesList(ChangeList):
    """A page of found videos, each with what has become of it."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        states = selectors.states_of(self.result_list)
        for found in self.result_list:
            found.state = states[found.pk]


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = ("title", "owner", "kind", "state", "counted", "every", "looked_at", "by_rule")
    list_select_related = ("owner", "course")
    list_filter = ("kind", "enabled", "auto_download", "error_code")
    search_fields = ("name", "url", "owner__username", "owner__email", "=id")
    search_help_text = _("Name, address, number, or whose it is")
    date_hierarchy = "created_at"
    actions = ("look_now", "pause", "go_on", "stop")
    fields = (
        *("name", "owner", "kind", "url", "course", "credential", "directory"),
        *("state", "counted", "every", "looked_at", "failures", "trouble", "error_detail"),
        *("auto_download", "quality", "format", "audio_only", "subtitles"),
        *("title_filter", "longest_seconds", "since", "keep_last", "created_at"),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CountedList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Subscription | None:
        one = cast("Subscription | None", super().get_object(request, object_id, from_field))
        if one is not None:
            one.counts = selectors.counts_of([one])[one.pk]  # type: ignore[attr-defined] # for here
        return one

    @admin.display(description=_("name"), ordering="name")
    def title(self, one: Subscription) -> str:
        return Truncator(one.name).chars(90)

    @admin.display(description=_("state"), ordering="next_check_at")
    def state(self, one: Subscription) -> SafeString | str:
        if not one.enabled:
            return str(_("Paused"))
        told = selectors.trouble(one)
        words = str(_("Looks again %(when)s")) % {"when": upcoming(one.next_check_at)}
        return format_html("{}<br>{}", told.message, words) if told else words

    @admin.display(description=_("videos"))
    def counted(self, one: Subscription) -> str:
        counts = cast("Counts", getattr(one, "counts", NONE_YET))
        words = _("%(all)d found, %(new)d new, %(fetched)d asked for")
        return str(words) % {"all": counts.found, "new": counts.new, "fetched": counts.fetched}

    @admin.display(description=_("interval"), ordering="interval_seconds")
    def every(self, one: Subscription) -> str:
        return span(one.interval_seconds)

    @admin.display(description=_("last check"), ordering="last_checked_at")
    def looked_at(self, one: Subscription) -> str:
        return ago(one.last_checked_at)

    @admin.display(description=_("by itself"), ordering="auto_download", boolean=True)
    def by_rule(self, one: Subscription) -> bool:
        return one.auto_download

    @admin.display(description=_("directory"))
    def directory(self, one: Subscription) -> str:
        return folders.directory_of(one)

    @admin.display(description=_("error"))
    def trouble(self, one: Subscription) -> str:
        told = selectors.trouble(one)
        return f"{told.message} {told.advice}" if told else ""

    @admin.action(description=_("Look at the selected sources now"))
    def look_now(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        for one in _some(queryset):
            work.check_subscription(by=_user(request), subscription=one)
        self._report(request, queryset)

    @admin.action(description=_("Pause the selected subscriptions"))
    def pause(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        self._switch(request, queryset, on=False)

    @admin.action(description=_("Let the selected subscriptions go on"))
    def go_on(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        self._switch(request, queryset, on=True)

    @admin.action(description=_("End the selected subscriptions; their videos stay"))
    def stop(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        chosen, number = _some(queryset), queryset.count()
        for one in chosen:
            work.delete_subscription(by=_user(request), subscription=one)
        self._say(request, len(chosen), number)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Subscription], *, on: bool) -> None:
        for one in _some(queryset):
            work.change_subscription(by=_user(request), subscription=one, enabled=on)
        self._report(request, queryset)

    def _report(self, request: HttpRequest, selected: QuerySet[Subscription]) -> None:
        number = selected.count()
        self._say(request, min(number, AT_ONCE), number)

    def _say(self, request: HttpRequest, some: int, number: int) -> None:
        said = ngettext("Done with %(count)d.", "Done with %(count)d.", some)
        self.message_user(request, said % {"count": some}, messages.SUCCESS)
        if number > some:
            left = _("Only the newest %(some)d of the %(all)d selected; do it again for others.")
            self.message_user(request, left % {"some": some, "all": number}, messages.WARNING)


@admin.register(FoundVideo)
class FoundVideoAdmin(ReadOnlyAdmin):
    list_display = ("name", "subscription", "owner", "state", "length", "published", "found")
    list_select_related = ("owner", "subscription")
    list_filter = ("found_by", "wanted", "source")
    search_fields = ("title", "url", "=source_key", "owner__username", "=id")
    search_help_text = _("Title, address, number, or whose it is")
    date_hierarchy = "found_at"
    fields = (
        *("title", "owner", "subscription", "url", "channel", "state", "download"),
        *("course_video", "length", "published_at", "found_by", "wanted"),
        *("found_at", "gone_at", "removed_at"),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StatesList

    @admin.display(description=_("title"), ordering="title")
    def name(self, found: FoundVideo) -> str:
        return Truncator(found).chars(90)

    @admin.display(description=_("state"))
    def state(self, found: FoundVideo) -> str:
        state = cast("FoundState | None", getattr(found, "state", None))
        return label_of(state or selectors.state_of(found))

    @admin.display(description=_("duration"), ordering="duration_seconds")
    def length(self, found: FoundVideo) -> str:
        return clock(found.duration_seconds)

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, found: FoundVideo) -> str:
        return ago(found.published_at)

    @admin.display(description=_("found"), ordering="found_at")
    def found(self, found: FoundVideo) -> str:
        return ago(found.found_at)


def _some(selected: QuerySet[Subscription]) -> list[Subscription]:
    return list(selected.select_related("owner").order_by("-id")[:AT_ONCE])


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
