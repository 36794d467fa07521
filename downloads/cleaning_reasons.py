"""Why something stands in the report of a cleaning: a closed list, with its words."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class Why(StrEnum):
    ENDED = "ended"
    STALE = "stale"
    UNKNOWN = "unknown"
    UNREFERENCED = "unreferenced"
    TOO_MUCH = "too_much"
    MISSING = "missing"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    RULE = "rule"
    ANNOUNCED = "announced"
    NOT_TOLD = "not_told"
    OLD = "old"


WORDS: dict[str, StrOrPromise] = {
    Why.ENDED: _("Left behind by a download that has ended."),
    Why.STALE: _("Begun, and waiting for a week: the download begins anew."),
    Why.UNKNOWN: _("Belongs to no download."),
    Why.UNREFERENCED: _("Nothing refers to it any more."),
    Why.TOO_MUCH: _("So much at once is suspicious: it stays until staff clean by hand."),
    Why.MISSING: _("Its file is missing from the storage. Restore it, or download it again."),
    Why.DAMAGED: _("Its file has another size than it should. Restore it, or download it again."),
    Why.EXPIRED: _("It was temporary, and its time is over."),
    Why.RULE: _("A rule removes it, and its owner was told in time."),
    Why.ANNOUNCED: _("A rule will remove it; its owner is told."),
    Why.NOT_TOLD: _("Its owner could not be told by e-mail, so it stays."),
    Why.OLD: _("Older than it has to be kept."),
}
