"""How Google refuses: the bodies of its errors, by the names under which faults ask for them.

https://developers.google.com/workspace/drive/api/guides/handle-errors and
https://developers.google.com/workspace/classroom/reference/rest/v1/errors
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_DENIED = "PERMISSION_DENIED"
_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


@dataclass(frozen=True)
class Kind:
    code: int
    status: str
    message: str
    reason: str
    detail: str = ""  # the reason of the ErrorInfo, which not every error has
    extra: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An answer of 400 or more, as the APIs give it."""

    def __init__(
        self, kind: Kind, headers: Mapping[str, str] | None = None, message: str = ""
    ) -> None:
        super().__init__(message or kind.message)
        self.code = kind.code
        self.headers = dict(headers or {})
        self.body = _body(kind, message or kind.message)


def refusal(name: str, message: str = "", headers: Mapping[str, str] | None = None) -> Refusal:
    return Refusal(ERRORS[name], headers, message)


def _body(kind: Kind, message: str) -> dict[str, Any]:
    one = {"message": message, "domain": "global", "reason": kind.reason, **kind.extra}
    error: dict[str, Any] = {"code": kind.code, "message": message, "errors": [one]}
    error["status"] = kind.status
    if kind.detail:
        detail = {"@type": _INFO, "reason": kind.detail, "domain": "googleapis.com"}
        error["details"] = [detail]
    return {"error": error}


_AUTHORIZATION = {"location": "Authorization", "locationType": "header"}
_FILE_ID = {"location": "fileId", "locationType": "parameter"}

ERRORS = {
    "unauthenticated": Kind(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential.",
        "authError",
        extra=_AUTHORIZATION,
    ),
    # 400
    "invalid": Kind(
        400, "INVALID_ARGUMENT", "Request contains an invalid argument.", "badRequest"
    ),
    "precondition": Kind(
        400, "FAILED_PRECONDITION", "Precondition check failed.", "failedPrecondition"
    ),
    "batch_size": Kind(
        400, "INVALID_ARGUMENT", "The batch request is too large.", "batchSizeTooLarge"
    ),
    "required": Kind(
        400,
        "INVALID_ARGUMENT",
        "The 'fields' parameter is required for this method.",
        "required",
        extra={"location": "fields", "locationType": "parameter"},
    ),
    # 403 about the caller or the project
    "scope": Kind(
        403,
        _DENIED,
        "Request had insufficient authentication scopes.",
        "insufficientPermissions",
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    ),
    "forbidden": Kind(403, _DENIED, "The caller does not have permission", "forbidden"),
    "file_permission": Kind(
        403,
        _DENIED,
        "The user does not have sufficient permissions for this file.",
        "insufficientFilePermissions",
    ),
    "api_disabled": Kind(
        403,
        _DENIED,
        "@ClassroomApiDisabled The user is not permitted to access the Classroom API.",
        "forbidden",
    ),
    "classroom_disabled": Kind(
        403,
        _DENIED,
        "@ClassroomDisabled The user is not permitted to access Classroom.",
        "forbidden",
    ),
    "domain_policy": Kind(
        403, _DENIED, "The domain administrators have disabled Drive apps.", "domainPolicy"
    ),
    "service_disabled": Kind(
        403,
        _DENIED,
        "Google Classroom API has not been used in project 1 before or it is disabled.",
        "accessNotConfigured",
        "SERVICE_DISABLED",
    ),
    # rates and quotas
    "rate": Kind(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'.",
        "rateLimitExceeded",
        "RATE_LIMIT_EXCEEDED",
    ),
    "rate403": Kind(403, _DENIED, "User Rate Limit Exceeded.", "userRateLimitExceeded"),
    "rate403_project": Kind(403, _DENIED, "Rate Limit Exceeded", "rateLimitExceeded"),
    "daily_limit": Kind(403, _DENIED, "Daily Limit Exceeded", "dailyLimitExceeded"),
    "quota_download": Kind(
        403,
        _DENIED,
        "The download quota for this file has been exceeded.",
        "downloadQuotaExceeded",
    ),
    "storage": Kind(
        403,
        _DENIED,
        "The user's Drive storage quota has been exceeded.",
        "storageQuotaExceeded",
    ),
    # 403 and 404 about a file or an entity
    "no_download": Kind(
        403, _DENIED, "This file cannot be downloaded by the user.", "cannotDownloadFile"
    ),
    "abuse": Kind(
        403,
        _DENIED,
        "This file has been identified as malware or spam and cannot be downloaded.",
        "cannotDownloadAbusiveFile",
    ),
    "not_binary": Kind(
        403,
        _DENIED,
        "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
        "fileNotDownloadable",
        extra={"location": "alt", "locationType": "parameter"},
    ),
    "not_exportable": Kind(
        403, _DENIED, "Export only supports Docs Editors files.", "fileNotExportable"
    ),
    "export_size": Kind(
        403, _DENIED, "This file is too large to be exported.", "exportSizeLimitExceeded"
    ),
    "not_found": Kind(404, "NOT_FOUND", "Requested entity was not found.", "notFound"),
    "file_not_found": Kind(404, "NOT_FOUND", "File not found: .", "notFound", extra=_FILE_ID),
    "exists": Kind(409, "ALREADY_EXISTS", "A file already exists with that ID.", "fileIdInUse"),
    # 5xx
    "internal": Kind(500, "INTERNAL", "Internal error encountered.", "backendError"),
    "bad_gateway": Kind(502, "UNAVAILABLE", "Bad Gateway", "backendError"),
    "unavailable": Kind(
        503, "UNAVAILABLE", "The service is currently unavailable.", "backendError"
    ),
    "timeout": Kind(504, "DEADLINE_EXCEEDED", "Deadline exceeded.", "backendError"),
}
