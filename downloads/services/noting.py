"""What the log says of failed attempts, under the reference that their people are shown."""

import logging
from collections.abc import Iterable

from downloads.models import Download
from downloads.selectors.downloads import reference_of
from downloads.taxonomy import Who, kind_of

logger = logging.getLogger(__name__)


def note_failures(downloads: Iterable[Download], *, code: str) -> None:
    """One line for each that this failure has ended or put off; a warning where staff must act."""
    level = logging.WARNING if kind_of(code).who is Who.STAFF else logging.INFO
    for download in downloads:
        if download.error_code == code:
            logger.log(
                level, "%s failed: %s: %s", reference_of(download), code, download.error_detail
            )
