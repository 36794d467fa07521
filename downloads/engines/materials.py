"""A material's one file, published under a constant name."""

import re
from pathlib import Path

from downloads.engines import publishing
from downloads.engines.base import EngineError, PublishedMaterial
from downloads.engines.codes import Code
from downloads.engines.context import Context
from downloads.engines.drive_file import NAME_LENGTH, DriveFile

_ANY_TYPE = "application/octet-stream"
_LONGEST_TYPE = 100
# A browser would run what is in them, with the rights of whoever looks at it.
_ACTIVE = re.compile(r"[/+.-](?:x?html|xml|svg|(?:java|ecma|j|live)script|x-shockwave-flash)\b")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}\Z")
_SIGNATURES = {"application/pdf": b"%PDF-"}


def publish(context: Context, file: DriveFile, path: Path) -> PublishedMaterial:
    """
    :raises EngineError: Google exported something else than was asked for
    """
    name, content_type = _called(context, file)
    if file.is_native:
        _check_export(path, content_type)
    suffix = _SUFFIX.search(name.lower())
    folder = context.folder.publish
    placed = publishing.place(path, folder, f"file{suffix[0] if suffix else ''}")
    digest = publishing.sha256(placed, context.tick)
    publishing.settle(folder, context.tick)
    return {
        "folder": str(folder),
        "file": placed.name,
        "size_bytes": placed.stat().st_size,
        "sha256": digest,
        "content_type": content_type,
        "name": name,
    }


def safe_type(content_type: str) -> str:
    """Where it is of no use, or of too much, a plain file."""
    unfit = len(content_type) > _LONGEST_TYPE or _ACTIVE.search(content_type)
    return _ANY_TYPE if unfit else content_type


def _called(context: Context, file: DriveFile) -> tuple[str, str]:
    order = context.job["drive"]
    if not file.is_native or order is None:
        return file.name, safe_type(file.mime_type)
    extension = f".{order['export'].rpartition('/')[2]}"
    stem = file.name.removesuffix(extension)[: NAME_LENGTH - len(extension)]
    return f"{stem}{extension}", safe_type(order["export"])


def _check_export(path: Path, content_type: str) -> None:
    begins = _SIGNATURES.get(content_type, b"")
    with path.open("rb") as exported:
        if exported.read(len(begins)) != begins:
            text = f"what Google exported is no {content_type}"
            raise EngineError(Code.FILE_CORRUPT, text, start_over=True)
