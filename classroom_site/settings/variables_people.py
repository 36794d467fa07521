"""The variables of sign-in, limits and privacy."""

from classroom_site.settings.variable import Section, Variable

PEOPLE = Section(
    "People and safety",
    (
        Variable(
            "SIGN_UP",
            "text",
            "closed",
            "`closed` (staff make the accounts), `open`, or `domains`: whoever has an e-mail "
            "of SIGN_UP_DOMAINS.",
        ),
        Variable(
            "SIGN_UP_DOMAINS",
            "list",
            "",
            "E-mail domains, such as escola.example, whose people may sign up by themselves.",
        ),
        Variable(
            "STAFF_NEED_SECOND_FACTOR",
            "flag",
            "false",
            "Staff may do nothing as staff, nor may their API keys, before they have two-factor "
            "authentication.",
        ),
        Variable(
            "MAX_LOGIN_ATTEMPTS",
            "number",
            "5",
            "Wrong passwords for one account from one address before it is locked there; "
            "four times as many from anywhere lock it everywhere.",
        ),
        Variable("LOCKOUT_DURATION_MINUTES", "number", "15", "How long a lock lasts."),
        Variable(
            "MAX_LOGIN_ATTEMPTS_PER_ADDRESS",
            "number",
            "100",
            "Wrong passwords from one address, whoever's, before it has to wait.",
        ),
        Variable(
            "RATE_LIMIT_PER_MINUTE",
            "number",
            "60",
            "Changes a person, an API key or a stranger's address may make a minute. 0: no limit.",
        ),
        Variable(
            "RATE_LIMIT_READS_PER_MINUTE",
            "number",
            "600",
            "The same for what only reads. 0: no limit.",
        ),
        Variable(
            "CORS_ALLOWED_ORIGINS",
            "list",
            "",
            "Origins, such as https://portal.example, whose pages may call the API. Empty: none.",
        ),
        Variable(
            "JWT_SECRET_KEY",
            "secret",
            "",
            "Signs the API's access tokens. Empty: derived from SECRET_KEY.",
        ),
        Variable("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "number", "30", "Life of an access token."),
        Variable("JWT_REFRESH_TOKEN_EXPIRE_DAYS", "number", "7", "Life of a refresh token."),
        Variable(
            "AUDIT_DAYS",
            "number",
            "365",
            "How long the audit trail is kept; Brazilian law asks for six months of access "
            "records.",
        ),
    ),
)
