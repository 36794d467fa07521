"""One course: what is in it, what changed, and the materials that were brought along."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.pages import page
from courses.forms import CourseworkFilterForm
from courses.models import Course
from courses.selectors import contents, courses
from courses.selectors import coursework as works
from courses.views.outline import Group, VideoRow, outline
from courses.views.under_way import syncs_of
from library import delivery

PER_PAGE = 50
CHANGES, CHANGES_PER_PAGE = 6, 50


@page
@require_safe
def detail(request: SignedInRequest, course_id: int) -> HttpResponse:
    course = courses.get_course(user=request.user, course_id=course_id)
    newest = contents.list_changes(user=request.user, course=course)[: CHANGES + 1]
    context = _outline_of(request, course) | _now(request, course) | {"changes": list(newest)}
    return render(request, "courses/course_detail.html", context)


@page
@require_safe
def detail_fragment(request: SignedInRequest, course_id: int) -> HttpResponse:
    """What moves while the page stands open, piece by piece: what is ticked stays ticked."""
    course = courses.get_course(user=request.user, course_id=course_id)
    context = _outline_of(request, course) | _now(request, course)
    context["has_news"] = request.GET.get("seen") not in {None, context["seen"]}
    context["shown"] = _shown(context["groups"], request.GET.get("until", ""))
    return render(request, "courses/_detail_live.html", context)


@page
@require_safe
def changes(request: SignedInRequest, course_id: int) -> HttpResponse:
    course = courses.get_course(user=request.user, course_id=course_id)
    found = contents.list_changes(user=request.user, course=course)
    rows = Paginator(found, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"course": course, "rows": rows}
    return render(request, "courses/course_changes.html", context)


@page
@require_safe
def file(request: SignedInRequest, material_id: int) -> HttpResponseBase:
    """The bytes of a material that was fetched for whoever asks."""
    found = contents.get_file(user=request.user, material_id=material_id)
    return delivery.file_response(request, found.file, filename=found.name, attachment=True)


def _shown(groups: list[Group], until: str) -> list[VideoRow]:
    """The rows the open page has: what was found since has a larger number."""
    newest = int(until) if until.isdecimal() else 0
    return [row for row in _video_rows(groups) if row.video.pk <= newest]


def _video_rows(groups: list[Group]) -> list[VideoRow]:
    return [row for group in groups for item in group.items for row in item.videos]


def _outline_of(request: SignedInRequest, course: Course) -> dict[str, Any]:
    topics = courses.list_topics(user=request.user, course=course)
    form = CourseworkFilterForm(request.GET, topics=topics)
    wanted = form.filter()
    found = works.list_coursework(user=request.user, course=course, filter=wanted)
    pages = Paginator(works.with_content(found), PER_PAGE)
    rows = pages.get_page(request.GET.get("page"))
    groups = outline(user=request.user, rows=rows)
    return {
        "course": course,
        "form": form,
        "rows": rows,
        "groups": groups,
        "until": max((row.video.pk for row in _video_rows(groups)), default=0),
        "narrowed": wanted != works.EVERYTHING,
    }


def _now(request: SignedInRequest, course: Course) -> dict[str, object]:
    user = request.user
    figures = courses.sizes_of(user=user, course=course)
    return {
        "figures": figures,
        "readable": any(one.is_active for one in figures.credentials),
        **syncs_of(user, course),
        "seen": contents.state_of(user=user, course=course),
    }
