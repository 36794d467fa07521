"""What failed, put together by cause, account and site: one thing to mend is told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max
from django.utils import timezone

from accounts.models import User
from core.models import Status
from downloads.models import Download
from downloads.selectors.downloads import with_all
from downloads.taxonomy import Explanation, explain

RECENT_DAYS = 7
MOST = 100


@dataclass(frozen=True, slots=True)
class Group:
    """`newest_id` is the download that came last into it; without an account there is no e-mail.

    What failed longer than `days` ago is not counted.
    """

    code: str
    credential_id: int | None
    email: str
    host: str
    count: int
    newest_at: datetime
    newest_id: int
    days: int

    @property
    def explanation(self) -> Explanation:
        return explain(self.code)


def groups(*, user: User, days: int = RECENT_DAYS) -> list[Group]:
    """The most frequent first, of what failed in the last days; of more than MOST the rest is

    left out.
    """
    since = timezone.now() - timedelta(days=days)
    failed = Download.objects.visible_to(user).filter(status=Status.FAILED, finished_at__gte=since)
    by = ("error_code", "credential_id", "credential__email", "host")
    rows = failed.order_by().values_list(*by)
    counted = rows.annotate(
        number=Count("id"), newest_at=Max("finished_at"), newest_id=Max("id")
    ).order_by("-number", "-newest_at", "error_code")
    return [
        Group(code, credential_id, email or "", host, number, newest_at, newest_id, days)
        for code, credential_id, email, host, number, newest_at, newest_id in counted[:MOST]
    ]


def alone(*, user: User, groups: Sequence[Group]) -> dict[int, Download]:
    """The downloads that are a group by themselves, by their numbers."""
    ids = [group.newest_id for group in groups if group.count == 1]
    return with_all(Download.objects.visible_to(user)).in_bulk(ids)
