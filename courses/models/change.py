"""What has changed in a course since it was first seen."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.course import Course
from courses.models.coursework import Coursework


class Change(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    GONE = "gone", _("Gone in Classroom")
    BACK = "back", _("Back in Classroom")


class CourseChange(models.Model):
    """One line of a course's change feed; `what` is a coursework or one of its videos.

    The first synchronisation of a course writes none: then everything would be new. Who may see
    the coursework may see its changes.
    """

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="changes", verbose_name=_("course")
    )
    coursework = models.ForeignKey(
        Coursework, models.CASCADE, related_name="changes", verbose_name=_("coursework")
    )
    change = models.CharField(_("change"), max_length=8, choices=Change)
    what = models.CharField(
        _("what"),
        max_length=10,
        choices=[("coursework", _("Coursework")), ("video", _("Video"))],
    )
    title = models.CharField(_("title"), max_length=3000, blank=True)
    at = models.DateTimeField(_("noticed"), default=timezone.now)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["course", "-id"], name="course_change_newest")]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.title}"
