"""People: user model, sign-in, passwords, sessions."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PasswordBackend",
    "django.contrib.auth.backends.ModelBackend",  # of older sessions; is asked for no password
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
    {"NAME": "accounts.passwords.StrengthValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "accounts.forms_doors.ChangePasswordForm",
    "reset_password": "accounts.forms_doors.ResetForm",
    "reset_password_from_key": "accounts.forms_doors.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
# Who has to prove an address is decided by accounts.login_stages.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # ours are exact across processes (core.ratelimit)
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
PASSWORD_RESET_TIMEOUT = 24 * 3600

MFA_ADAPTER = "accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # clocks of phones are half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody is signed in whose address is not proved or vouched for
MFA_FORMS = {
    "authenticate": "accounts.forms_doors.CodeForm",
    "reauthenticate": "accounts.forms_doors.CodeAgainForm",
    "activate_totp": "accounts.forms_doors.ActivateForm",
}

SESSION_COOKIE_AGE = 14 * 24 * 3600  # without a visit
SESSION_LONGEST_SECONDS = 90 * 24 * 3600  # however often it is used

# Used by `serve`, which stands below the accounts.
FIRST_ADMIN_LINK = "accounts.setup_link.make"
FIRST_ADMIN_SERVICE = "accounts.services.people.create_first_admin"
