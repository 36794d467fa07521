"""Reading courses anew out of Classroom: asked for and called off on the pages."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.pages import back, done, page
from courses.selectors import courses, syncs
from courses.services import syncing


@page
@require_POST
def sync(request: SignedInRequest) -> HttpResponse:
    """All courses of all accounts that can be used."""
    for credential in syncs.to_sync(user=request.user):
        syncing.request_sync(by=request.user, credential=credential)
    return done(request, _("Your courses are being read."), to=reverse("courses:list"))


@page
@require_POST
def sync_course(request: SignedInRequest, course_id: int) -> HttpResponse:
    """One course, through every account of theirs that sees it."""
    course = courses.get_course(user=request.user, course_id=course_id)
    for credential in syncs.to_sync(user=request.user, course=course):
        syncing.request_sync(by=request.user, credential=credential, course=course)
    to = reverse("courses:detail", args=[course.pk])
    return done(request, _("The course is being read."), to=to)


@page
@require_POST
def cancel(request: SignedInRequest, sync_id: int) -> HttpResponse:
    found = syncs.get_sync(user=request.user, sync_id=sync_id)
    syncing.cancel_sync(by=request.user, sync=found)
    to = back(request, "courses:list")
    return done(request, _("Stopped. What was read is kept."), to=to, level="info")
