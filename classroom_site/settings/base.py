"""What Django itself needs: apps, middleware, templates, languages, static files."""

from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from classroom_site.settings import env, keys, paths
from classroom_site.settings.variables import NOT_READ

django_stubs_ext.monkeypatch()

BASE_DIR = env.BASE_DIR
PROFILE = env.text("PROFILE")
if PROFILE not in {"embedded", "production"}:
    raise ImproperlyConfigured(f"PROFILE must be embedded or production, not {PROFILE!r}")
PRODUCTION = PROFILE == "production"

HOST = env.text("HOST")
PORT = env.number("PORT")
DATA_DIR = Path(env.text("DATA_DIR")).resolve()
RUN_DIR = paths.run_dir(DATA_DIR)

DEBUG = False
SECRET_KEY = keys.secret_key(DATA_DIR / "keys", production=PRODUCTION)
ENCRYPTION_KEYS = keys.encryption_keys(DATA_DIR / "keys", production=PRODUCTION)

ROOT_URLCONF = "classroom_site.urls"
ASGI_APPLICATION = "classroom_site.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "classroom_site.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.mfa",
    "allauth.usersessions",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "django_q",
    "django_htmx",
    "csp",
    "core",
    "accounts",
    "library",
    "courses",
    "downloads",
    "monitoring",
    "realtime",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "core.answers.PoliciesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.answers.CompressionMiddleware",
    "core.middleware.RequestIdMiddleware",
    "core.middleware.CircumstancesMiddleware",
    "core.middleware.ApiMiddleware",
    "core.answers.RevalidationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.session_limits.SessionLimitsMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.LimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.view_as.ViewAsMiddleware",
    "downloads.middleware.GatesMiddleware",
    "monitoring.middleware.MetricsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

LANGUAGE_CODE = env.text("LANGUAGE_CODE")
LANGUAGES = [("pt-br", _("Portuguese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

VARIABLES_NOT_READ = NOT_READ
