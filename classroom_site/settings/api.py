"""The REST API and its OpenAPI document."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.JwtAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.permissions.HasScope",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.RateThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.parsing.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "core.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of ours like any other
    "UNICODE_JSON": True,
    "STRICT_JSON": True,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Classroom Downloader API",
    "DESCRIPTION": "Bring the videos of Google Classroom home: queue, follow and fetch them.\n\n"
    "Every refusal is a problem (RFC 9457) with a stable `code`. Times are UTC, sizes bytes, "
    "durations seconds. Unknown fields and parameters are refused.\n\n"
    "Every answer says in `RateLimit-Limit`, `-Remaining` and `-Reset` how its caller stands; who "
    "asks too often gets 429 and `Retry-After`.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SCHEMA_COERCE_PATH_PK": False,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,  # the inputs of our PATCHes say themselves what they need
    "TAGS": [
        {"name": "downloads", "description": "Jobs that bring one video each into the library."},
        {"name": "videos", "description": "What is in the library, and its files."},
        {"name": "subscriptions", "description": "Sources watched for new videos."},
        {"name": "presets", "description": "Sets of wishes that staff keep ready."},
        {"name": "listings", "description": "What is behind a playlist or a channel."},
        {"name": "cookies", "description": "Cookies with which a site shows a person more."},
        {"name": "courses", "description": "Google Classroom, as it was last read."},
        {
            "name": "credentials",
            "description": "Google accounts: connected, checked, disconnected.",
        },
        {"name": "auth", "description": "Signing in."},
        {"name": "privacy", "description": "A person's data: exported, erased, handed over."},
        {"name": "maintenance", "description": "For staff: what need not be kept is removed."},
        {"name": "security", "description": "Limits, security events, blocked addresses."},
        {"name": "health", "description": "Whether the product lives."},
    ],
}
