"""Published files that nothing refers to, rows that nobody has, and rows whose files are gone."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction

from core import storage
from core.database import read_clock
from core.errors import NotFound
from core.jobs.kind import Ended, Failure
from core.models import Status
from downloads.cleaning_reasons import Why
from downloads.models import Download
from downloads.models.download import id_of
from downloads.services.tally import Tally
from library import published
from library import selectors as library
from library.published import Orphan
from library.services import removing

# Between a file's being published and its being recorded lie seconds; a backup that is being
# put back may take a day.
GRACE = timedelta(days=1)

# The clock alone never empties a library, such as that of another database, or of an older one.
SUSPICIOUS_NUMBER = 20
SUSPICIOUS_SHARE = 0.5
TOO_MUCH = "cleaning.too_much"


def remove_orphans(tally: Tally) -> None:
    """Remove what nothing refers to; of rows whose file is missing or damaged only tell.

    :raises Ended: it is so much that a person should look before
    """
    _drop_unused_rows(tally)
    folders, orphans = _walk(tally)
    if not tally.dry_run and tally.by_clock and _is_suspicious(folders, orphans):
        for orphan in orphans:
            tally.note("file", Why.TOO_MUCH, title=orphan.key, size_bytes=orphan.size_bytes)
        detail = f"{len(orphans)} of {folders} published folders are in no row."
        raise Ended(Failure(TOO_MUCH, detail))
    for orphan in orphans:
        _drop(tally, orphan)
    _tell_missing(tally)


def _drop_unused_rows(tally: Tally) -> None:
    """A file whose last video or material went with its owner or its course."""
    for stored in library.unused_files():
        removed = not tally.dry_run and removing.remove_file(stored_id=stored.pk)
        if removed or tally.dry_run:
            tally.note(
                "file",
                Why.UNREFERENCED,
                id=stored.pk,
                title=stored.key,
                size_bytes=stored.size_bytes,
                removed=removed,
            )


def _walk(tally: Tally) -> tuple[int, list[Orphan]]:
    """How many folders are published, and what of them has been in no row for long."""
    folders = 0

    def seen() -> None:
        nonlocal folders
        folders += 1
        tally.go_on()

    limit = read_clock() - GRACE
    found = [orphan for orphan in published.orphans(seen) if orphan.changed_at < limit]
    return folders, found


def _is_suspicious(folders: int, orphans: list[Orphan]) -> bool:
    number = len({orphan.folder for orphan in orphans})
    return number > SUSPICIOUS_NUMBER and number > SUSPICIOUS_SHARE * folders


def _drop(tally: Tally, orphan: Orphan) -> None:
    removed = not tally.dry_run and _remove(orphan)
    if removed or tally.dry_run:
        tally.note(
            "file",
            Why.UNREFERENCED,
            title=orphan.key,
            size_bytes=orphan.size_bytes,
            removed=removed,
        )


@transaction.atomic
def _remove(orphan: Orphan) -> bool:
    """Unless it is recorded by now, or still may be: only the run that published it does that."""
    key = orphan.key
    if _is_being_recorded(orphan) or library.is_key_known(key) or key in library.known_keys(key):
        return False
    with suppress(NotFound):  # a link that leads out of the library
        storage.remove(key)
        return True
    return False


def _is_being_recorded(orphan: Orphan) -> bool:
    job, token = orphan.made_by
    number = id_of(job)
    if number is None:
        return False
    running = Download.objects.filter(id=number, status=Status.RUNNING, token=token)
    return running.select_for_update(no_key=True).first() is not None


def _tell_missing(tally: Tally) -> None:
    for file in library.all_files():
        size = published.size_on_disk(file)
        if size != file.size_bytes:
            reason = Why.MISSING if size is None else Why.DAMAGED
            tally.note("file", reason, id=file.pk, title=file.key, freed=False)
        else:
            tally.go_on()
