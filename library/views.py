"""The library: all videos, one video, its files, its end."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.errors import NotFound
from core.pages import done, page, wants_fragment
from library import delivery, selectors
from library.forms import SearchForm
from library.services import keeping, removing

PER_PAGE = 24
# Containers that browsers play by themselves.
PLAYABLE = {"mp4", "m4v", "webm", "m4a", "mp3", "opus", "ogg"}


@page
@require_safe
def list_videos(request: SignedInRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    going = form.only_going()
    found = selectors.list_videos(user=request.user, search=form.words(), going=going)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": rows,
        "going": going,
        "announced": selectors.announced(user=request.user),
    }
    return render(request, "library/video_list.html", context)


@page
@require_safe
def video(request: SignedInRequest, video_id: int) -> HttpResponse:
    found = selectors.get_video(user=request.user, video_id=video_id)
    context = {"video": found, "playable": found.container in PLAYABLE}
    return render(request, "library/video_detail.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, video_id: int) -> HttpResponse:
    """Asked once, with the name and size of what goes."""
    found = selectors.get_video(user=request.user, video_id=video_id)
    if request.method == "POST":
        removing.remove_video(by=request.user, video=found)
        text = _("“%(title)s” was deleted.") % {"title": found.title}
        return done(request, text, to=reverse("library:list"))
    name = "_delete" if wants_fragment(request) else "video_delete"
    return render(request, f"library/{name}.html", {"video": found})


@page
@require_POST
def keep(request: SignedInRequest, video_id: int) -> HttpResponse:
    """Keep it for good, or no longer."""
    found = selectors.get_video(user=request.user, video_id=video_id)
    pinned = request.POST.get("pinned") == "true"
    keeping.change_video(by=request.user, video=found, pinned=pinned)
    text = _("“%(title)s” is kept.") if pinned else _("“%(title)s” is no longer kept for good.")
    return done(
        request, text % {"title": found.title}, to=reverse("library:video", args=[found.pk])
    )


@page
@require_safe
def file(request: SignedInRequest, video_id: int) -> HttpResponseBase:
    """The bytes: for the player, or to keep where `?download` asks for that."""
    found = selectors.get_video(user=request.user, video_id=video_id)
    if request.method == "GET":
        keeping.note_fetched(by=request.user, video=found)
    name = f"{found.title}.{found.container}"
    return delivery.file_response(
        request, found.file, filename=name, attachment="download" in request.GET
    )


@page
@require_safe
def thumbnail(request: SignedInRequest, video_id: int) -> HttpResponseBase:
    found = selectors.get_video(user=request.user, video_id=video_id)
    if not found.thumbnail_key:
        raise NotFound
    return delivery.small_file_response(request, found.thumbnail_key, "image/jpeg")


@page
@require_safe
def subtitles(request: SignedInRequest, video_id: int, language: str) -> HttpResponseBase:
    found = selectors.get_subtitle(user=request.user, video_id=video_id, language=language)
    return delivery.small_file_response(request, found.key, "text/vtt; charset=utf-8")
