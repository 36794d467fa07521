"""What a person has already of what is asked for: it is linked instead of fetched again."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from core.models import Status
from courses.models import CourseFile
from downloads.models import Download
from downloads.services import requests
from downloads.services.requests import Plan
from library.models import Video


@dataclass(frozen=True, slots=True)
class Held:
    """A video of the person's own library, or the file of a material (then without `video`)."""

    title: str
    size_bytes: int
    video: Video | None = None


def of(*, user: User, plans: Sequence[Plan]) -> dict[str, Held]:
    """What of these is held, by fingerprint; the same few queries for all of them."""
    videos = [plan for plan in plans if not plan.request.material]
    found = _fetched_before(user, videos)
    for plan, video in _same_videos(user, [one for one in videos if one.fingerprint not in found]):
        found[plan.fingerprint] = _held(video)
    return found | _materials(user, [plan for plan in plans if plan.request.material])


def _fetched_before(user: User, plans: Sequence[Plan]) -> dict[str, Held]:
    """By an earlier download of the very same request."""
    prints = {plan.fingerprint for plan in plans}
    done = Download.objects.filter(owner=user, fingerprint__in=prints, status=Status.COMPLETED)
    found = done.select_related("video__file").filter(video__owner=user).order_by("id")
    return {one.fingerprint: _held(one.video) for one in found if one.video}


def _same_videos(user: User, plans: Sequence[Plan]) -> list[tuple[Plan, Video]]:
    """By whatever it came: the same source's video, or the same bytes."""
    keys = {plan.found.source_key for plan in plans}
    sums = {plan.request.sha256 for plan in plans} - {""}
    if not keys:
        return []
    same = Q(source_key__in=keys) | Q(file__sha256__in=sums) if sums else Q(source_key__in=keys)
    videos = Video.objects.filter(same, owner=user).select_related("file").order_by("id")
    by_key = {(video.source, video.source_key): video for video in videos}
    by_sum = {video.file.sha256: video for video in videos}
    pairs = (
        (
            plan,
            by_key.get((plan.found.source, plan.found.source_key))
            or by_sum.get(plan.request.sha256),
        )
        for plan in plans
    )
    return [
        (plan, video) for plan, video in pairs if video and requests.serves(plan.request, video)
    ]


def _materials(user: User, plans: Sequence[Plan]) -> dict[str, Held]:
    if not plans:
        return {}
    wanted = {plan.request.material for plan in plans}
    files = CourseFile.objects.filter(owner=user, material__in=wanted).select_related("file")
    found = {file.material_id: Held(file.name, file.file.size_bytes) for file in files}
    return {
        plan.fingerprint: found[plan.request.material.pk]
        for plan in plans
        if plan.request.material and plan.request.material.pk in found
    }


def _held(video: Video) -> Held:
    return Held(video.title, video.file.size_bytes, video)
