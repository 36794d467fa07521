"""One run of yt-dlp: look, fetch, put together, publish."""

from yt_dlp import YoutubeDL
from yt_dlp.utils import unified_timestamp

from downloads.engines import (
    extractors,
    fetching,
    finishing,
    fragments,
    looking,
    subtitles,
    trust,
)
from downloads.engines.base import Published
from downloads.engines.context import Context


def warm() -> None:
    """What every child would otherwise do for itself: modules loaded, expressions compiled."""
    page = "https://video.example/page"
    session = YoutubeDL({"quiet": True, "proxy": ""})
    for name in ("Youtube", "GoogleDrive", "HTML5MediaEmbed"):
        session.get_info_extractor(name)  # in place of the light one that only knows addresses
    for url in ("https://www.youtube.com/watch?v=aaaaaaaaaaa", page):
        for extractor in session._ies.values():  # noqa: SLF001  there is no public way
            extractor.suitable(url)
    generic = session.get_info_extractor("Generic")
    list(generic._extract_embeds(page, "<video src='/a.mp4'>"))  # noqa: SLF001
    unified_timestamp("Thu, 01 Jan 2026 00:00:00 GMT")  # tries fifty formats, each compiled
    session.close()
    extractors.warm()
    fragments.install()
    trust.install()


def run(context: Context) -> Published:
    info = looking.resolve(context)
    facts = looking.describe(context, info)
    context.emit({"event": "resolved", **facts})
    context.stage("downloading")
    info, parts = fetching.fetch(context, info)
    tracks = subtitles.fetch(context, info) if context.job["subtitles"] else []
    context.stage("merging")
    file, found = finishing.put_together(context, parts, announced_seconds=info.get("duration"))
    context.stage("storing")
    return finishing.publish(context, file, found, tracks, facts)
