"""The console's table of what the installation consists of, and how each part is."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from monitoring.selectors import health
from monitoring.selectors.parts import Part, State

register = template.Library()

_NAMES = {
    "database": _("Database"),
    "queue": _("Queue"),
    "workers": _("Workers"),
    "google": _("Google Classroom"),
    "programs": _("Programs"),
    "storage": _("Storage"),
    "live": _("Live updates"),
}
_STATES = {
    State.OK: ("completed", _("well")),
    State.DEGRADED: ("queued", _("needs care")),
    State.DOWN: ("failed", _("down")),
}


@register.inclusion_tag("monitoring/health_panel.html")
def health_panel() -> dict[str, Any]:
    """All parts, with the versions of the programs that the workers have."""
    report = health.examine()
    rows = [
        {
            "name": _NAMES[part.name],
            "tone": _STATES[part.status][0],
            "state": _STATES[part.status][1],
            "message": part.message,
        }
        for part in report.parts
    ]
    return {"rows": rows, "programs": _programs(report.parts)}


def _programs(parts: list[Part]) -> dict[str, Any]:
    facts = next((part.facts for part in parts if part.name == "programs"), {})
    return {
        "ytdlp": ", ".join(facts.get("ytdlp", [])),
        "age": facts.get("ytdlp_age_days"),
        "ffmpeg": ", ".join(filter(None, facts.get("ffmpeg", []))),
        "deno": ", ".join(filter(None, facts.get("deno", []))),
    }
