"""Reads of downloads. Everything an interface may see of them passes through here."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from core.errors import NotFound
from core.text import normalise
from downloads.models import Download, Transition


@dataclass(frozen=True, slots=True)
class DownloadFilter:
    """Empty values filter nothing."""

    status: str = ""
    source: str = ""
    search: str = ""
    created_after: datetime | None = None
    created_before: datetime | None = None


EVERYTHING = DownloadFilter()


def list_downloads(*, user: User, filter: DownloadFilter = EVERYTHING) -> QuerySet[Download]:
    """Newest first."""
    found = Download.objects.visible_to(user).select_related("owner", "video__file")
    exact = {"status": filter.status, "source": filter.source}
    between = {"created_at__gte": filter.created_after, "created_at__lt": filter.created_before}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    found = found.filter(**{name: value for name, value in between.items() if value})
    for word in normalise(filter.search).split():
        found = found.filter(search_text__contains=word)
    return found.order_by("-id")


def get_download(*, user: User, download_id: int) -> Download:
    """:raises NotFound: there is none, or it is somebody else's"""
    found = Download.objects.visible_to(user).select_related("owner", "video__file")
    download = found.filter(id=download_id).first()
    if download is None:
        raise NotFound
    return download


def history(*, user: User, download: Download) -> QuerySet[Transition]:
    """Its moves, oldest first."""
    visible = Download.objects.visible_to(user)
    return Transition.objects.filter(download__in=visible, download=download).order_by("id")
