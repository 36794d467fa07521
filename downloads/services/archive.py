"""A finished batch as one ZIP, made while it is sent: nothing is written, little is in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from zipstream import ZIP_STORED, ZipStream

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import audit
from core import storage
from core.errors import Conflict, NotFound
from courses.models import CourseFile
from downloads.models import BatchDownload, BatchItem
from downloads.selectors import batches
from library.filenames import disposition, safe_filename
from library.models import StoredFile


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: its name in there, and where its bytes lie if they do."""

    name: str
    path: Path | None


def zip_response(*, user: User, batch: BatchDownload) -> StreamingHttpResponse:
    """Everything of a batch that has come home, under the names of its course.

    The size is known beforehand, so a browser shows how far it is, and notices when it breaks off.

    :raises Conflict: nothing has come yet
    """
    found = list(entries(user=user, batch=batch))
    if not found:
        raise Conflict(_("Nothing of it has been downloaded yet."), code="nothing_finished")
    if user.seen_by or batch.owner_id != user.pk:
        audit.record(Deed.EXPORTED, by=user, target=batch, owner_id=batch.owner_id)
    archive = _archive(found, folder=_folder(batch.title))
    headers = {
        "Content-Type": "application/zip",
        "Content-Length": str(len(archive)),
        "Content-Disposition": disposition(f"{batch.title}.zip", attachment=True),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Accel-Buffering": "no",
    }
    return StreamingHttpResponse(iter(archive), headers=headers)


def entries(*, user: User, batch: BatchDownload) -> Iterator[Entry]:
    """Course, topic, then a number that keeps the order of the course and every name apart."""
    items = batches.finished_items(user=user, batch=batch)
    files = _files_of(batch, items)
    for item in items:
        stored, title, extension = _facts(item, files)
        if stored is not None:
            name = _fitting(f"{item.position:03} {title}", extension)
            yield Entry(str(PurePosixPath(*_folders(batch, item), name)), _path(stored))


def _facts(item: BatchItem, files: dict[int, CourseFile]) -> tuple[StoredFile | None, str, str]:
    """Its bytes, title and extension; none if what had come was deleted again."""
    video = item.download.video if item.download else None
    if video:
        return video.file, item.title or video.title, f".{video.container}"
    material = files.get(item.material_id or 0)
    if material:
        path = PurePosixPath(material.name)
        return material.file, path.stem, path.suffix
    return None, "", ""


def _files_of(batch: BatchDownload, items: QuerySet[BatchItem]) -> dict[int, CourseFile]:
    wanted = {item.material_id for item in items if item.material_id}
    if not wanted:
        return {}
    files = CourseFile.objects.filter(owner_id=batch.owner_id, material__in=wanted)
    return {file.material_id: file for file in files.select_related("file")}


def _folders(batch: BatchDownload, item: BatchItem) -> list[str]:
    hangs_on = item.video or item.material
    topic = hangs_on.coursework.topic if hangs_on else None
    return [_folder(batch.title), *([_folder(topic.name)] if topic else [])]


def _folder(title: str) -> str:
    """A title that ends like a file name is none here, so nothing is kept of its end."""
    return safe_filename(f"{title} ").rstrip() or _("Course")


def _fitting(title: str, extension: str) -> str:
    """A title that has the extension already does not get it twice."""
    if title.casefold().endswith(extension.casefold()):
        title = title[: len(title) - len(extension)]
    return safe_filename(title + extension)


def _path(stored: StoredFile) -> Path | None:
    try:
        path = storage.path_of(stored.key)
    except NotFound:
        return None
    return path if path.is_file() else None


def _archive(found: Iterable[Entry], *, folder: str) -> ZipStream:
    archive = ZipStream(compress_type=ZIP_STORED, sized=True)
    missing = []
    for entry in found:
        if entry.path is None:
            missing.append(entry.name)
        else:
            archive.add_path(entry.path, entry.name)
    if missing:
        archive.add(_letter(missing), f"{folder}/{_('README')}.txt")
    return archive


def _letter(missing: list[str]) -> bytes:
    """What Windows' editor reads as well: a byte order mark, and its line ends."""
    text = _("These files are missing from the storage. Download them again:")
    return ("\ufeff" + "\r\n".join([text, "", *missing, ""])).encode()
