"""Icons, and the words and icons of states."""

from django import forms, template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SPRITE = "vendor/bootstrap-icons/sprite.svg"

STATUS_ICONS = {
    "queued": "clock",
    "running": "arrow-down-circle",
    "completed": "check-circle-fill",
    "failed": "x-octagon-fill",
    "cancelled": "slash-circle",
}
LEVEL_ICONS = {
    "success": ("completed", "check-circle-fill"),
    "info": ("running", "info-circle-fill"),
    "warning": ("waiting", "exclamation-triangle-fill"),
    "error": ("failed", "x-octagon-fill"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon of the sprite; the word beside it says what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static(SPRITE), name
    )


@register.filter
def status_icon(status: str) -> str:
    return STATUS_ICONS.get(status, "clock")


@register.filter
def level_icon(tags: str) -> str:
    return LEVEL_ICONS.get(tags, LEVEL_ICONS["info"])[1]


@register.filter
def level_tone(tags: str) -> str:
    return LEVEL_ICONS.get(tags, LEVEL_ICONS["info"])[0]


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The address's query with some values changed; empty ones go."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}" if values else "?"


@register.simple_tag(name="input")
def input_(field: BoundField) -> SafeString:
    """A form's field as Bootstrap dresses it, tied to its errors and its help."""
    select = isinstance(field.field.widget, forms.Select)
    classes = ["form-select" if select else "form-control"]
    if field.errors:
        classes.append("is-invalid")
    return field.as_widget(attrs={"class": " ".join(classes), "placeholder": ""})


@register.simple_tag
def check(field: BoundField) -> SafeString:
    return field.as_widget(attrs={"class": "form-check-input"})
