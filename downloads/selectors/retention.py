"""Which videos a rule lets go, and how much that is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import DenseRank

from core.database import read_clock
from core.models import ACTIVE
from downloads.models import Download, RetentionRule
from library.models import Video

# While a video plays its player asks for parts of it; a break in a lesson is no end.
WATCHED_LATELY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go if a rule were in force, the time of warning over."""

    number: int
    bytes: int


def preview(rule: RetentionRule) -> Preview:
    told = past(rule, now=read_clock()).aggregate(Count("id"), Sum("file__size_bytes"))
    return Preview(told["id__count"], told["file__size_bytes__sum"] or 0)


def past(rule: RetentionRule, *, now: datetime) -> QuerySet[Video]:
    """Videos that are past every limit of the rule, whether it is in force or not."""
    found = Video.objects.filter(pinned=False)
    if rule.owner_id:
        found = found.filter(owner=rule.owner_id)
    if rule.course_id:
        found = found.filter(_in_course(rule))
    if rule.max_age_days:
        found = found.filter(created_at__lte=now - timedelta(days=rule.max_age_days))
    if rule.unwatched_days:
        limit = now - timedelta(days=rule.unwatched_days)
        found = found.filter(created_at__lte=limit).exclude(watched_at__gt=limit)
    if rule.keep_per_course:
        found = found.filter(_in_course(rule)).exclude(id__in=_newest(rule, rule.keep_per_course))
    return found


def free(now: datetime) -> Q:
    """Nobody watches it, and nothing is being done with it."""
    idle = Q(watched_at=None) | Q(watched_at__lte=now - WATCHED_LATELY)
    return idle & Q(~Exists(Download.objects.filter(video=OuterRef("pk"), status__in=ACTIVE)))


def _of_courses(rule: RetentionRule) -> QuerySet[Download]:
    """What brought videos of courses: of that of the rule, if it is about one."""
    found = Download.objects.filter(video__isnull=False, course_video__isnull=False)
    course = {"course_video__coursework__course": rule.course_id} if rule.course_id else {}
    return found.filter(**course)


def _in_course(rule: RetentionRule) -> Exists:
    return Exists(_of_courses(rule).filter(video=OuterRef("pk")))


def _newest(rule: RetentionRule, number: int) -> QuerySet[Download, int | None]:
    """Each owner's newest videos of each course."""
    place = Window(
        DenseRank(),
        partition_by=[F("video__owner"), F("course_video__coursework__course")],
        order_by=[F("video__created_at").desc(), F("video").desc()],
    )
    ranked = _of_courses(rule).annotate(place=place).filter(place__lte=number)
    return ranked.values_list("video", flat=True)
