"""Who may do what through the API, as a table: every operation, every actor."""

# What a request ends in for: nobody · Bruno · Ana · staff · a key of Ana's with the scope
# · her key with every other scope. `new` stands for a thing of Ana's made for this request.
TABLE: dict[tuple[str, str], tuple[str, tuple[int, int, int, int, int, int]]] = {
    ("GET", "/api/v1/downloads"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("POST", "/api/v1/downloads"): ("downloads:write", (401, 201, 201, 201, 201, 403)),
    ("GET", "/api/v1/downloads/limits"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("PATCH", "/api/v1/downloads/limits"): ("admin", (401, 403, 403, 200, 200, 403)),
    ("GET", "/api/v1/downloads/queue"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("POST", "/api/v1/downloads/queue/pause"): (
        "downloads:write",
        (401, 200, 200, 200, 200, 403),
    ),
    ("POST", "/api/v1/downloads/queue/resume"): (
        "downloads:write",
        (401, 200, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/downloads/failures"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/downloads/{download_id}"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("DELETE", "/api/v1/downloads/{download_id}"): (
        "downloads:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("POST", "/api/v1/downloads/{download_id}/retry"): (
        "downloads:write",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/videos"): ("library:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/videos/{video_id}"): ("library:read", (401, 404, 200, 200, 200, 403)),
    ("DELETE", "/api/v1/videos/{video_id}"): (
        "library:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("GET", "/api/v1/videos/{video_id}/file"): (
        "library:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/credentials"): ("credentials:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/credentials/{credential_id}"): (
        "credentials:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("DELETE", "/api/v1/credentials/{credential_id}"): (
        "credentials:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("POST", "/api/v1/credentials/{credential_id}/check"): (
        "credentials:write",
        (401, 404, 503, 503, 503, 403),  # Google is away
    ),
    ("POST", "/api/v1/credentials/{credential_id}/refresh"): (
        "credentials:write",
        (401, 404, 503, 503, 503, 403),
    ),
    ("POST", "/api/v1/credentials/import"): (
        "credentials:write",
        (401, 503, 503, 503, 503, 403),
    ),
    ("GET", "/api/v1/credentials/connect-links"): (
        "credentials:read",
        (401, 200, 200, 200, 200, 403),
    ),
    ("POST", "/api/v1/credentials/connect-links"): (
        "credentials:write",
        (401, 201, 201, 201, 201, 403),
    ),
    ("GET", "/api/v1/credentials/connect-links/{link_id}"): (
        "credentials:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/auth/google/login"): ("", (200, 200, 200, 200, 200, 200)),
    ("POST", "/api/v1/downloads/bulk"): ("downloads:write", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/batch-downloads"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/batch-downloads/{job_id}"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/batch-downloads/{job_id}/items"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/batch-downloads/{job_id}/zip"): (
        "library:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("POST", "/api/v1/batch-downloads/{job_id}/cancel"): (
        "downloads:write",
        (401, 404, 200, 200, 200, 403),
    ),
    ("POST", "/api/v1/batch-downloads/{job_id}/retry-failed"): (
        "downloads:write",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/courses"): ("courses:read", (401, 200, 200, 200, 200, 403)),
    ("POST", "/api/v1/courses/sync"): ("courses:write", (401, 409, 202, 409, 202, 403)),
    ("GET", "/api/v1/courses/syncs"): ("courses:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/courses/syncs/{sync_id}"): (
        "courses:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("DELETE", "/api/v1/courses/syncs/{sync_id}"): (
        "courses:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("GET", "/api/v1/courses/{course_id}"): ("courses:read", (401, 404, 200, 200, 200, 403)),
    ("GET", "/api/v1/courses/{course_id}/coursework"): (
        "courses:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/courses/{course_id}/coursework/{coursework_id}"): (
        "courses:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/courses/{course_id}/topics"): (
        "courses:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/courses/{course_id}/materials"): (
        "courses:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("GET", "/api/v1/courses/{course_id}/changes"): (
        "courses:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("POST", "/api/v1/courses/{course_id}/download-all"): (
        "courses:write",
        (401, 404, 202, 409, 202, 403),  # staff do not use other people's accounts
    ),
    ("GET", "/api/v1/courses/{course_id}/download-all/preview"): (
        "courses:read",
        (401, 404, 200, 409, 200, 403),
    ),
    ("PATCH", "/api/v1/videos/{video_id}"): (
        "library:write",
        (401, 404, 200, 200, 200, 403),
    ),
    # For staff alone: the key with the scope is one of theirs.
    ("GET", "/api/v1/cleanings"): ("admin", (401, 403, 403, 200, 200, 403)),
    ("POST", "/api/v1/cleanings"): ("admin", (401, 403, 403, 202, 202, 403)),
    ("GET", "/api/v1/cleanings/{cleaning_id}"): ("admin", (401, 404, 404, 200, 200, 403)),
    ("DELETE", "/api/v1/cleanings/{cleaning_id}"): ("admin", (401, 404, 404, 204, 204, 403)),
    ("POST", "/api/v1/videos"): ("downloads:write", (401, 201, 201, 201, 201, 403)),
    ("GET", "/api/v1/found-videos"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/found-videos/{found_id}"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("PATCH", "/api/v1/found-videos/{found_id}"): (
        "subscriptions:write",
        (401, 404, 200, 200, 200, 403),
    ),
    ("DELETE", "/api/v1/found-videos/{found_id}"): (
        "subscriptions:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("POST", "/api/v1/found-videos/{found_id}/download"): (
        "downloads:write",
        (401, 404, 201, 201, 201, 403),
    ),
    ("GET", "/api/v1/subscriptions"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("POST", "/api/v1/subscriptions"): ("subscriptions:write", (401, 201, 201, 201, 201, 403)),
    ("GET", "/api/v1/subscriptions/{subscription_id}"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("PATCH", "/api/v1/subscriptions/{subscription_id}"): (
        "subscriptions:write",
        (401, 404, 200, 200, 200, 403),
    ),
    ("DELETE", "/api/v1/subscriptions/{subscription_id}"): (
        "subscriptions:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("POST", "/api/v1/subscriptions/{subscription_id}/check"): (
        "subscriptions:write",
        (401, 404, 202, 202, 202, 403),
    ),
    ("GET", "/api/v1/subscriptions/{subscription_id}/videos"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("POST", "/api/v1/subscriptions/{subscription_id}/videos/download"): (
        "downloads:write",
        (401, 404, 201, 201, 201, 403),
    ),
    ("GET", "/api/v1/presets"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("GET", "/api/v1/cookies"): ("credentials:read", (401, 200, 200, 200, 200, 403)),
    ("POST", "/api/v1/cookies"): ("credentials:write", (401, 201, 200, 201, 200, 403)),
    ("GET", "/api/v1/cookies/{jar_id}"): ("credentials:read", (401, 404, 200, 200, 200, 403)),
    ("PATCH", "/api/v1/cookies/{jar_id}"): ("credentials:write", (401, 404, 200, 200, 200, 403)),
    ("DELETE", "/api/v1/cookies/{jar_id}"): (
        "credentials:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("GET", "/api/v1/listings"): ("downloads:read", (401, 200, 200, 200, 200, 403)),
    ("POST", "/api/v1/listings"): ("downloads:write", (401, 202, 202, 202, 202, 403)),
    ("GET", "/api/v1/listings/{listing_id}"): (
        "downloads:read",
        (401, 404, 200, 200, 200, 403),
    ),
    ("DELETE", "/api/v1/listings/{listing_id}"): (
        "downloads:write",
        (401, 404, 204, 204, 204, 403),
    ),
    ("POST", "/api/v1/listings/{listing_id}/download"): (
        "downloads:write",
        (401, 404, 201, 201, 201, 403),
    ),
    ("GET", "/health/live"): ("", (200, 200, 200, 200, 200, 200)),
}
BODIES = {
    "/api/v1/downloads": '{"url": "https://example.org/a.mp4"}',
    "/api/v1/listings": '{"url": "https://www.youtube.com/playlist?list=PL12345678"}',
    "/api/v1/cookies": '{"content": ".youtube.com\\tTRUE\\t/\\tTRUE\\t4102444800\\tSID\\tx"}',
    "/api/v1/credentials/import": '{"refresh_token": "1//x"}',
    "/api/v1/credentials/connect-links": "{}",
    "/api/v1/cleanings": '{"task": "records", "dry_run": true}',
    "/api/v1/videos/{video_id}": '{"pinned": true}',
    "/api/v1/downloads/bulk": '{"action": "cancel", "ids": [1]}',
    "/api/v1/videos": '{"url": "https://example.org/b.mp4"}',
    "/api/v1/found-videos/{found_id}": '{"ignored": true}',
    "/api/v1/subscriptions": '{"url": "https://www.youtube.com/@new-channel"}',
    "/api/v1/subscriptions/{subscription_id}": "{}",
    "/api/v1/subscriptions/{subscription_id}/check": "{}",
    "/api/v1/subscriptions/{subscription_id}/videos/download": "{}",
}
