"""The first page: paste a link, see what runs, what waits and what needs you."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core import storage
from core.pages import page
from courses.selectors import syncs
from downloads.forms import QueueForm
from downloads.models import Download
from downloads.selectors import credentials, failures, limits, news, queue
from library import selectors as library

RUNNING, NEXT, FAILED, FINISHED = 10, 5, 3, 6
LOOK_BACK = 50


@page
@require_safe
def dashboard(request: SignedInRequest) -> HttpResponse:
    return render_dashboard(request, QueueForm())


@page
@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """Everything under the form, for htmx to put in place panel by panel."""
    return render(request, "downloads/_board.html", _board_of(request.user))


def render_dashboard(
    request: SignedInRequest, form: QueueForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, **_board_of(request.user)}
    return render(request, "downloads/dashboard.html", context, status=status)


def _board_of(user: User) -> dict[str, object]:
    waiting = list(queue.waiting(user=user)[:NEXT])
    running = list(queue.running(user=user)[:RUNNING])
    started = {download.pk for download in running}  # between these two questions
    failed = failures.groups(user=user)
    reconnect = list(credentials.waiting_for_consent(user=user))
    fresh = news.new_in_courses(user=user)
    counts = queue.counts(user=user)
    return {
        "counts": counts,
        "queue": limits.queue_state(user=user, counts=counts),
        "space": limits.space_of(user),
        "running": running,
        "waiting": [download for download in waiting if download.pk not in started],
        "positions": queue.positions_of(waiting),
        "reconnect": reconnect,
        "needs_number": len(failed) + len(reconnect),
        "news": fresh,
        "news_number": sum(len(one.videos) for one in fresh),
        "google": bool(settings.GOOGLE_CLIENT_ID),
        "has_account": syncs.has_account(user=user),
        "failures": failed[:FAILED],
        "failures_number": len(failed),
        "failed": failures.alone(user=user, groups=failed[:FAILED]),
        "finished": _each_video_once(queue.recently_finished(user=user)[:LOOK_BACK])[:FINISHED],
        "statistics": queue.statistics(user=user),
        "free_bytes": storage.free_bytes(),
        "going": library.announced(user=user),
    }


def _each_video_once(finished: Iterable[Download]) -> list[Download]:
    """The newest download of each: one that was linked shows the same video again."""
    newest: dict[int | None, Download] = {}
    for download in finished:
        newest.setdefault(download.video_id, download)
    return list(newest.values())
