"""Pages that belong to no app: the parts on one page, and what a browser asks for by itself."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.errors import NotFound
from core.models import Status
from core.pages import page
from downloads.models import Download

_MB = 1_000_000
_URL = "https://www.youtube.com/watch?v=uMfZ9B8iU4E"


@page
@require_safe
def style(request: SignedInRequest) -> HttpResponse:
    """Every part pages are made of, for staff who build or judge them."""
    if not request.user.is_admin:
        raise NotFound
    context = {
        "samples": [_sample(status) for status in Status],
        "reading": Download(id=0, status=Status.RUNNING, stage="resolving", url=_URL),
        "levels": ["success", "info", "warning"],
    }
    return render(request, "style.html", context)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Makes the site installable."""
    return render(request, "manifest.webmanifest", content_type="application/manifest+json")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages without a head of their own, such as a file that is opened directly."""
    return redirect(static("img/favicon.svg"))


def _sample(status: Status) -> Download:
    """A download that exists on this page alone."""
    now = timezone.now()
    return Download(
        id=0,
        status=status,
        stage="downloading",
        url=_URL,
        source="youtube",
        title="Photosynthesis: how plants turn light, water and air into sugar, with experiments",
        duration_seconds=751,
        progress_percent=61.4,
        downloaded_bytes=412 * _MB,
        total_bytes=671 * _MB,
        speed_bytes_per_second=8.2 * _MB,
        eta_seconds=31,
        error_code="source.private",
        created_at=now - timedelta(hours=3),
        finished_at=now - timedelta(minutes=4),
    )
