"""Pages that belong to no app: the parts on one page, and what a browser asks for by itself."""

from django.contrib.messages import constants
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.errors import NotFound
from core.pages import page


@page
@require_safe
def style(request: SignedInRequest) -> HttpResponse:
    """For staff who build or judge pages."""
    if not request.user.is_admin:
        raise NotFound
    context = {
        "levels": [constants.DEFAULT_TAGS[level] for level in sorted(constants.DEFAULT_TAGS)],
        "now": timezone.now(),
    }
    return render(request, "style.html", context)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Makes the site installable."""
    return render(
        request, "manifest.webmanifest", content_type="application/manifest+json; charset=utf-8"
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages without a head of their own, such as a file opened directly."""
    return redirect(static("img/favicon.svg"))
