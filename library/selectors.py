"""Reads. Everything an interface may see of the library passes through here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Least

from accounts.models import User
from core import storage
from core.errors import NotFound
from core.text import normalise
from library.models import StoredFile, Subtitle, Video

_GOING = Q(expires_at__isnull=False) | Q(removal_at__isnull=False)


def list_videos(*, user: User, search: str = "", going: bool = False) -> QuerySet[Video]:
    """Newest first; every word of `search` stands in title, uploader or description.

    `going` are those that will be removed by themselves, the next of them first.
    """
    found = Video.objects.visible_to(user).select_related("file", "owner").order_by("-id")
    if going:
        found = found.filter(_GOING).annotate(goes_at=_goes_at()).order_by("goes_at", "id")
    for word in normalise(search).split():
        found = found.filter(search_text__contains=word)
    return found


@dataclass(frozen=True, slots=True)
class Announced:
    """How many of a person's own videos a rule removes, how big they are, the first of it."""

    number: int
    bytes: int
    first_at: datetime | None


def announced(*, user: User) -> Announced:
    """What a rule is going to remove of this person's own; nobody else need be told."""
    going = Video.objects.filter(owner=user, removal_at__isnull=False)
    told = going.aggregate(number=Count("id"), bytes=Sum("file__size_bytes"), at=Min("removal_at"))
    return Announced(told["number"], told["bytes"] or 0, told["at"])


def get_video(*, user: User, video_id: int) -> Video:
    """:raises NotFound: there is none, or it is somebody else's"""
    found = Video.objects.visible_to(user).select_related("file", "owner")
    video = found.prefetch_related("subtitles").filter(id=video_id).first()
    if video is None:
        raise NotFound
    return video


def get_subtitle(*, user: User, video_id: int, language: str) -> Subtitle:
    """:raises NotFound: no such video for this person, or no such language"""
    subtitle = get_video(user=user, video_id=video_id).subtitles.filter(language=language).first()
    if subtitle is None:
        raise NotFound
    return subtitle


def is_key_known(folder: str) -> bool:
    """Whether anything recorded lies in this folder of the library."""
    prefix = f"{folder}/"
    return (
        StoredFile.objects.filter(key__startswith=prefix).exists()
        or Video.objects.filter(thumbnail_key__startswith=prefix).exists()
        or Subtitle.objects.filter(key__startswith=prefix).exists()
    )


def known_keys(prefix: str) -> set[str]:
    """Everything recorded whose key begins so."""
    files = StoredFile.objects.filter(key__startswith=prefix).values_list("key", flat=True)
    videos = Video.objects.filter(thumbnail_key__startswith=prefix)
    tracks = Subtitle.objects.filter(key__startswith=prefix).values_list("key", flat=True)
    return {*files, *videos.values_list("thumbnail_key", flat=True), *tracks}


def unused_files() -> list[StoredFile]:
    """Bytes that no row of any app refers to."""
    found = StoredFile.objects.order_by("id")
    for relation in StoredFile._meta.related_objects:  # noqa: SLF001 - documented
        rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})  # noqa: SLF001
        found = found.filter(~Exists(rows))
    return list(found)


def all_files() -> Iterator[StoredFile]:
    return StoredFile.objects.order_by("id").iterator(2000)


def count_files() -> int:
    return StoredFile.objects.count()


def has_bytes(*, user: User, sha256: str) -> bool:
    """Whether one of this person's own videos is made of these bytes."""
    return Video.objects.filter(owner=user, file__sha256=sha256).exists()


def path_of_bytes(*, sha256: str, size_bytes: int) -> Path | None:
    """Where these bytes lie, whoever brought them: never tell anybody that they do."""
    stored = StoredFile.objects.filter(sha256=sha256, size_bytes=size_bytes).first()
    return storage.path_of(stored.key) if stored else None


def _goes_at() -> Least:
    """The earlier of both; databases do not agree on what is less than nothing."""
    return Least(Coalesce("expires_at", "removal_at"), Coalesce("removal_at", "expires_at"))
