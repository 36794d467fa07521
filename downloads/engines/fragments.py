"""Streams in pieces (HLS, DASH) that go on exactly where a killed process stopped.

yt-dlp appends a piece and then notes its number, each in a step of its own. A process killed
between the two would append that piece twice, and one killed while the note is written would
begin again behind what is there. So the note also says how long the file was, is replaced in
one step, and the file is cut to that length before it is continued.
"""

import json
import os
from pathlib import Path
from typing import Any

from yt_dlp.downloader.fragment import FragmentFD

from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.failures import Stop

MAX_PIECE_BYTES = 256 << 20
_NOTE = ".ytdl"
_PARTIAL = ".part"
_READ = FragmentFD._read_fragment  # noqa: SLF001


def install() -> None:
    """Make every fragment downloader of this process write our note."""
    FragmentFD._write_ytdl_file = _write_note  # noqa: SLF001  there is no public way
    FragmentFD._read_fragment = _read_piece  # noqa: SLF001


def mend(target: Path) -> None:
    """Call before such a stream is continued into `target`."""
    partial = target.with_name(target.name + _PARTIAL)
    note = target.with_name(target.name + _NOTE)
    length = _noted_length(note)
    if length is None:
        partial.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
    elif partial.exists():
        os.truncate(partial, min(length, partial.stat().st_size))


def _write_note(downloader: FragmentFD, context: dict[str, Any]) -> None:
    stream = context.get("dest_stream")
    if stream is not None and stream.closed:  # another piece has failed for good
        return
    note = {
        "downloader": {
            "current_fragment": {"index": context["fragment_index"]},
            "extra_state": context.get("extra_state", {}),
            "fragment_count": context.get("fragment_count"),
        },
        "length": stream.tell() if stream else 0,
    }
    path = Path(downloader.ytdl_filename(context["filename"]))
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(note))
    draft.replace(path)


def _read_piece(downloader: FragmentFD, context: dict[str, Any]) -> bytes | None:
    """It may have come in several answers, each of them small enough."""
    name = context.get("fragment_filename_sanitized")
    if name and (path := Path(name)).exists() and path.stat().st_size > MAX_PIECE_BYTES:
        text = f"a piece of more than {MAX_PIECE_BYTES} bytes"
        raise Stop(EngineError(Code.LIMIT_SIZE, text, start_over=True))
    content: bytes | None = _READ(downloader, context)
    return content


def _noted_length(note: Path) -> int | None:
    try:
        return int(json.loads(note.read_text())["length"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
