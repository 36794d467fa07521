"""What staff may do: the one place that decides it. No Django, no I/O.

Teachers may do everything with what is theirs and nothing with what is not. Staff (role `admin`)
may enter the admin, and there do what their powers say. Superusers have every power.
"""

from enum import StrEnum


class Power(StrEnum):
    """Also the codename of a Django permission of the app `accounts`."""

    WORK = "manage_work"
    PEOPLE = "manage_people"
    SETTINGS = "manage_settings"
    SECURITY = "manage_security"
    AUDIT = "read_audit"
    VIEW_AS = "view_as"


MEANINGS: dict[Power, str] = {
    Power.WORK: "See and manage everybody's downloads, courses, videos and accounts.",
    Power.PEOPLE: "Make, change, unlock, export, hand over and erase accounts.",
    Power.SETTINGS: "Change limits, presets, retention and cleaning.",
    Power.SECURITY: "See security events, block and unblock addresses.",
    Power.AUDIT: "Read and export the audit trail.",
    Power.VIEW_AS: "Look at the pages as a teacher sees them.",
}
