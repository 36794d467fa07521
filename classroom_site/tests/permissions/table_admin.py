"""Who may do what in the back office: every table, page and action."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.roles import Power


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one table: whoever `needs` says may look, and do what is listed.

    `also` may look, and do the actions that name this power.
    """

    needs: Power
    adds: bool = False
    changes: bool = False
    deletes: bool = False
    actions: Mapping[str, Power] = field(default_factory=dict)
    also: tuple[Power, ...] = ()


def looks(needs: Power, *actions: str) -> Pages:
    """A list and its rows to look at; what can be done is done by actions."""
    return Pages(needs, actions=dict.fromkeys(actions, needs))


def edits(needs: Power, *actions: str) -> Pages:
    """Rows are made, changed and deleted in the form."""
    return Pages(needs, True, True, True, dict.fromkeys(actions, needs))


_OF_PEOPLE = ("let_in", "shut_out", "unlock", "export_data", "hand_over", "erase")

TABLE: dict[str, Pages] = {
    "accounts.AddressBlock": Pages(Power.SECURITY, adds=True, actions={"lift": Power.SECURITY}),
    "accounts.ApiKey": Pages(Power.PEOPLE, adds=True, actions={"revoke": Power.PEOPLE}),
    "accounts.AuditEntry": looks(Power.AUDIT),
    "accounts.ConnectLink": looks(Power.WORK),
    "accounts.Credential": looks(Power.WORK, "check_with_google", "disconnect"),
    "accounts.Erasure": looks(Power.PEOPLE),
    "accounts.User": Pages(
        Power.PEOPLE,
        adds=True,
        changes=True,
        actions={**dict.fromkeys(_OF_PEOPLE, Power.PEOPLE), "look_as": Power.VIEW_AS},
        also=(Power.VIEW_AS,),
    ),
    "core.Event": looks(Power.WORK),
    "core.WorkerHeartbeat": looks(Power.WORK),
    "courses.Course": looks(Power.WORK, "sync"),
    "courses.CourseAccess": looks(Power.WORK, "sync"),
    "courses.CourseChange": looks(Power.WORK),
    "courses.CourseFile": looks(Power.WORK),
    "courses.CourseMaterial": looks(Power.WORK),
    "courses.CourseVideo": looks(Power.WORK),
    "courses.Coursework": looks(Power.WORK),
    "courses.Reach": looks(Power.WORK),
    "courses.Sync": looks(Power.WORK, "retry", "cancel"),
    "courses.Topic": looks(Power.WORK),
    "django_q.Failure": looks(Power.WORK),
    "downloads.BatchDownload": looks(Power.WORK, "cancel", "retry_failed"),
    "downloads.CleaningRun": Pages(
        Power.SETTINGS,
        adds=True,
        actions=dict.fromkeys(("look", "clean", "stop"), Power.SETTINGS),
    ),
    "downloads.CookieJar": looks(Power.WORK, "forget"),
    "downloads.Download": looks(Power.WORK, "retry", "cancel", "purge"),
    "downloads.DownloadPolicy": Pages(Power.SETTINGS, changes=True),
    "downloads.FoundVideo": looks(Power.WORK),
    "downloads.HostPause": looks(Power.WORK, "lift"),
    "downloads.Listing": looks(Power.WORK, "stop"),
    "downloads.Preset": edits(Power.SETTINGS, "choose_at_first"),
    "downloads.RetentionRule": edits(Power.SETTINGS),
    "downloads.Subscription": looks(Power.WORK, "look_now", "pause", "go_on", "stop"),
    "downloads.UserLimits": edits(Power.SETTINGS),
    "library.StoredFile": looks(Power.WORK),
    "library.Subtitle": looks(Power.WORK),
    "library.Video": Pages(
        Power.WORK, deletes=True, actions={"keep": Power.WORK, "let_go": Power.WORK}
    ),
    "monitoring.CallTally": looks(Power.WORK),
    "monitoring.NodeFacts": looks(Power.WORK),
    "monitoring.Tally": looks(Power.WORK),
}

# The other pages under /admin/, and whom they let in: None is every member of staff.
OTHERS: dict[str, Power | None] = {
    "GET /admin/": None,
    "GET /admin/{app_label}/": Power.WORK,
    "GET /admin/accounts/auditentry/export/": Power.AUDIT,
    "GET /admin/jsi18n/": None,
    "GET /admin/password_change/": None,
    "POST /admin/retry-failures/": Power.WORK,
}
# Reached through what is listed above, or leading away: Django's own, and each asks the same.
INSIDE = (
    r"/admin/(login|logout|password_change/done|autocomplete)/",
    r"/admin/r/{content_type_id}/{object_id}/",
    r"/admin/accounts/user/{id}/password/",
    r"/admin/{url}",
)
