"""What an API key may be allowed to do. No Django, no I/O."""

# Pages and sessions are not bound by scopes: a person may do whatever their role allows.
SCOPES: dict[str, str] = {
    "downloads:read": "See downloads and their progress.",
    "downloads:write": "Queue, cancel, retry and purge downloads.",
    "courses:read": "See courses, coursework and materials.",
    "courses:write": "Synchronise courses and download whole ones.",
    "credentials:read": "See connected Google accounts.",
    "credentials:write": "Connect, check and disconnect Google accounts.",
    "library:read": "See and fetch videos.",
    "library:write": "Upload, share, extract frames from and delete videos.",
    "subscriptions:write": "Watch channels, playlists and courses.",
    "webhooks:write": "Manage outgoing webhooks.",
    "analytics:read": "See figures and reports.",
    "monitoring:read": "See health, metrics and alerts.",
    "admin": "What only staff may do.",
}


def unknown(scopes: list[str]) -> list[str]:
    """Those of `scopes` that do not exist, in their order."""
    return [scope for scope in scopes if scope not in SCOPES]
