"""All videos of a course, brought home at once."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, User
from courses.models import Course, CourseMaterial, CourseVideo
from downloads.models.download import Download
from downloads.models.wishes import Format, Quality


class BatchDownloadQuerySet(models.QuerySet["BatchDownload"]):
    def visible_to(self, user: User) -> Self:
        if user.is_admin:
            return self
        rows = self.filter(owner=user)
        return (
            rows if user.tenants is None else rows.filter(credential__tenant_id__in=user.tenants)
        )


class BatchDownload(models.Model):
    """Its state is not kept here: it is that of its downloads (see selectors.batches)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="batches", verbose_name=_("owner")
    )
    course = models.ForeignKey(
        Course,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="batches",
        verbose_name=_("course"),
    )
    credential = models.ForeignKey(
        Credential,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Google account"),
    )
    title = models.CharField(_("title"), max_length=750)
    quality = models.CharField(_("quality"), max_length=8, choices=Quality, default=Quality.BEST)
    format = models.CharField(_("format"), max_length=8, choices=Format, default=Format.AUTO)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = BatchDownloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes = [models.Index(fields=["owner", "-id"], name="batch_owner_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class BatchItem(models.Model):
    """One video or material of a batch: its download, or else the reason there is none.

    `reason` is `already_held`, `gone` or an error code of the downloads.
    """

    batch = models.ForeignKey(BatchDownload, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=500, blank=True)
    video = models.ForeignKey(CourseVideo, models.SET_NULL, null=True, related_name="+")
    material = models.ForeignKey(CourseMaterial, models.SET_NULL, null=True, related_name="+")
    download = models.ForeignKey(Download, models.SET_NULL, null=True, related_name="batch_items")
    reason = models.CharField(_("skipped because"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("item of a batch")
        verbose_name_plural = _("items of batches")
        indexes = [models.Index(fields=["batch", "position"], name="batch_item_order")]

    def __str__(self) -> str:
        return self.title
