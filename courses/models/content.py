"""What hangs on a coursework: videos that can be downloaded, and everything else."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, User
from courses.models.coursework import Coursework
from library.models import Source, StoredFile


class CourseVideoQuerySet(models.QuerySet["CourseVideo"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(coursework__in=Coursework.objects.visible_to(user))


class CourseVideo(models.Model):
    """One video of one coursework. `source_key` is that of `core.links`: equal for one video.

    For a Drive file `mime_type` and `size_bytes` are what files.get said (empty: not asked yet, it
    is a video by its name alone); a shortcut is followed, and `shortcut_id` is its own id.
    """

    coursework = models.ForeignKey(
        Coursework, models.CASCADE, related_name="videos", verbose_name=_("coursework")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source = models.CharField(_("source"), max_length=20, choices=Source)
    source_key = models.CharField(_("id at its source"), max_length=200)
    url = models.URLField(_("address"), max_length=2100)
    title = models.CharField(_("title"), max_length=500, blank=True)
    in_text = models.BooleanField(_("found in the text"), default=False)
    shortcut_id = models.CharField(_("id of the shortcut"), max_length=200, blank=True)
    resource_key = models.CharField(max_length=100, blank=True)
    mime_type = models.CharField(_("type"), max_length=150, blank=True)
    size_bytes = models.BigIntegerField(_("size"), null=True, blank=True)
    duration_seconds = models.FloatField(_("duration"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    objects = CourseVideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video of a course")
        verbose_name_plural = _("videos of courses")
        constraints = [
            models.UniqueConstraint(
                fields=["coursework", "source", "source_key"], name="course_video_once"
            )
        ]
        indexes = [models.Index(fields=["source", "source_key"], name="course_video_source")]

    def __str__(self) -> str:
        return self.title or self.url


class Reach(models.Model):
    """Whether an account can fetch a Drive video: what Google answered, as a code or empty."""

    video = models.ForeignKey(
        CourseVideo, models.CASCADE, related_name="reaches", verbose_name=_("video")
    )
    credential = models.ForeignKey(
        Credential, models.CASCADE, related_name="reaches", verbose_name=_("Google account")
    )
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    checked_at = models.DateTimeField(_("checked"), default=timezone.now)

    class Meta:
        verbose_name = _("reach of a video")
        verbose_name_plural = _("reaches of videos")
        constraints = [models.UniqueConstraint(fields=["video", "credential"], name="reach_once")]

    def __str__(self) -> str:
        return f"{self.video_id} {self.credential_id} {self.problem}"


class MaterialKind(models.TextChoices):
    """`other` is whatever Classroom has invented since."""

    FILE = "file", _("File")
    DOCUMENT = "document", _("Google document")
    FORM = "form", _("Form")
    LINK = "link", _("Link")
    GEM = "gem", _("Gem")
    NOTEBOOK = "notebook", _("Notebook")
    OTHER = "other", _("Other")


FETCHABLE = (MaterialKind.FILE, MaterialKind.DOCUMENT)


class CourseMaterialQuerySet(models.QuerySet["CourseMaterial"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(coursework__in=Coursework.objects.visible_to(user))


class CourseMaterial(models.Model):
    """Any other file or link. `key` is the Drive file's id, else a digest of the address."""

    coursework = models.ForeignKey(
        Coursework, models.CASCADE, related_name="materials", verbose_name=_("coursework")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=MaterialKind)
    key = models.CharField(_("id at its source"), max_length=200)
    url = models.URLField(_("address"), max_length=2100, blank=True)
    title = models.CharField(_("title"), max_length=500, blank=True)
    resource_key = models.CharField(max_length=100, blank=True)
    mime_type = models.CharField(_("type"), max_length=150, blank=True)
    size_bytes = models.BigIntegerField(_("size"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    objects = CourseMaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            models.UniqueConstraint(
                fields=["coursework", "kind", "key"], name="course_material_once"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def is_fetchable(self) -> bool:
        return self.kind in FETCHABLE


class CourseFile(models.Model):
    """A material that was fetched for somebody."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="course_files",
        verbose_name=_("owner"),
    )
    material = models.ForeignKey(
        CourseMaterial,
        models.CASCADE,
        related_name="files",
        verbose_name=_("material"),
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="course_files", verbose_name=_("file")
    )
    name = models.CharField(_("file name"), max_length=255)
    created_at = models.DateTimeField(_("fetched"), default=timezone.now)

    class Meta:
        verbose_name = _("fetched material")
        verbose_name_plural = _("fetched materials")
        constraints = [
            models.UniqueConstraint(fields=["owner", "material"], name="course_file_once")
        ]

    def __str__(self) -> str:
        return self.name
