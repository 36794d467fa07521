"""Links of which only their own sites know what they are: a guarded child asks, once each."""

from collections.abc import Collection, Iterator
from contextlib import closing
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import links
from core.children import inline
from core.jobs import node
from courses.classroom.videos import is_worth_asking
from courses.models import CourseMaterial, CourseVideo, MaterialKind
from courses.services.classifying import drop_material
from courses.services.locking import lock_course
from courses.services.progress import Progress
from library.models import Source

MOST_LINKS = 50

_LOOKED_AT = 500
_WALL_SECONDS = 60.0
_VIDEO_SOURCES = (Source.WEB, Source.DIRECT)


def ask_about_links(*, course_ids: Collection[int], progress: Progress) -> None:
    """Find out about some of the links nobody asked about yet; the others have their turn later.

    Without a fork server nothing happens, and nothing is lost.
    """
    unknown = _unknown(course_ids)
    if not unknown:
        return
    urls = list(unknown)
    answers = _answers([unknown[key] for key in urls], progress)
    for place, source in answers.items():
        _write(urls[place], source)


def _unknown(course_ids: Collection[int]) -> dict[str, str]:
    """Addresses by their key, each once. What need not be asked about is settled here."""
    rows = CourseMaterial.objects.filter(
        coursework__course__in=course_ids, kind=MaterialKind.LINK, checked_at=None, gone_at=None
    )
    some = dict(rows.order_by("-id").values_list("key", "url")[:_LOOKED_AT])
    settled = _settled(some)
    for key, source in settled.items():
        _write(key, source)
    left = {key: url for key, url in some.items() if key not in settled}
    return dict(list(left.items())[:MOST_LINKS])


def _settled(some: dict[str, str]) -> dict[str, str]:
    """Those not worth asking about, and those of which another course has told already."""
    checked = CourseMaterial.objects.filter(key__in=some, checked_at__isnull=False)
    known = CourseVideo.objects.filter(source_key__in=some, source__in=_VIDEO_SOURCES)
    return {
        **{key: "" for key, url in some.items() if not is_worth_asking(url)},
        **dict.fromkeys(checked.values_list("key", flat=True), ""),
        **dict(known.values_list("source_key", "source")),
    }


def _write(key: str, source: str) -> None:
    rows = CourseMaterial.objects.filter(key=key, kind=MaterialKind.LINK, checked_at=None)
    if not source:
        rows.update(checked_at=timezone.now())
        return
    for material in rows.select_related("coursework"):
        with transaction.atomic():
            lock_course(material.coursework.course_id)
            _turn_into_video(material, source)


def _turn_into_video(material: CourseMaterial, source: str) -> None:
    drop_material(material)
    CourseVideo.objects.get_or_create(
        coursework_id=material.coursework_id,
        source=source,
        source_key=material.key,
        defaults={
            "position": material.position,
            "url": links.recognise(material.url).url_normalised,
            "title": material.title,
            "checked_at": timezone.now(),
            "created_at": material.created_at,
            "gone_at": material.gone_at,
        },
    )


def _answers(urls: list[str], progress: Progress) -> dict[int, str]:
    """By place. A link over which the child does not come counts as asked about."""
    job = {
        "urls": urls,
        "network": {
            "allowed": settings.ALLOWED_PRIVATE_ENDPOINTS,
            "proxy": settings.OUTBOUND_PROXY,
            "ca_file": settings.OUTBOUND_CA_FILE,
        },
    }
    told = inline.events(
        node.children_socket(),
        "courses.linkcheck:run",
        job,
        seconds=_WALL_SECONDS,
        tick=progress.show,
    )
    try:
        with closing(told):
            return _listen(told, len(urls))
    except OSError:
        return {}


def _listen(told: Iterator[dict[str, Any]], number: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for event in told:
        if event["event"] == "link":
            found[event["place"]] = _source(event)
        elif event["event"] == "failed":  # of ours: what it did not answer is asked again
            return found
    return {place: found.get(place, "") for place in range(number)}


def _source(event: dict[str, Any]) -> str:
    return event["source"] if event["source"] in _VIDEO_SOURCES else ""
