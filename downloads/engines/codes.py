"""Why a download can fail: the closed list of codes, and which of them are worth another try."""

from enum import StrEnum


class Code(StrEnum):
    SOURCE_PRIVATE = "source.private"
    SOURCE_LOGIN_REQUIRED = "source.login_required"
    SOURCE_AGE_RESTRICTED = "source.age_restricted"
    SOURCE_GEO_BLOCKED = "source.geo_blocked"
    SOURCE_REMOVED = "source.removed"
    SOURCE_NOT_FOUND = "source.not_found"
    SOURCE_UNSUPPORTED = "source.unsupported"
    SOURCE_NOT_A_VIDEO = "source.not_a_video"
    SOURCE_NOT_DOWNLOADABLE = "source.not_downloadable"
    SOURCE_QUOTA = "source.quota"
    SOURCE_RATE_LIMITED = "source.rate_limited"
    SOURCE_BOT_CHECK = "source.bot_check"
    NETWORK_UNREACHABLE = "network.unreachable"
    NETWORK_TIMEOUT = "network.timeout"
    NETWORK_INTERRUPTED = "network.interrupted"
    NETWORK_BLOCKED_ADDRESS = "network.blocked_address"
    LIMIT_SIZE = "limit.size"
    LIMIT_DURATION = "limit.duration"
    LIMIT_STALLED = "limit.stalled"
    LIMIT_TIME = "limit.time"
    DISK_FULL = "disk.full"
    FILE_CORRUPT = "file.corrupt"
    CREDENTIAL_NEEDS_CONSENT = "credential.needs_consent"
    CREDENTIAL_MISSING_SCOPE = "credential.missing_scope"
    JOB_CRASHED = "job.crashed"
    JOB_CANCELLED = "job.cancelled"
    INTERNAL = "internal"


# What may pass by itself. Everything else would fail in the same way again.
TRANSIENT = frozenset(
    {
        Code.SOURCE_QUOTA,
        Code.SOURCE_RATE_LIMITED,
        Code.NETWORK_UNREACHABLE,
        Code.NETWORK_TIMEOUT,
        Code.NETWORK_INTERRUPTED,
        Code.LIMIT_STALLED,
        Code.FILE_CORRUPT,
        Code.JOB_CRASHED,
        Code.INTERNAL,
    }
)
