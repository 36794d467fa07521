"""YouTube, as far as yt-dlp asks of it for one video or a playlist.

Any video id of eleven characters plays; `catalogue` has the lessons, `youtube_faults` the ids that
fail. In the order of a download: the watch page, the player answer per client, the player script
with its challenges, the thumbnail, the subtitles, the media in ranges.
"""

import json

from sandbox import catalogue
from sandbox.bodies import FileBody
from sandbox.exchange import Exchange
from sandbox.media import Clip, Media
from sandbox.sites import youtube_answers, youtube_faults, youtube_video
from sandbox.sites.files import content_type

HOSTS = ("www.youtube.com", "youtube.com", "m.youtube.com", "i.ytimg.com", "*.googlevideo.com")

_SLOW_SECONDS = 20
_THUMBNAILS = ("maxresdefault", "hqdefault")
_PLAYLIST = (
    ("okvideo0001", "Aula 1", 10),
    ("private0000", "[Private video]", 10),
    ("okvideo0002", "Aula 2", 10),
)
CHANNEL_ID = "UC" + "a" * 22
_CHANNEL = (
    ("okvideo0003", "Aula 3", 1),
    ("okvideo0002", "Aula 2", 8),
    ("okvideo0001", "Aula 1", 15),
)


class YouTube:
    """`media_seconds`: how long the transfer of a media file should take, to be watched."""

    def __init__(self, media: Media, media_seconds: float = 0) -> None:
        self._media = media
        self._media_seconds = media_seconds

    def answer(self, exchange: Exchange) -> None:
        if exchange.host.endswith("googlevideo.com"):
            self._media_file(exchange)
        elif exchange.host == "i.ytimg.com":
            self._thumbnail(exchange)
        elif exchange.path == "/watch":
            self._watch(exchange)
        elif exchange.path == youtube_answers.PLAYER_PATH:
            exchange.text(youtube_video.PLAYER_JS, content_type="text/javascript")
        elif exchange.path == "/iframe_api":  # asked for the player when the watch page is refused
            address = f"https://www.youtube.com{youtube_answers.PLAYER_PATH}"
            exchange.text(f"var scriptUrl = '{address}';", content_type="text/javascript")
        elif exchange.path.startswith("/youtubei/v1/"):
            self._api(exchange)
        elif exchange.path == "/api/timedtext":
            self._subtitle(exchange)
        elif exchange.path == "/playlist" or exchange.path.endswith("/videos"):
            self._list(exchange)
        elif exchange.path.startswith("/embed/"):  # asked for videos with an age limit
            video = youtube_video.find(self._media, "embed000000")
            exchange.text(youtube_answers.watch_page(video))
        else:
            exchange.not_found()

    def _watch(self, exchange: Exchange) -> None:
        video_id = exchange.query["v"]
        if video_id == youtube_faults.TOO_MANY_REQUESTS:
            exchange.text("Too many requests", 429)
            return
        exchange.text(youtube_answers.watch_page(youtube_video.find(self._media, video_id)))

    def _api(self, exchange: Exchange) -> None:
        asked = json.loads(exchange.body)
        if asked.get("videoId") == youtube_faults.TOO_MANY_REQUESTS:
            error = {"code": 429, "message": "Exhausted", "status": "RESOURCE_EXHAUSTED"}
            exchange.json({"error": error}, 429)
        elif exchange.path.endswith("/player"):
            video = youtube_video.find(self._media, asked["videoId"])
            client = asked["context"]["client"]["clientName"]
            exchange.json(youtube_answers.player(video, client))
        else:
            exchange.json({})

    def _media_file(self, exchange: Exchange) -> None:
        video_id = exchange.query.get("id", "")
        if not youtube_video.is_well_signed(exchange.query):
            exchange.text("bad signature", 403)
            return
        if video_id.startswith(youtube_faults.FORBIDDEN_MEDIA):
            exchange.text("", 403)
            return
        file = youtube_video.find(self._media, video_id).file(exchange.query.get("itag", ""))
        if file is None:
            exchange.not_found()
            return
        slow = video_id.startswith(youtube_faults.SLOW_MEDIA)
        seconds = _SLOW_SECONDS if slow else self._media_seconds
        body = FileBody(file)
        rate = body.size / seconds if seconds else None
        exchange.send(body, content_type(file.name), rate=rate)

    def _thumbnail(self, exchange: Exchange) -> None:
        _, _, video_id, name = f"{exchange.path}//".split("/")[:4]
        stem, _, kind = name.partition(".")
        clip = self._clip(video_id)
        file = clip.file(f"thumb.{kind}") if stem in _THUMBNAILS else None
        if file is None:
            exchange.not_found()
        else:
            exchange.send(FileBody(file), content_type(file.name))

    def _subtitle(self, exchange: Exchange) -> None:
        video_id = exchange.query["v"]
        if video_id == youtube_faults.NO_SUBTITLES:
            exchange.text("Too many requests", 429)
            return
        file = self._clip(video_id).file(f"{exchange.query['lang']}.vtt")
        if file is None:
            exchange.not_found()
        else:
            exchange.send(FileBody(file), content_type(file.name))

    def _list(self, exchange: Exchange) -> None:
        if exchange.path.endswith("/videos"):
            exchange.text(youtube_answers.channel_page(CHANNEL_ID, "Professora Ana", _CHANNEL))
        else:
            self._playlist(exchange)

    def _playlist(self, exchange: Exchange) -> None:
        playlist_id = exchange.query["list"]
        if playlist_id == catalogue.DEMO_PLAYLIST:
            lessons = catalogue.lessons()
            videos = tuple((each.video_id, each.title, each.seconds) for each in lessons)
            page = youtube_answers.playlist_page(playlist_id, "Aulas do semestre", videos)
        else:
            page = youtube_answers.playlist_page(playlist_id, "Curso", _PLAYLIST)
        exchange.text(page)

    def _clip(self, video_id: str) -> Clip:
        return youtube_video.find(self._media, video_id).clip
