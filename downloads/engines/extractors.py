"""Which of yt-dlp's 1,700 extractors look at a link.

A source with extractors of its own needs no others. It is a smaller surface, and a child that
never touches the others saves 50 ms and the memory that it would copy from the fork server.
"""

import functools
import re
from typing import Any

from yt_dlp.extractor import gen_extractor_classes

_NAMES = {
    "youtube": re.compile(r"youtube.*"),
    "drive": re.compile(r"googledrive.*"),
    "direct": re.compile(r"generic|html5"),
    "web": re.compile(r".*"),
}


@functools.cache
def of(source: str) -> tuple[Any, ...]:
    """Their classes, in the order in which they are asked."""
    wanted = _NAMES[source]
    return tuple(
        extractor
        for extractor in gen_extractor_classes()
        if extractor._ENABLED and wanted.fullmatch(extractor.IE_NAME.lower())  # noqa: SLF001
    )


def warm() -> None:
    for source in _NAMES:
        of(source)
