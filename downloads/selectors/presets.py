"""The sets of wishes that staff keep ready."""

from django.db.models import QuerySet

from downloads.models import Preset


def offered() -> QuerySet[Preset]:
    """In the order in which staff put them; everybody may choose any of them."""
    return Preset.objects.filter(enabled=True).order_by("position", "name")
