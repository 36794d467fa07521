"""Every environment variable, once: name, type, default and what it is for.

`manage.py write_configuration` makes `.env.example` and `docs/configuration.md` from this table.
"""

from classroom_site.settings.variable import Section, Variable
from classroom_site.settings.variables_people import PEOPLE

SECTIONS = (
    Section(
        "Where it runs",
        (
            Variable(
                "PROFILE",
                "text",
                "embedded",
                "`embedded` (SQLite, no other server, keys made by itself) or `production` "
                "(refuses to start without keys, hosts and servers of its own).",
            ),
            Variable("HOST", "text", "127.0.0.1", "Address the web server listens on."),
            Variable("PORT", "number", "8001", "Port the web server listens on."),
            Variable(
                "DATA_DIR",
                "text",
                "./var",
                "Folder of the database, media, logs, keys and run files.",
            ),
            Variable(
                "ALLOWED_HOSTS",
                "list",
                "",
                "Host names the site answers to, comma-separated. Required in production; "
                "embedded always answers to localhost.",
            ),
            Variable(
                "PUBLIC_URL",
                "text",
                "",
                "Address of the site in mails, such as https://videos.school.example. "
                "Empty: http://HOST:PORT.",
            ),
            Variable(
                "SECURE_REDIRECT",
                "flag",
                "true",
                "Production only: send plain HTTP to HTTPS and mark cookies secure.",
            ),
            Variable(
                "TRUSTED_PROXIES",
                "number",
                "0",
                "How many reverse proxies stand in front and set X-Forwarded-For and -Proto.",
            ),
            Variable("LANGUAGE_CODE", "text", "pt-br", "Language of visitors who choose none."),
            Variable("TIME_ZONE", "text", "America/Sao_Paulo", "Time zone of pages and reports."),
            Variable("LOG_LEVEL", "text", "INFO", "DEBUG, INFO, WARNING or ERROR."),
        ),
    ),
    Section(
        "Secrets",
        (
            Variable(
                "SECRET_KEY",
                "secret",
                "",
                "Signs sessions and links. Embedded makes one in DATA_DIR/keys.",
            ),
            Variable(
                "ENCRYPTION_KEY",
                "secret",
                "",
                "Comma-separated Fernet keys for stored tokens; the first encrypts, all decrypt. "
                "Embedded makes one in DATA_DIR/keys.",
            ),
        ),
    ),
    PEOPLE,
    Section(
        "Servers",
        (
            Variable(
                "DATABASE_URL",
                "secret",
                "",
                "postgres://user:password@host:5432/name. Empty: SQLite in DATA_DIR.",
            ),
            Variable(
                "REDIS_URL",
                "secret",
                "",
                "redis://host:6379/0 carries live updates between machines. "
                "Empty: unix sockets in DATA_DIR.",
            ),
            Variable(
                "EMAIL_URL",
                "secret",
                "consolemail://",
                "smtp+tls://user:password@host:587. The default prints mails.",
            ),
            Variable("SMTP_HOST", "text", "", "Mail server, where EMAIL_URL is empty."),
            Variable("SMTP_PORT", "number", "587", "Its port: 465 speaks TLS, others STARTTLS."),
            Variable("SMTP_USER", "text", "", "Name at the mail server. Empty: none is needed."),
            Variable("SMTP_PASSWORD", "secret", "", "Password at the mail server."),
            Variable("MAIL_FROM", "text", "classroom@localhost", "Sender of the mails."),
        ),
    ),
    Section(
        "Workers",
        (
            Variable("WORKERS", "number", "2", "Worker processes of one node."),
            Variable(
                "MAX_CONCURRENT_DOWNLOADS",
                "number",
                "10",
                "Downloads at once on one node, rounded down to equal shares of its workers.",
            ),
            Variable("LEASE_SECONDS", "number", "30", "A silent worker loses its jobs then."),
            Variable("WORKER_MAX_RETRIES", "number", "3", "Attempts of a job that itself fails."),
            Variable(
                "RETRY_BASE_SECONDS",
                "decimal",
                "5",
                "First wait after a failed attempt; doubles, with full jitter.",
            ),
        ),
    ),
    Section(
        "Downloads",
        (
            Variable("DOWNLOAD_DIR", "text", "", "Folder of the media. Empty: DATA_DIR/media."),
            Variable(
                "MAX_DOWNLOAD_BYTES", "number", "21474836480", "Largest file fetched (20 GiB)."
            ),
            Variable("MAX_DURATION_SECONDS", "number", "43200", "Longest video fetched (12 h)."),
            Variable("DOWNLOAD_TIMEOUT_SECONDS", "number", "3600", "Longest a run may take."),
            Variable(
                "DOWNLOAD_STALL_SECONDS",
                "number",
                "60",
                "A run that brings less than 1 KiB/s for this long is ended.",
            ),
            Variable(
                "MIN_FREE_BYTES",
                "number",
                "1073741824",
                "Disk space downloads leave free (1 GiB).",
            ),
            Variable(
                "MAX_DOWNLOADS_PER_USER",
                "number",
                "0",
                "Downloads at once of one person, on all nodes together. 0: no limit.",
            ),
            Variable(
                "MAX_DOWNLOADS_PER_HOST",
                "number",
                "0",
                "Downloads at once from one site, on all nodes together. 0: no limit.",
            ),
            Variable(
                "USER_QUOTA_BYTES",
                "number",
                "0",
                "Space of one person; who has no more waits. 0: no limit.",
            ),
            Variable(
                "BANDWIDTH_BYTES_PER_SECOND",
                "number",
                "0",
                "What all downloads of one node take together. 0: no limit.",
            ),
            Variable(
                "ALLOWED_EXTENSIONS",
                "list",
                "",
                "File types that may be fetched, such as mp4,webm. Empty: all film and sound.",
            ),
            Variable(
                "EXTRACTIONS_AT_ONCE",
                "number",
                "2",
                "YouTube pages read at once on one node: each takes 230 MB for a second or two.",
            ),
            Variable(
                "X_ACCEL_PREFIX",
                "text",
                "",
                "Internal nginx location that serves the media, such as /_media/. "
                "Empty: the web server sends files itself.",
            ),
            Variable(
                "YTDLP_FORMAT",
                "text",
                "",
                "A yt-dlp format expression that replaces the built-in choice.",
            ),
            Variable(
                "YTDLP_DIR",
                "text",
                "",
                "Folder of newer versions of yt-dlp (`manage.py update_ytdlp`), shared by all "
                "workers. Empty: DATA_DIR/ytdlp.",
            ),
        ),
    ),
    Section(
        "Google",
        (
            Variable(
                "GOOGLE_CLIENT_ID",
                "text",
                "",
                "OAuth client of your Google Cloud project. Empty: nobody can use Google.",
            ),
            Variable("GOOGLE_CLIENT_SECRET", "secret", "", "Secret of that client."),
            Variable(
                "GOOGLE_REDIRECT_URI",
                "text",
                "",
                "Where Google sends people back to, if not to "
                "<this site>/accounts/google/login/callback/.",
            ),
            Variable(
                "GOOGLE_ROOT_URL",
                "text",
                "",
                "An origin that plays all of Google, such as the sandbox. Empty: the real Google.",
            ),
            Variable(
                "GOOGLE_CALLS_PER_SECOND",
                "number",
                "10",
                "Most calls a second one worker makes for one Google account (Google allows 20).",
            ),
            Variable(
                "CONNECT_RETURN_ORIGINS",
                "list",
                "",
                "Origins, such as https://portal.example, to which a connect link may send people "
                "back.",
            ),
            Variable(
                "SYNC_INTERVAL_MINUTES",
                "number",
                "60",
                "How often courses are read anew. Everything is compared once a day.",
            ),
        ),
    ),
    Section(
        "Monitoring",
        (
            Variable(
                "METRICS_TOKEN",
                "secret",
                "",
                "Opens /metrics and the details of /health: `Authorization: Bearer …`.",
            ),
            Variable(
                "METRICS_ALLOWED_ADDRESSES",
                "list",
                "",
                "Addresses or networks, such as 10.0.0.0/8, that read /metrics without a token.",
            ),
        ),
    ),
    Section(
        "Outbound network",
        (
            Variable(
                "ALLOWED_PRIVATE_ENDPOINTS",
                "list",
                "",
                "Exact host:port pairs that downloads may reach although they are private.",
            ),
            Variable(
                "OUTBOUND_PROXY",
                "text",
                "",
                "http://host:port every outgoing request goes through. Empty: directly.",
            ),
            Variable(
                "OUTBOUND_CA_FILE",
                "text",
                "",
                "PEM file of extra certificate authorities for outgoing TLS.",
            ),
        ),
    ),
)

VARIABLES = {variable.name: variable for section in SECTIONS for variable in section.variables}

# Names of older systems that have no meaning here, and what to do instead (shown at start).
NOT_READ = {
    "JWT_ALGORITHM": "the algorithm is fixed",
    "GOOGLE_SCOPES": "scopes are asked for in bundles, when they are needed",
    "GOOGLE_DRIVE_CREDENTIALS_FILE": "set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET",
    "YTDLP_OUTPUT_TEMPLATE": "file names are constant; titles live in the database",
    "DB_HOST": "set DATABASE_URL",
    "DB_NAME": "set DATABASE_URL",
    "DB_USER": "set DATABASE_URL",
    "DB_PASSWORD": "set DATABASE_URL",
    "DB_PORT": "set DATABASE_URL",
}

# Names that are reserved for what this version does not have yet.
_NOT_YET = (
    "GOOGLE_DRIVE_FOLDER_ID STORAGE_URL FRAMES_ON_UPLOAD "
    "METRICS_COLLECTION_INTERVAL ALERT_CHECK_INTERVAL"
)
NOT_READ |= dict.fromkeys(_NOT_YET.split(), "this version does not use it yet")
