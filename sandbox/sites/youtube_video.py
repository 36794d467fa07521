"""One YouTube video as the site describes it: from a lesson, or from an id that is none."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sandbox import catalogue
from sandbox.media import Clip, Media

# What the enciphered addresses carry, and what the media host wants back (see PLAYER_JS).
_SIGNATURE = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF"
_THROTTLE = "ZYXWV98765"

# A player in the shape that yt-dlp's solver looks for, a function holding X.set("alr","yes"):
# the signature is reversed without its first character, n is reversed.
PLAYER_JS = """var _yt_player={};(function(g){var window=this;
var cfg={signatureTimestamp:20640};
class U{constructor(u){this.p={}} set(k,v){this.p[k]=v} get(k){return this.p[k]}
clone(){return this}
fix(){if(this.p.n)this.p.n=this.p.n.split("").reverse().join("")}}
function mk(u,sp,sig){var b=new U(u);b.set("alr","yes");if(sig){sig=decodeURIComponent(sig);
b.set(sp,encodeURIComponent(sig.split("").reverse().join("").slice(1)))}return b}
})(_yt_player);
"""

_ODD_TITLES = {
    "oddtitle000": 'Aula "de" teste: a/b\\c ção? <b>*</b> | \u202egnp.exe',
    "xsstitle000": "<img src=x onerror=alert(1)></script><script>alert(2)</script>",
}

_SD = {"width": 640, "height": 360, "fps": 15, "quality": "medium", "qualityLabel": "360p"}
_HD = {"width": 1280, "height": 720, "fps": 10, "quality": "hd720", "qualityLabel": "720p"}
_SOUND = {
    "audioQuality": "AUDIO_QUALITY_MEDIUM",
    "quality": "tiny",
    "audioSampleRate": "44100",
    "audioChannels": 1,
}


@dataclass(frozen=True)
class _Format:
    itag: int
    file: str
    mime: str
    facts: dict[str, Any]


_MUXED = _Format(18, "muxed.mp4", 'video/mp4; codecs="avc1.42001E, mp4a.40.2"', _SD)
_ADAPTIVE = (
    _Format(136, "video.mp4", 'video/mp4; codecs="avc1.4d401f"', _HD),
    _Format(243, "video.webm", 'video/webm; codecs="vp9"', _SD),
    _Format(140, "audio.m4a", 'audio/mp4; codecs="mp4a.40.2"', _SOUND),
    _Format(251, "audio.webm", 'audio/webm; codecs="opus"', _SOUND),
)
_FILES = {str(each.itag): each.file for each in (_MUXED, *_ADAPTIVE)}

Json = dict[str, Any]


@dataclass(frozen=True)
class Video:
    video_id: str
    title: str
    teacher: str
    description: str
    clip: Clip

    def file(self, itag: str) -> Path | None:
        return self.clip.file(_FILES[itag]) if itag in _FILES else None

    def streaming(self, client: str) -> Json:
        """TV players get every address enciphered, WEB only the muxed one, others plain ones."""
        muxed = [self._format(_MUXED, enciphered=client == "WEB" or client.startswith("TVHTML5"))]
        adaptive = [
            self._format(each, enciphered=client.startswith("TVHTML5"))
            for each in _ADAPTIVE
            if client != "WEB" and self.clip.file(each.file)
        ]
        return {"expiresInSeconds": "21540", "formats": muxed, "adaptiveFormats": adaptive}

    def _format(self, format: _Format, enciphered: bool) -> Json:
        length = (self.clip.folder / format.file).stat().st_size
        return {
            "itag": format.itag,
            "mimeType": format.mime,
            "bitrate": length * 8 // self.clip.seconds,
            "contentLength": str(length),
            "approxDurationMs": str(self.clip.seconds * 1000),
            **format.facts,
            **self._address(format.itag, enciphered),
        }

    def _address(self, itag: int, enciphered: bool) -> Json:
        query = {"expire": "9999999999", "id": self.video_id, "itag": itag}
        url = "https://rr1---sn-sandbox.googlevideo.com/videoplayback?"
        if not enciphered:
            return {"url": url + urlencode(query)}
        signed = url + urlencode({**query, "signed": "1", "n": _THROTTLE})
        return {"signatureCipher": urlencode({"s": _SIGNATURE, "sp": "sig", "url": signed})}


def is_well_signed(query: dict[str, str]) -> bool:
    """Whether a media address was plain, or its challenges were solved."""
    if "signed" not in query:
        return True
    return query.get("sig") == _SIGNATURE[::-1][1:] and query.get("n") == _THROTTLE[::-1]


def find(media: Media, video_id: str) -> Video:
    lesson = catalogue.by_video_id(video_id)
    if lesson is None:
        title = _ODD_TITLES.get(video_id, f"Aula de teste {video_id}")
        return Video(video_id, title, "Professora", "Uma aula.", media.test_clip)
    chapters = "\n".join(
        f"{start // 60}:{start % 60:02} {chapter}" for start, chapter in lesson.chapter_starts()
    )
    description = f"{lesson.description}\n\n{chapters}"
    clip = media.lesson_clip(lesson)
    return Video(video_id, lesson.title, lesson.teacher, description, clip)
