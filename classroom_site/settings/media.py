"""Where files lie and how large they may be."""

from pathlib import Path

from classroom_site.settings import env
from classroom_site.settings.base import DATA_DIR

MEDIA_ROOT = Path(env.text("DOWNLOAD_DIR") or DATA_DIR / "media").resolve()

MAX_DOWNLOAD_BYTES = env.number("MAX_DOWNLOAD_BYTES")
MAX_DURATION_SECONDS = env.number("MAX_DURATION_SECONDS")
DOWNLOAD_TIMEOUT_SECONDS = env.number("DOWNLOAD_TIMEOUT_SECONDS")
DOWNLOAD_STALL_SECONDS = env.number("DOWNLOAD_STALL_SECONDS")
MIN_FREE_BYTES = env.number("MIN_FREE_BYTES")
MAX_DOWNLOADS_PER_USER = env.number("MAX_DOWNLOADS_PER_USER")
MAX_DOWNLOADS_PER_HOST = env.number("MAX_DOWNLOADS_PER_HOST")
USER_QUOTA_BYTES = env.number("USER_QUOTA_BYTES")
BANDWIDTH_BYTES_PER_SECOND = env.number("BANDWIDTH_BYTES_PER_SECOND")
ALLOWED_EXTENSIONS = env.words("ALLOWED_EXTENSIONS")
EXTRACTIONS_AT_ONCE = max(1, env.number("EXTRACTIONS_AT_ONCE"))
YTDLP_FORMAT = env.text("YTDLP_FORMAT")
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX")
