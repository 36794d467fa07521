"""From a course to a batch: a look before, and one button."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.errors import Invalid
from core.pages import done, page, wants_fragment
from courses.models import Course
from courses.selectors import courses
from downloads.forms import CourseForm
from downloads.models import BatchDownload
from downloads.selectors import batches, credentials, news
from downloads.selectors.preview import Choice, preview
from downloads.services import batches as work


@page
@require_safe
def course_preview(request: SignedInRequest, course_id: int) -> HttpResponse:
    course = courses.get_course(user=request.user, course_id=course_id)
    ways = credentials.into_course(user=request.user, course=course)
    if not ways:
        context: dict[str, Any] = {"course": course}
        return render(request, "downloads/course_preview.html", context)
    form = CourseForm(request.GET, ways=ways)
    found = preview(
        user=request.user, course=course, credential=form.account(), choice=form.choice()
    )
    context = {"course": course, "preview": found, "form": form, "ways": ways}
    name = "_preview" if wants_fragment(request) else "course_preview"
    return render(request, f"downloads/{name}.html", context)


@page
@require_POST
def course_download(request: SignedInRequest, course_id: int) -> HttpResponse:
    """All of a course, or the videos ticked on its page."""
    course = courses.get_course(user=request.user, course_id=course_id)
    ways = credentials.into_course(user=request.user, course=course)
    form = CourseForm(request.POST, ways=ways)
    if "video" not in request.POST and "all" not in request.POST:
        raise Invalid(_("Tick at least one video first."), code="nothing_picked")
    if not ways or not form.is_valid():
        raise Invalid(_("This Google account does not see the course."), code="no_account")
    batch = work.download_course(
        by=request.user,
        course=course,
        credential=form.account(),
        quality=form.wanted_quality(),
        choice=form.choice(),
    )
    return done(request, _said_of(batch), to=reverse("downloads:batch", args=[batch.pk]))


@page
@require_POST
def download_new(request: SignedInRequest) -> HttpResponse:
    """What is new in all courses; a batch for each."""
    made = [
        _of_news(request.user, found.course, [video.pk for video in found.videos])
        for found in news.new_in_courses(user=request.user)
    ]
    if len(made) == 1:
        return redirect("downloads:batch", made[0].pk)
    text = _("Everything new is in the queue.") if made else _("There is nothing new.")
    return done(request, text, to=reverse("downloads:batches"))


def _of_news(user: User, course: Course, video_ids: list[int]) -> BatchDownload:
    credential = credentials.choose(user=user, course=course)
    choice = Choice(video_ids=video_ids)
    return work.download_course(by=user, course=course, credential=credential, choice=choice)


def _said_of(batch: BatchDownload) -> str:
    total = batches.state_of(batch).total
    if not total:
        return _("There was nothing to download.")
    said = ngettext("%(count)d is in the queue.", "%(count)d are in the queue.", total)
    return said % {"count": total}
