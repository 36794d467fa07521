"""The second step: the bytes, in one part or in two, going on where an earlier run stopped."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from downloads.engines import failures, fragments, looking, metadata, probe
from downloads.engines.base import EngineError
from downloads.engines.codes import Code
from downloads.engines.context import Context
from downloads.engines.metadata import Info
from downloads.engines.progress import Progress

_TRIES = 3
_SELECTION = ("format_id", "protocol", "ext", "filesize", "width", "height", "vcodec", "acodec")


def fetch(context: Context, info: Info) -> tuple[Info, list[Path]]:
    """The parts on disk, and what they were in the end fetched by.

    Two things are set right at once, without costing an attempt: addresses that grew old, by
    asking for new ones, and a partial file that is of no use, by starting over.
    """
    for tries_left in reversed(range(_TRIES)):
        context.folder.select(_selection(info))
        try:
            return info, _fetch_parts(context, info)
        except Exception as error:
            status = failures.status_of(error)
            if tries_left and status == HTTPStatus.FORBIDDEN:
                info = looking.resolve(context)
            elif tries_left and _is_useless_partial(context, error, status):
                context.folder.empty_temp()
            elif status == HTTPStatus.FORBIDDEN:
                # Its page was given, its media are not: hosts slow visitors down in this way.
                raise EngineError(Code.SOURCE_RATE_LIMITED, str(error)) from error
            else:
                raise
    raise AssertionError("the last try returns or raises")


def _fetch_parts(context: Context, info: Info) -> list[Path]:
    chosen = metadata.formats_of(info)
    progress = Progress(
        context.emit,
        expected=[metadata.expected_bytes(one) for one in chosen],
        max_bytes=context.job["max_bytes"],
    )
    parts = []
    with context.session.reporting(progress):
        for number, one in enumerate(chosen):
            progress.begin(number)
            parts.append(_fetch_part(context, {**info, **one}, f"part-{number}"))
    progress.end()
    return parts


def _fetch_part(context: Context, request: dict[str, Any], name: str) -> Path:
    target = context.folder.temp / name
    request.pop("requested_formats", None)
    if request["protocol"] not in ("http", "https"):
        fragments.mend(target)
        watch = context.session.in_pieces(_piece_bytes(context))
    else:
        watch = context.session.following(name)
    with watch:
        complete, _ = context.session.dl(str(target), request)
    if not complete:
        raise EngineError(Code.NETWORK_INTERRUPTED, "the download ended early")
    probe.identify(target)
    return target


def _piece_bytes(context: Context) -> int:
    return context.job["limits"].get("piece_bytes", fragments.MAX_PIECE_BYTES)


def _is_useless_partial(context: Context, error: Exception, status: int | None) -> bool:
    """It continues nothing: it is complete already, or the file changed at its source."""
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return True
    explained = context.explain(error)
    return explained.start_over and explained.code is Code.NETWORK_INTERRUPTED


def _selection(info: Info) -> str:
    chosen = [[one.get(name) for name in _SELECTION] for one in metadata.formats_of(info)]
    return json.dumps([info.get("extractor_key"), info.get("id"), chosen])
