"""The courses a person's accounts give."""

from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.pages import page
from courses.forms import CourseFilterForm
from courses.selectors import contents, courses, syncs
from courses.views.outline import Card
from courses.views.under_way import syncs_of

PER_PAGE = 24


@page
@require_safe
def list_courses(request: SignedInRequest) -> HttpResponse:
    return render(request, "courses/course_list.html", _list_of(request))


@page
@require_safe
def list_fragment(request: SignedInRequest) -> HttpResponse:
    """The cards alone; a change of the filter also changes the address of the page."""
    response = render(request, "courses/_list.html", _list_of(request))
    if request.headers.get("HX-Trigger") == "filters":
        response["HX-Push-Url"] = f"{reverse('courses:list')}?{request.GET.urlencode()}"
    return response


def _list_of(request: SignedInRequest) -> dict[str, object]:
    user, form = request.user, CourseFilterForm(request.GET)
    found = courses.list_courses(user=user, filter=form.filter()).order_by(Lower("name"), "id")
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    figures = courses.figures_of(user=user, courses=rows)
    return {
        "form": form,
        "rows": rows,
        "cards": [Card(course, figures[course.pk]) for course in rows],
        "has_any": bool(rows) or contents.has_any(user=user),
        "has_account": syncs.has_account(user=user),
        "accounts": len({one.pk for figure in figures.values() for one in figure.credentials}),
        **syncs_of(user),
        "failed": syncs.failed(user=user),
    }
