"""Subscriptions: what is watched, what it has found, and how."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.errors import Invalid
from core.pages import back, done, page, wants_fragment
from courses.selectors import courses
from downloads.models import Subscription
from downloads.selectors import subscriptions as selectors
from downloads.selectors.subscriptions import FoundFilter
from downloads.services import folders
from downloads.services import subscriptions as work
from downloads.services.subscriptions import Source
from downloads.subscription_forms import ChangeForm, PickForm, WatchForm

PER_PAGE = 50


@page
@require_safe
def list_subscriptions(request: SignedInRequest) -> HttpResponse:
    context = _list_of(request) | {"form": WatchForm()}
    return render(request, "downloads/subscription_list.html", context)


@page
@require_safe
def list_fragment(request: SignedInRequest) -> HttpResponse:
    return render(request, "downloads/_subscriptions.html", _list_of(request))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":  # a refused form loaded anew, or come back to
        return redirect("downloads:subscriptions")
    form = WatchForm(request.POST)
    if form.is_valid():
        source = Source(url=form.cleaned_data["url"], name=form.cleaned_data["name"].strip())
        try:
            made = work.create_subscription(by=request.user, source=source, **form.choices())
        except Invalid as error:
            form.take(error.errors)
        else:
            return _watched(request, made)
    context = _list_of(request) | {"form": form}
    return render(request, "downloads/subscription_list.html", context, status=422)


@page
@require_POST
def watch_course(request: SignedInRequest, course_id: int) -> HttpResponse:
    """From the course's page; one that is watched already is shown."""
    course = courses.get_course(user=request.user, course_id=course_id)
    known = selectors.of_course(user=request.user, course_id=course.pk)
    if known is not None:
        return redirect("downloads:subscription", known.pk)
    made = work.create_subscription(by=request.user, source=Source(course=course))
    return _watched(request, made)


@page
@require_safe
def detail(request: SignedInRequest, subscription_id: int) -> HttpResponse:
    one = _get(request, subscription_id)
    context = _detail_of(request, one) | {"form": ChangeForm(one)}
    return render(request, "downloads/subscription_detail.html", context)


@page
@require_safe
def detail_fragment(request: SignedInRequest, subscription_id: int) -> HttpResponse:
    context = _detail_of(request, _get(request, subscription_id)) | {"is_fragment": True}
    return render(request, "downloads/_subscription.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, subscription_id: int) -> HttpResponse:
    one = _get(request, subscription_id)
    if request.method != "POST":
        return redirect("downloads:subscription", one.pk)
    form = ChangeForm(one, request.POST)
    if form.is_valid():
        work.change_subscription(by=request.user, subscription=one, **form.choices())
        return done(request, _("Saved."), to=reverse("downloads:subscription", args=[one.pk]))
    context = _detail_of(request, one) | {"form": form}
    return render(request, "downloads/subscription_detail.html", context, status=422)


@page
@require_POST
def switch(request: SignedInRequest, subscription_id: int) -> HttpResponse:
    """Pause it, or go on."""
    one = _get(request, subscription_id)
    on = not one.enabled
    work.change_subscription(by=request.user, subscription=one, enabled=on)
    said = _("The subscription goes on.") if on else _("The subscription is paused.")
    return done(request, said, to=back(request), level="info")


@page
@require_POST
def check(request: SignedInRequest, subscription_id: int) -> HttpResponse:
    one = _get(request, subscription_id)
    work.check_subscription(by=request.user, subscription=one)
    said = _("It has been looked at.") if one.course_id else _("It is being looked at.")
    return done(request, said, to=back(request), level="info")


@page
@require_POST
def pick(request: SignedInRequest, subscription_id: int) -> HttpResponse:
    """Download the videos that are ticked or all that are new, or set ticked ones aside."""
    one = _get(request, subscription_id)
    form = PickForm(request.POST)
    action, picked = form.action(), form.picked()
    if action != "all" and not picked:
        raise Invalid(_("Tick at least one video first."), code="nothing_picked")
    if action == "ignore":
        return _set_aside(request, one, picked)
    ids = None if action == "all" else picked
    queued = work.download_found(by=request.user, subscription=one, found_ids=ids)
    said = ngettext("%(count)d is in the queue.", "%(count)d are in the queue.", len(queued))
    return done(request, said % {"count": len(queued)}, to=back(request))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, subscription_id: int) -> HttpResponse:
    """Asked once, with what goes and what stays."""
    one = _get(request, subscription_id)
    if request.method == "POST":
        work.delete_subscription(by=request.user, subscription=one)
        said = _("The subscription has ended. Its videos stay in your library.")
        return done(request, said, to=reverse("downloads:subscriptions"))
    name = "_subscription_delete" if wants_fragment(request) else "subscription_delete"
    return render(request, f"downloads/{name}.html", {"subscription": one})


def _get(request: SignedInRequest, subscription_id: int) -> Subscription:
    return selectors.get_subscription(user=request.user, subscription_id=subscription_id)


def _watched(request: SignedInRequest, made: Subscription) -> HttpResponse:
    to = reverse("downloads:subscription", args=[made.pk])
    return done(request, _("It is watched from now on."), to=to)


def _set_aside(request: SignedInRequest, one: Subscription, picked: list[int]) -> HttpResponse:
    number = work.set_all_aside(by=request.user, subscription=one, found_ids=picked)
    said = ngettext("%(count)d was set aside.", "%(count)d were set aside.", number)
    return done(request, said % {"count": number}, to=back(request), level="info")


def _list_of(request: SignedInRequest) -> dict[str, Any]:
    found = selectors.list_subscriptions(user=request.user)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts, checking = selectors.counts_of(list(rows)), selectors.checked_now(list(rows))
    return {
        "rows": rows,
        "subscriptions": [
            {
                "subscription": one,
                "counts": counts[one.pk],
                "checking": one.pk in checking,
                "trouble": selectors.trouble(one),
            }
            for one in rows
        ],
    }


def _detail_of(request: SignedInRequest, one: Subscription) -> dict[str, Any]:
    only_new = request.GET.get("show") == "new"
    asked = FoundFilter(
        subscription_id=one.pk,
        new=True if only_new else None,
        search=request.GET.get("search", "")[:200],
    )
    found = selectors.list_found(user=request.user, filter=asked)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    states = selectors.states_of(rows)
    return {
        "subscription": one,
        "counts": selectors.counts_of([one])[one.pk],
        "checking": bool(selectors.checked_now([one])),
        "trouble": selectors.trouble(one),
        "directory": folders.directory_of(one),
        "rows": rows,
        "found": [(row, states[row.pk]) for row in rows],
        "only_new": only_new,
        "search": asked.search,
    }
