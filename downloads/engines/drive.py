"""One run with Google Drive: look, fetch, check, publish."""

from pathlib import Path

from accounts.google import documents
from downloads.engines import (
    drive_file,
    drive_transfer,
    finishing,
    looking,
    materials,
    stills,
)
from downloads.engines.base import EngineError, Published, PublishedMaterial
from downloads.engines.codes import Code
from downloads.engines.context import Context
from downloads.engines.drive_api import Drive
from downloads.engines.drive_file import DriveFile
from downloads.engines.drive_transfer import Fetched
from downloads.engines.probe import Probe


def warm() -> None:
    """Google's description of Drive, of which the client makes its methods."""
    documents.resource("drive", "v3", "").files().get(fileId="any")


def fetch_video(context: Context) -> Published:
    drive = Drive(context)
    file = _look(context, drive)
    looking.check_duration(context, file.duration_seconds)
    thumbnail = context.folder.thumbnail.name if _fetch_picture(context, drive, file) else None
    context.emit({"event": "resolved", **file.describe(thumbnail)})
    context.stage("downloading")
    fetched = drive_transfer.fetch(context, drive, file)
    context.stage("merging")
    path, found = _put_together(context, fetched)
    context.stage("storing")
    facts = fetched.file.describe(thumbnail)
    return {**finishing.publish(context, path, found, [], facts), "linked": fetched.linked}


def fetch_material(context: Context) -> PublishedMaterial:
    drive = Drive(context)
    file = _look(context, drive)
    context.emit({"event": "resolved", **file.describe(None)})
    context.stage("downloading")
    fetched = drive_transfer.fetch(context, drive, file)
    context.stage("storing")
    return {**materials.publish(context, fetched.file, fetched.path), "linked": fetched.linked}


def _look(context: Context, drive: Drive) -> DriveFile:
    order = context.job["drive"]
    if order is None:
        text = "there is no Google account to fetch it with"
        raise EngineError(Code.CREDENTIAL_NEEDS_CONSENT, text)
    file = drive.look(order)
    drive_file.check(file, context.job)
    return file


def _put_together(context: Context, fetched: Fetched) -> tuple[Path, Probe]:
    """What is whole and yet no whole video is damaged at its source: no use to fetch it again."""
    try:
        return finishing.put_together(context, [fetched.path])
    except EngineError as error:
        if error.code is Code.FILE_CORRUPT and fetched.file.is_verifiable:
            error.retryable = False
        raise


def _fetch_picture(context: Context, drive: Drive, file: DriveFile) -> bool:
    """To look at while the video comes; none is no failure."""
    raw = context.folder.temp / "picture"
    try:
        response = drive.picture(file)
        if response is None:
            return False
        with response:
            raw.write_bytes(response.raw.read(stills.MAX_PICTURE_BYTES))
    except Exception as error:
        if not context.is_spare(error):
            raise
        return False
    return stills.from_picture(raw, context.folder.thumbnail)
