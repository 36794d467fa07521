"""The words of the library."""

from django import template
from django.utils.translation import gettext as _

from library.models import Subtitle, Video

register = template.Library()

# Names of products stand as they are; what is not listed is a page of the web.
_NAMES = {"youtube": "YouTube", "drive": "Google Drive"}


@register.filter
def source_name(video: Video) -> str:
    if video.source in _NAMES:
        return _NAMES[video.source]
    return _("Direct link") if video.source == "direct" else _("Web page")


@register.filter
def track_label(subtitle: Subtitle) -> str:
    """Its language, and whether a machine wrote it."""
    label = subtitle.label or subtitle.language
    return _("%(language)s (automatic)") % {"language": label} if subtitle.automatic else label
