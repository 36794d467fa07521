"""Who may do what through the API."""

from accounts.roles import Power
from classroom_site.tests.permissions.rules import (
    MANAGERS,
    OWNERS,
    Actor,
    Row,
    anyone,
    each,
    own,
    person,
    personal,
    staff,
)

# Staff see Ana's courses, and yet do not use her Google account.
NOT_WITH_HER_ACCOUNT = dict.fromkeys(MANAGERS, 409)

NEWCOMER = {"email": "new@example.org", "password": "a long enough secret"}
SOMEBODY = {"username": "somebody", **NEWCOMER}
CHANGED = {
    "username": "ana",
    "email": "ana@example.org",
    "full_name": "Ana Lima",
    "role": "user",
    "language": "",
    "is_active": True,
}
WRONG_PASSWORD = {"current_password": "wrong", "new_password": "another long secret"}

TABLE: dict[str, Row] = {
    "GET /api/v1/downloads": each("downloads:read", 200),
    "POST /api/v1/downloads": each(
        "downloads:write", 201, body={"url": "https://example.org/a.mp4"}
    ),
    "GET /api/v1/downloads/limits": each("downloads:read", 200),
    "PATCH /api/v1/downloads/limits": staff(Power.SETTINGS, 200),
    "GET /api/v1/downloads/queue": each("downloads:read", 200),
    "POST /api/v1/downloads/queue/pause": each("downloads:write", 200),
    "POST /api/v1/downloads/queue/resume": each("downloads:write", 200),
    "GET /api/v1/downloads/failures": each("downloads:read", 200),
    "GET /api/v1/downloads/{download_id}": own("downloads:read", 200),
    "DELETE /api/v1/downloads/{download_id}": own("downloads:write", 204),
    "POST /api/v1/downloads/{download_id}/retry": own("downloads:write", 200),
    "GET /api/v1/videos": each("library:read", 200),
    "GET /api/v1/videos/{video_id}": own("library:read", 200),
    "DELETE /api/v1/videos/{video_id}": own("library:write", 204),
    "GET /api/v1/videos/{video_id}/file": own("library:read", 200),
    "GET /api/v1/credentials": each("credentials:read", 200),
    "GET /api/v1/credentials/{credential_id}": own("credentials:read", 200),
    "DELETE /api/v1/credentials/{credential_id}": own("credentials:write", 204),
    "POST /api/v1/credentials/{credential_id}/check": own("credentials:write", 503),
    "POST /api/v1/credentials/{credential_id}/refresh": own("credentials:write", 503),
    "POST /api/v1/credentials/import": each(
        "credentials:write", 503, body={"refresh_token": "1//x"}
    ),
    "GET /api/v1/credentials/connect-links": each("credentials:read", 200),
    "POST /api/v1/credentials/connect-links": each("credentials:write", 201, body={}),
    "GET /api/v1/credentials/connect-links/{link_id}": own("credentials:read", 200),
    "GET /api/v1/auth/google/login": anyone(200),
    "POST /api/v1/downloads/bulk": each(
        "downloads:write", 200, body={"action": "cancel", "ids": [1]}
    ),
    "GET /api/v1/batch-downloads": each("downloads:read", 200),
    "GET /api/v1/batch-downloads/{job_id}": own("downloads:read", 200),
    "GET /api/v1/batch-downloads/{job_id}/items": own("downloads:read", 200),
    "GET /api/v1/batch-downloads/{job_id}/zip": own("library:read", 200),
    "POST /api/v1/batch-downloads/{job_id}/cancel": own("downloads:write", 200),
    "POST /api/v1/batch-downloads/{job_id}/retry-failed": own("downloads:write", 200),
    "GET /api/v1/courses": each("courses:read", 200),
    "POST /api/v1/courses/sync": each("courses:write", 409, but=dict.fromkeys(OWNERS, 202)),
    "GET /api/v1/courses/syncs": each("courses:read", 200),
    "GET /api/v1/courses/syncs/{sync_id}": own("courses:read", 200),
    "DELETE /api/v1/courses/syncs/{sync_id}": own("courses:write", 204),
    "GET /api/v1/courses/{course_id}": own("courses:read", 200),
    "GET /api/v1/courses/{course_id}/coursework": own("courses:read", 200),
    "GET /api/v1/courses/{course_id}/coursework/{coursework_id}": own("courses:read", 200),
    "GET /api/v1/courses/{course_id}/topics": own("courses:read", 200),
    "GET /api/v1/courses/{course_id}/materials": own("courses:read", 200),
    "GET /api/v1/courses/{course_id}/changes": own("courses:read", 200),
    "POST /api/v1/courses/{course_id}/download-all": own(
        "courses:write", 202, but=NOT_WITH_HER_ACCOUNT
    ),
    "GET /api/v1/courses/{course_id}/download-all/preview": own(
        "courses:read", 200, but=NOT_WITH_HER_ACCOUNT
    ),
    "PATCH /api/v1/videos/{video_id}": own("library:write", 200, body={"pinned": True}),
    "GET /api/v1/cleanings": staff(Power.SETTINGS, 200),
    "POST /api/v1/cleanings": staff(
        Power.SETTINGS, 202, body={"task": "records", "dry_run": True}
    ),
    "GET /api/v1/cleanings/{cleaning_id}": staff(Power.SETTINGS, 200, refusal=404),
    "DELETE /api/v1/cleanings/{cleaning_id}": staff(Power.SETTINGS, 204, refusal=404),
    "POST /api/v1/videos": each("downloads:write", 201, body={"url": "https://example.org/b.mp4"}),
    "GET /api/v1/found-videos": each("downloads:read", 200),
    "GET /api/v1/found-videos/{found_id}": own("downloads:read", 200),
    "PATCH /api/v1/found-videos/{found_id}": own(
        "subscriptions:write", 200, body={"ignored": True}
    ),
    "DELETE /api/v1/found-videos/{found_id}": own("subscriptions:write", 204),
    "POST /api/v1/found-videos/{found_id}/download": own("downloads:write", 201),
    "GET /api/v1/subscriptions": each("downloads:read", 200),
    "POST /api/v1/subscriptions": each(
        "subscriptions:write", 201, body={"url": "https://www.youtube.com/@new-channel"}
    ),
    "GET /api/v1/subscriptions/{subscription_id}": own("downloads:read", 200),
    "PATCH /api/v1/subscriptions/{subscription_id}": own("subscriptions:write", 200, body={}),
    "DELETE /api/v1/subscriptions/{subscription_id}": own("subscriptions:write", 204),
    "POST /api/v1/subscriptions/{subscription_id}/check": own("subscriptions:write", 202, body={}),
    "GET /api/v1/subscriptions/{subscription_id}/videos": own("downloads:read", 200),
    "POST /api/v1/subscriptions/{subscription_id}/videos/download": own(
        "downloads:write", 201, body={}
    ),
    "GET /api/v1/presets": each("downloads:read", 200),
    "GET /api/v1/cookies": each("credentials:read", 200),
    "POST /api/v1/cookies": each(
        "credentials:write",
        201,
        body={"content": ".youtube.com\tTRUE\t/\tTRUE\t4102444800\tSID\tx"},
    ),
    "GET /api/v1/cookies/{jar_id}": own("credentials:read", 200),
    "PATCH /api/v1/cookies/{jar_id}": own("credentials:write", 200),
    "DELETE /api/v1/cookies/{jar_id}": own("credentials:write", 204),
    "GET /api/v1/listings": each("downloads:read", 200),
    "POST /api/v1/listings": each(
        "downloads:write", 202, body={"url": "https://www.youtube.com/playlist?list=PL12345678"}
    ),
    "GET /api/v1/listings/{listing_id}": own("downloads:read", 200),
    "DELETE /api/v1/listings/{listing_id}": own("downloads:write", 204),
    "POST /api/v1/listings/{listing_id}/download": own("downloads:write", 201),
    "GET /health/live": anyone(200),
    # The doors: whoever comes is nobody yet, and what they carry is not looked at.
    "POST /api/v1/auth/login": anyone(401, body={"login": "ana", "password": "wrong"}),
    "POST /api/v1/auth/token": anyone(401, body={"login": "ana", "password": "wrong"}),
    "POST /api/v1/security/token": anyone(401, body={"login": "ana", "password": "wrong"}),
    "POST /api/v1/auth/refresh": anyone(401, body={"refresh_token": "none"}),
    "POST /api/v1/security/refresh": anyone(401, body={"refresh_token": "none"}),
    "POST /api/v1/auth/logout": anyone(401, body={}, but={Actor.TOKEN: 204}),
    "POST /api/v1/auth/register": anyone(403, body=NEWCOMER),
    "POST /api/v1/users": anyone(403, body=NEWCOMER),
    # People about themselves.
    "GET /api/v1/auth/profile": person(200),
    "PUT /api/v1/auth/profile": person(200, body={"full_name": "A", "language": ""}),
    "PATCH /api/v1/auth/profile": person(200, body={"full_name": "A"}),
    "DELETE /api/v1/auth/profile": person(400, body={"password": "wrong"}),
    "GET /api/v1/auth/profile/export": person(200),
    "POST /api/v1/auth/change-password": person(400, body=WRONG_PASSWORD),
    "GET /api/v1/auth/sessions": person(200),
    "DELETE /api/v1/auth/sessions": person(204),
    "GET /api/v1/auth/sessions/{session_id}": personal(200),
    "DELETE /api/v1/auth/sessions/{session_id}": personal(204),
    "GET /api/v1/auth/api-keys": person(200),
    "POST /api/v1/auth/api-keys": person(201, body={"name": "n", "scopes": ["library:read"]}),
    "GET /api/v1/auth/api-keys/{key_id}": personal(200),
    "DELETE /api/v1/auth/api-keys/{key_id}": personal(204),
    # Staff about people.
    "GET /api/v1/auth/users": staff(Power.PEOPLE, 200),
    "POST /api/v1/auth/users": staff(Power.PEOPLE, 201, body=SOMEBODY),
    "GET /api/v1/auth/users/{user_id}": staff(Power.PEOPLE, 200),
    "PUT /api/v1/auth/users/{user_id}": staff(Power.PEOPLE, 200, body=CHANGED),
    "PATCH /api/v1/auth/users/{user_id}": staff(Power.PEOPLE, 200, body={"full_name": "A"}),
    "DELETE /api/v1/auth/users/{user_id}": staff(Power.PEOPLE, 202),
    "POST /api/v1/auth/users/{user_id}/unlock": staff(Power.PEOPLE, 200),
    "GET /api/v1/auth/users/{user_id}/export": staff(Power.PEOPLE, 200),
    "POST /api/v1/auth/users/{user_id}/hand-over": staff(
        Power.PEOPLE, 200, body={"to": "{colleague_id}"}
    ),
    "GET /api/v1/erasures": staff(Power.PEOPLE, 200),
    "GET /api/v1/erasures/{erasure_id}": staff(Power.PEOPLE, 200, refusal=404),
    "GET /api/v1/audit": staff(Power.AUDIT, 200),
    "GET /api/v1/audit/export": staff(Power.AUDIT, 200),
    # Abuse.
    "POST /api/v1/security/validate": each("", 200, body={"kind": "text", "value": "x"}),
    "GET /api/v1/security/rate-limit/{scope}": each("", 200),
    "GET /api/v1/security/events": staff(Power.SECURITY, 200),
    "GET /api/v1/security/stats": staff(Power.SECURITY, 200),
    "POST /api/v1/security/report": staff(Power.SECURITY, 200, body={}),
    "GET /api/v1/security/blocks": staff(Power.SECURITY, 200),
    "POST /api/v1/security/blocks": staff(Power.SECURITY, 201, body={"network": "203.0.113.9"}),
    "GET /api/v1/security/blocks/{block_id}": staff(Power.SECURITY, 200),
    "DELETE /api/v1/security/blocks/{block_id}": staff(Power.SECURITY, 204),
    # What tells of the API.
    "GET /api/schema": anyone(200),
    "GET /api/docs": anyone(200),
    "GET /api/redoc": anyone(200),
}

# Not of the API's description: these are it.
UNDESCRIBED = {"GET /api/schema", "GET /api/docs", "GET /api/redoc"}
