"""What a child process is told of its download (see downloads.engines.base.Job)."""

from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from core.links import resource_key_of
from downloads.models import Download, policy
from downloads.services import cookies, trial
from library.models import Source

_EXPORTED_AS = "application/pdf"
_PORTS = {"http": 80, "https": 443}


def order_of(job: Download, folder: Path) -> dict[str, Any]:
    """No secret is in it: for tokens the child has to ask."""
    drive, limits = _drive(job), policy.current()
    return {
        "kind": "material" if job.material else "video",
        "drive": drive,
        "google": asdict(settings.GOOGLE),
        "url": job.url,
        "source": job.source,
        "workdir": str(folder),
        "tools_dir": str(Path(settings.RUN_DIR) / "tools"),
        "fingerprint": job.fingerprint,
        "run": job.run,
        "cookies": cookies.has_any(owner_id=job.owner_id, url=job.url),
        "quality": job.quality,
        "format": job.format,
        "audio_only": job.audio_only,
        "subtitles": job.subtitles,
        "max_bytes": limits.max_bytes,
        "max_seconds": limits.max_duration_seconds,
        "extensions": list(limits.allowed_extensions),
        "extractions_at_once": settings.EXTRACTIONS_AT_ONCE,
        "expression": settings.YTDLP_FORMAT,
        "network": trial.network_of(job) or network_of(google=drive is not None),
        "limits": {"file_bytes": limits.max_bytes},
    }


def network_of(*, google: bool) -> dict[str, Any]:
    """What a child may reach besides the public internet; `google` where it is to ask Google."""
    return {
        "allowed": [*settings.ALLOWED_PRIVATE_ENDPOINTS, *(_google() if google else [])],
        "proxy": settings.OUTBOUND_PROXY,
        "ca_file": settings.OUTBOUND_CA_FILE,
    }


def _drive(job: Download) -> dict[str, str] | None:
    """The file on Drive, if there is an account to fetch it with."""
    if job.credential_id is None:
        return None
    if job.material:
        key = job.material.resource_key
        return {"file_id": job.material.key, "resource_key": key, "export": _EXPORTED_AS}
    if job.source == Source.DRIVE:
        key = job.course_video.resource_key if job.course_video else resource_key_of(job.url)
        return {"file_id": job.source_key, "resource_key": key, "export": ""}
    return None


def _google() -> list[str]:
    """Where Google is played, which may be an address of this machine or its network."""
    parts = urlsplit(settings.GOOGLE_ROOT_URL)
    if not parts.hostname:
        return []
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return [f"{host}:{parts.port or _PORTS[parts.scheme]}"]
