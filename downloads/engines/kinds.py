"""Whether a kind of file is among those that are allowed here."""

from downloads.engines import containers
from downloads.engines.base import EngineError, Job
from downloads.engines.codes import Code


def check(job: Job, container: str) -> None:
    """
    :raises EngineError: what would be kept, or is, is of a kind that is not allowed
    """
    allowed = job.get("extensions")
    if allowed and container not in allowed:
        text = f"{container} is not among the allowed kinds: {', '.join(allowed)}"
        raise EngineError(Code.SOURCE_UNSUPPORTED, text, start_over=True)


def check_announced(job: Job, extension: str) -> None:
    """Before a byte is fetched, of a file that would be kept as it comes.

    :raises EngineError: it is of a kind that is not allowed
    """
    as_it_comes = job["format"] == "auto" and not job["audio_only"]
    if as_it_comes and containers.is_kept(extension):
        check(job, extension)
