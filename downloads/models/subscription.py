"""A source that is watched for new videos, and what was found there."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, User
from courses.models import Course, CourseVideo
from downloads.models.wishes import Wishes

SHORTEST_INTERVAL_SECONDS = 900
LONGEST_INTERVAL_SECONDS = 30 * 24 * 3600


class SubscriptionKind(models.TextChoices):
    CHANNEL = "channel", _("Channel")
    PLAYLIST = "playlist", _("Playlist")
    COURSE = "course", _("Course")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_admin else self.filter(owner=user)

    def due(self) -> Self:
        return self.filter(enabled=True, next_check_at__lte=timezone.now())


class Subscription(Wishes):
    """Checked every `interval_seconds`, later after errors. `folder` is its directory's name.

    The rule of automatic downloads: `title_filter` words (all of them; a leading - excludes),
    nothing longer than `longest_seconds`, nothing published before `since`. `keep_last` n keeps
    the n newest of the videos it has brought by itself.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="subscriptions",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=SubscriptionKind)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    source_key = models.CharField(max_length=200, blank=True)
    course = models.ForeignKey(
        Course, models.CASCADE, null=True, blank=True, verbose_name=_("course"), related_name="+"
    )
    credential = models.ForeignKey(
        Credential,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Google account"),
    )
    folder = models.CharField(_("directory"), max_length=80)
    enabled = models.BooleanField(_("watched"), default=True)
    interval_seconds = models.PositiveIntegerField(
        _("interval"),
        default=6 * 3600,
        validators=[
            MinValueValidator(SHORTEST_INTERVAL_SECONDS),
            MaxValueValidator(LONGEST_INTERVAL_SECONDS),
        ],
        help_text=_("Seconds between two checks."),
    )
    auto_download = models.BooleanField(_("download by itself"), default=False)
    title_filter = models.CharField(_("words in the title"), max_length=200, blank=True)
    longest_seconds = models.PositiveIntegerField(_("longest video"), null=True, blank=True)
    since = models.DateTimeField(_("published since"), null=True, blank=True)
    keep_last = models.PositiveIntegerField(
        _("keep the newest"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    next_check_at = models.DateTimeField(_("next check"), default=timezone.now)
    last_checked_at = models.DateTimeField(_("last check"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failed checks in a row"), default=0)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_detail = models.TextField(_("what the source said"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["owner", "folder"], name="subscription_folder_once"),
            models.UniqueConstraint(
                fields=["owner", "source_key"],
                condition=~Q(source_key=""),
                name="subscription_source_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=SubscriptionKind.COURSE, course__isnull=False)
                | (~Q(kind=SubscriptionKind.COURSE) & Q(course__isnull=True) & ~Q(url="")),
                name="subscription_has_source",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"], condition=Q(enabled=True), name="subscription_due"
            ),
            models.Index(fields=["owner", "-id"], name="subscription_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class FoundBy(models.TextChoices):
    """Who put a video on the list (`created_by` in the API)."""

    CHECK = "check", _("Found by itself")
    USER = "user", _("Added by hand")


class FoundVideoQuerySet(models.QuerySet["FoundVideo"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_admin else self.filter(owner=user)


class FoundVideo(models.Model):
    """A video that is known of, fetched or not. Its state is that of its download.

    `wanted` says what the rule of its subscription decided; `removed_at` when keep-last took the
    video away again, so that it is not fetched anew.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    subscription = models.ForeignKey(
        Subscription,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="videos",
        verbose_name=_("subscription"),
    )
    course_video = models.ForeignKey(
        CourseVideo, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    download = models.ForeignKey(
        "downloads.Download",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="found_videos",
        verbose_name=_("download"),
    )
    url = models.URLField(_("address"), max_length=2000)
    source = models.CharField(_("source"), max_length=20)
    source_key = models.CharField(max_length=200)
    title = models.CharField(_("title"), max_length=500, blank=True)
    channel = models.CharField(_("channel"), max_length=200, blank=True)
    channel_id = models.CharField(max_length=200, blank=True)
    duration_seconds = models.FloatField(_("duration"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    found_by = models.CharField(_("added"), max_length=8, choices=FoundBy, default=FoundBy.CHECK)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    wanted = models.BooleanField(_("by rule"), default=False)
    gone_at = models.DateTimeField(_("gone from the source"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed again"), null=True, blank=True)

    objects = FoundVideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video found")
        verbose_name_plural = _("videos found")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "source", "source_key"],
                condition=Q(subscription__isnull=False),
                name="found_once",
            ),
            models.UniqueConstraint(
                fields=["owner", "source", "source_key"],
                condition=Q(subscription__isnull=True),
                name="found_alone_once",
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "-published_at", "-id"], name="found_newest")
        ]

    def __str__(self) -> str:
        return self.title or self.url
