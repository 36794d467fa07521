"""Which engine fetches: Google's own interface where there is an account for it, else yt-dlp."""

from downloads.engines import drive, ytdlp
from downloads.engines.base import EngineError, Job, Parent, Published, PublishedMaterial
from downloads.engines.codes import Code
from downloads.engines.context import Context, open_context

# An account that is kept out, most telling first. Whoever has the link may still be let in.
_KEPT_OUT = (
    Code.CREDENTIAL_MISSING_SCOPE,
    Code.SOURCE_PRIVATE,
    Code.SOURCE_LOGIN_REQUIRED,
    Code.SOURCE_NOT_FOUND,
)


def run(job: Job, emit: Parent) -> Published | PublishedMaterial:
    """
    :raises EngineError: whatever is not a mistake of ours
    """
    context = open_context(job, emit)
    try:
        return _run(context)
    except Exception as error:
        explained = error if isinstance(error, EngineError) else context.explain(error)
        context.folder.abandon(start_over=explained.start_over)
        if explained is error:
            raise
        raise explained from error


def _run(context: Context) -> Published | PublishedMaterial:
    if context.job["kind"] == "material":
        return drive.fetch_material(context)
    if context.job["drive"] is None:
        return ytdlp.run(context)
    try:
        return drive.fetch_video(context)
    except EngineError as error:
        if error.code not in _KEPT_OUT:
            raise
        refusal = error
    # Out here, or else the first failure would be taken for the cause of the second.
    return _run_without_account(context, refusal)


def _run_without_account(context: Context, refusal: EngineError) -> Published:
    try:
        return ytdlp.run(context)
    except Exception as error:
        second = context.explain(error)
        if second.code not in _KEPT_OUT:
            raise
        raise min(refusal, second, key=lambda one: _KEPT_OUT.index(one.code)) from error
