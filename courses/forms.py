"""How lists of courses and coursework are narrowed, as it stands in their addresses."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models import CourseState, CourseworkKind, Topic
from courses.selectors.courses import CourseFilter
from courses.selectors.coursework import NO_TOPIC, CourseworkFilter

ALL = "all"


class CourseFilterForm(forms.Form):
    """What makes no sense in the address is left out; without a state active ones are shown."""

    search = forms.CharField(label=_("Search"), max_length=200, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", pgettext_lazy("courses", "Active")),
            ("archived", pgettext_lazy("courses", "Archived")),
            (ALL, _("All courses")),
        ],
        required=False,
    )

    def filter(self) -> CourseFilter:
        self.is_valid()
        given = self.cleaned_data
        state = given.get("state") or CourseState.ACTIVE
        return CourseFilter(state="" if state == ALL else state, search=given.get("search") or "")


class CourseworkFilterForm(forms.Form):
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("All kinds")), *CourseworkKind.choices],
        required=False,
    )
    video = forms.BooleanField(label=_("Only with video"), required=False)
    search = forms.CharField(label=_("Search"), max_length=200, required=False)

    def __init__(self, data: Any, *, topics: Iterable[Topic]) -> None:
        super().__init__(data)
        named = [(str(topic.pk), topic.name) for topic in topics]
        choices = [("", _("All topics")), *named, (NO_TOPIC, _("Without a topic"))]
        self.fields["topic"].choices = choices  # type: ignore[attr-defined] # it is a ChoiceField

    def filter(self) -> CourseworkFilter:
        self.is_valid()
        given = self.cleaned_data
        return CourseworkFilter(
            topic=given.get("topic") or "",
            kind=given.get("kind") or "",
            has_video=True if given.get("video") else None,
            search=given.get("search") or "",
        )
