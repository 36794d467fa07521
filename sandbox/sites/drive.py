"""Public files on Google Drive, as yt-dlp asks for them: transcodes, and the source file.

Words in the file id choose the answer: PRIVATE, MISSING, BIG (the page that warns of an unscanned
file, with its form), QUOTA (too many downloads: only the transcode is left). A file of the
school (`sandbox.google`) is private unless it is public there.
"""

from sandbox import catalogue
from sandbox.bodies import Body, FileBody
from sandbox.exchange import Exchange
from sandbox.google import Google
from sandbox.google.files import File
from sandbox.media import Clip, Media

HOSTS = (
    "drive.google.com",
    "accounts.google.com",
    "content-workspacevideo-pa.googleapis.com",
    "drive.usercontent.google.com",
    "lh3.googleusercontent.com",
    "*.drive.googlevideo.com",
)

_PLAYBACK = "/v1/drive/media/"
_DOWNLOAD = "https://drive.usercontent.google.com/download"
_SIGN_IN = "https://accounts.google.com/ServiceLogin?continue=x"
_QUOTA_PAGE = (
    '<html><p class="uc-error-caption">Google Drive - Quota exceeded</p>'
    '<p class="uc-error-subcaption">Sorry, you can&#39;t view or download this file at this time. '
    "Too many users have viewed or downloaded this file recently.</p></html>"
)


class Drive:
    """`media_seconds`: how long the transfer of a media file should take, to be watched."""

    def __init__(self, media: Media, google: Google, media_seconds: float = 0) -> None:
        self._media = media
        self._google = google
        self._media_seconds = media_seconds

    def answer(self, exchange: Exchange) -> None:
        file_id = exchange.query.get("id", "")
        if exchange.path.startswith(_PLAYBACK):
            self._playback(exchange, exchange.path.removeprefix(_PLAYBACK).partition("/")[0])
        elif exchange.host == "accounts.google.com":
            exchange.text("<html><title>Sign in - Google Accounts</title></html>")
        elif exchange.host == "lh3.googleusercontent.com":
            clip = self._clip(exchange.path.rpartition("/")[2])
            exchange.send(FileBody(clip.folder / "thumb.jpg"), "image/jpeg")
        elif exchange.path == "/videoplayback":
            self._send(exchange, file_id, {})
        elif exchange.path == "/download":
            self._download(exchange, file_id)
        else:
            exchange.not_found()

    def _playback(self, exchange: Exchange, file_id: str) -> None:
        if self._is_private(file_id):
            exchange.json({"error": {"code": 403, "status": "PERMISSION_DENIED"}}, 403)
        elif "MISSING" in file_id:
            exchange.json({"error": {"code": 404, "status": "NOT_FOUND"}}, 404)
        else:
            exchange.json(self._description(file_id))

    def _description(self, file_id: str) -> dict[str, object]:
        name, seconds = self._about(file_id)
        thumbnail = f"https://lh3.googleusercontent.com/drive-storage/{file_id}"
        media = "https://rr2---sn-sandbox.drive.googlevideo.com/videoplayback"
        transcode = {
            "itag": 18,
            "url": f"{media}?itag=18&id={file_id}",
            "transcodeMetadata": {
                "mimeType": "video/mp4",
                "width": 640,
                "height": 360,
                "videoCodecString": "avc1.42001E",
                "audioCodecString": "mp4a.40.2",
            },
        }
        streams = {"formatStreamingData": {"progressiveTranscodes": [transcode]}}
        return {
            "mediaMetadata": {"title": name, "duration": f"{seconds}s"},
            "thumbnails": [{"url": thumbnail, "mimeType": "image/jpeg"}],
            "mediaStreamingData": streams,
        }

    def _download(self, exchange: Exchange, file_id: str) -> None:
        if self._is_private(file_id):
            exchange.redirect(_SIGN_IN)
        elif "MISSING" in file_id:
            exchange.not_found()
        elif "QUOTA" in file_id or not self._may_be_fetched(file_id):
            exchange.text(_QUOTA_PAGE)
        elif "BIG" in file_id and "uuid" not in exchange.query:
            action = f"{_DOWNLOAD}?id={file_id}&amp;export=download&amp;confirm=t&amp;uuid=1"
            form = f'<form id="download-form" action="{action}" method="post"></form>'
            exchange.text(f"<html>{form}</html>")
        else:
            self._send(exchange, file_id, {"Content-Disposition": "attachment"})

    def _send(self, exchange: Exchange, file_id: str, headers: dict[str, str]) -> None:
        known = self._school_file(file_id)
        if known and known.content:
            body: Body = known.content
            kind = known.mime
        else:
            body, kind = FileBody(self._clip(file_id).muxed), "video/mp4"
        rate = body.size / self._media_seconds if self._media_seconds else None
        exchange.send(body, kind, rate=rate, headers=headers)

    def _about(self, file_id: str) -> tuple[str, int]:
        """Name and duration."""
        known, lesson = self._school_file(file_id), catalogue.by_drive_id(file_id)
        if known:
            film = known.fields.get("videoMediaMetadata", {})
            return str(known.fields["name"]), int(film.get("durationMillis", 10_000)) // 1000
        name = f"{lesson.title}.mp4" if lesson else "Aula gravada.mp4"
        return name, self._clip(file_id).seconds

    def _clip(self, file_id: str) -> Clip:
        lesson = catalogue.by_drive_id(file_id)
        return self._media.lesson_clip(lesson) if lesson else self._media.test_clip

    def _is_private(self, file_id: str) -> bool:
        known = self._school_file(file_id)
        if known is None:
            return "PRIVATE" in file_id
        return not known.public or known.is_trashed

    def _may_be_fetched(self, file_id: str) -> bool:
        """The player shows also what its owner does not let be downloaded."""
        known = self._school_file(file_id)
        return known is None or (known.can_download and not known.abusive)

    def _school_file(self, file_id: str) -> File | None:
        return self._google.files.get(file_id)
