"""The limits in force: what staff turned, over what the environment says."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from downloads.models.limits import DownloadPolicy

PAUSED = "paused"
OUTSIDE_HOURS = "outside_hours"


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a day, in the site's time zone; over midnight where they end earlier."""

    begin: time
    end: time

    def hold(self, moment: datetime) -> bool:
        now = timezone.localtime(moment).time()
        if self.begin < self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def next_begin(self, moment: datetime) -> datetime:
        here = timezone.localtime(moment)
        begin = datetime.combine(here.date(), self.begin, here.tzinfo)
        return begin if begin > here else begin + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes and seconds; None: no limit. What runs is counted over the whole installation."""

    paused: bool
    max_running: int | None
    max_running_per_user: int | None
    max_running_per_host: int | None
    hours: Hours | None
    bandwidth_bytes_per_second: int | None
    max_bytes: int
    max_duration_seconds: int
    allowed_extensions: tuple[str, ...]
    quota_bytes: int | None
    min_free_bytes: int

    def closed_by(self, moment: datetime) -> str:
        """Why nobody's downloads are begun, as a wait reason; "" if they are."""
        if self.paused:
            return PAUSED
        return OUTSIDE_HOURS if self.hours and not self.hours.hold(moment) else ""

    def opens_at(self, moment: datetime) -> datetime | None:
        """When the hours begin, if it is them that keep downloads waiting."""
        if self.hours is None or self.closed_by(moment) != OUTSIDE_HOURS:
            return None
        return self.hours.next_begin(moment)


def current() -> Limits:
    return limits_of(DownloadPolicy.objects.filter(pk=1).first() or DownloadPolicy())


def limits_of(policy: DownloadPolicy) -> Limits:
    return Limits(
        paused=policy.paused,
        max_running=policy.max_running or None,
        max_running_per_user=_set(policy.max_running_per_user, settings.MAX_DOWNLOADS_PER_USER),
        max_running_per_host=_set(policy.max_running_per_host, settings.MAX_DOWNLOADS_PER_HOST),
        hours=_hours(policy),
        bandwidth_bytes_per_second=_set(
            policy.bandwidth_bytes_per_second, settings.BANDWIDTH_BYTES_PER_SECOND
        ),
        max_bytes=policy.max_bytes or settings.MAX_DOWNLOAD_BYTES,
        max_duration_seconds=policy.max_duration_seconds or settings.MAX_DURATION_SECONDS,
        allowed_extensions=extensions_in(policy.allowed_extensions)
        or extensions_in(",".join(settings.ALLOWED_EXTENSIONS)),
        quota_bytes=_set(policy.quota_bytes, settings.USER_QUOTA_BYTES),
        min_free_bytes=(
            settings.MIN_FREE_BYTES if policy.min_free_bytes is None else policy.min_free_bytes
        ),
    )


def extensions_in(text: str) -> tuple[str, ...]:
    """The file types of a list such as "mp4, .WebM"."""
    words = (word.strip().lower().lstrip(".") for word in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _set(own: int | None, of_environment: int) -> int | None:
    """0 stands for no limit in both."""
    return (of_environment if own is None else own) or None


def _hours(policy: DownloadPolicy) -> Hours | None:
    begin, end = policy.hours_from, policy.hours_until
    return Hours(begin, end) if begin and end and begin != end else None
