"""A plain web server: test media in every shape, pages with and without a video, unique files."""

import re
from urllib.parse import unquote

from sandbox.bodies import FileBody
from sandbox.exchange import Exchange
from sandbox.media import Media

HOST = "videos.example"

_TYPES = {
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".m4s": "video/iso.segment",
    ".webm": "video/webm",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".ts": "video/mp2t",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".vtt": "text/vtt; charset=utf-8",
}
_PAGES = {
    "/page.html": '<title>A page with a video</title><video src="muxed.mp4"></video>',
    "/empty.html": "<title>A page without a video</title><p>Nothing to play here.</p>",
}
_UNIQUE = re.compile(r"/(?:files/)?unique/(?P<seed>[\w-]+)/(?P<size>\d+)\.mp4(?P<hash>\.sha256)?")


def content_type(name: str) -> str:
    return _TYPES.get("." + name.rpartition(".")[2], "application/octet-stream")


class Files:
    """`/muxed.mp4`, `/hls/master.m3u8`, `/hls_aes/…`, `/dash/manifest.mpd`, `/page.html`, and

    `/unique/<seed>/<size>.mp4` (`….mp4.sha256` tells its hash), all with `?rate=`.
    """

    def __init__(self, media: Media) -> None:
        self._media = media

    def answer(self, exchange: Exchange) -> None:
        if page := _PAGES.get(exchange.path):
            exchange.text(f"<!doctype html><html><head></head><body>{page}</body></html>")
        elif unique := _UNIQUE.fullmatch(exchange.path):
            self._unique(exchange, unique)
        else:
            self._file(exchange)

    def _unique(self, exchange: Exchange, asked: re.Match[str]) -> None:
        try:
            file = self._media.unique(asked["seed"], int(asked["size"]))
        except ValueError as error:
            exchange.text(str(error), 404, "text/plain")
            return
        if asked["hash"]:
            exchange.text(file.sha256(), content_type="text/plain")
        else:
            exchange.send(file, "video/mp4", rate=exchange.asked_rate())

    def _file(self, exchange: Exchange) -> None:
        folder = self._media.test_clip.folder
        path = (folder / unquote(exchange.path).lstrip("/")).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            exchange.send(FileBody(path), content_type(path.name), rate=exchange.asked_rate())
        else:
            exchange.not_found()
