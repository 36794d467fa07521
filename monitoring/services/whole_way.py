"""One download by the way every other goes: queue, worker, child, library; then all is removed."""

import hashlib
import secrets
import socket
from time import monotonic, sleep

from accounts.models import Role, User
from core.links import Recognised
from core.models import ACTIVE, Status
from downloads.models import Download
from downloads.selectors.downloads import wait_reason
from downloads.services import queueing, trial
from downloads.services.requests import Plan, QueueRequest
from library.models import Source
from monitoring.selectors.parts import alive
from monitoring.services.selftest import Trial
from monitoring.services.studio import FILE, NoMedia, Studio, own_address

NAME = "a worker downloads a video"

_LOOK_SECONDS = 0.3
_FIRST = 100


def try_whole_way(*, seconds: float = 60.0) -> Trial:
    """Queue a video of our own for the first member of staff, and wait until it is there."""
    owner = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").first()
    if owner is None:
        return Trial(NAME, "there is nobody to own it; make a member of staff first")
    try:
        with Studio(_address()) as studio:
            return Trial(NAME, _try(owner, studio, seconds))
    except NoMedia as problem:
        return Trial(NAME, f"no video to download: {problem}")
    finally:
        trial.withdraw()


def _address() -> str:
    """Loopback, as long as this machine has all the workers."""
    elsewhere = alive().exclude(node=socket.gethostname()[:100]).exists()
    return own_address() if elsewhere else "127.0.0.1"


def _try(owner: User, studio: Studio, seconds: float) -> str:
    key = f"{trial.KEY}{secrets.token_hex(8)}"
    trial.permit(key, endpoint=studio.endpoint, seconds=seconds + 30)
    found = Recognised(Source.DIRECT, key, studio.url(FILE))
    request = QueueRequest(url=found.url_normalised, title="doctor", priority=_FIRST)
    plan = Plan(request, found, hashlib.sha256(key.encode()).hexdigest())
    download = queueing.queue_planned(by=owner, plans=[plan])[0].download
    try:
        return _problem_of(_ended(download, seconds))
    finally:
        _remove(owner, download)


def _ended(download: Download, seconds: float) -> Download:
    deadline = monotonic() + seconds
    while download.status in ACTIVE and monotonic() < deadline:
        sleep(_LOOK_SECONDS)
        download.refresh_from_db()
    return download


def _problem_of(download: Download) -> str:
    if download.status == Status.QUEUED:
        return f"it still waits: {wait_reason(download) or 'no worker takes it'}"
    if download.status == Status.RUNNING:
        return f"it is not done in time; stage: {download.stage}"
    if download.status != Status.COMPLETED:
        return f"{download.error_code}: {download.error_detail}".strip(": ")
    video = download.video
    return "" if video and video.file.size_bytes else "it ended without a file"


def _remove(owner: User, download: Download) -> None:
    """Whatever came of it, nothing of it stays."""
    queueing.cancel_many(by=owner, ids=[download.pk])
    download.refresh_from_db()
    queueing.cancel_download(by=owner, download=download, purge=True)
    Download.objects.filter(pk=download.pk).delete()
