"""What a child process is told of an address to look at (see downloads.engines.listing.Look)."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Credential
from core.links import recognise
from downloads.models import Format, Listing, Quality, policy
from downloads.services import cookies
from downloads.services.orders import network_of
from library.models import Source

_FILE_BYTES = 1 << 20  # nothing is fetched, but the solver of scripts writes a little


def folder_of(listing: Listing) -> Path:
    """Where its child may write; it holds nothing that anybody wants later."""
    return Path(settings.RUN_DIR) / "looks" / f"l{listing.pk}"


def order_of(listing: Listing, *, credential: Credential | None) -> dict[str, Any]:
    """As a download in the best quality would be told; no secret is in it."""
    drive, limits = None, policy.current()
    if listing.source == Source.DRIVE and credential is not None:
        key = recognise(listing.url).source_key
        drive = {"file_id": key, "resource_key": "", "export": ""}
    return {
        "kind": "video",
        "drive": drive,
        "google": asdict(settings.GOOGLE),
        "url": listing.url,
        "source": listing.source,
        "workdir": str(folder_of(listing)),
        "tools_dir": str(Path(settings.RUN_DIR) / "tools"),
        "fingerprint": listing.url,
        "run": listing.run,
        "cookies": cookies.has_any(owner_id=listing.owner_id, url=listing.url),
        "quality": Quality.BEST,
        "format": Format.AUTO,
        "audio_only": False,
        "subtitles": False,
        "max_bytes": limits.max_bytes,
        "max_seconds": limits.max_duration_seconds,
        "extractions_at_once": settings.EXTRACTIONS_AT_ONCE,
        "expression": settings.YTDLP_FORMAT,
        "network": network_of(google=drive is not None),
        "limits": {"file_bytes": _FILE_BYTES, "retries": 1},
        "most": listing.most,
    }
