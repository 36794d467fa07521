"""YouTube's pages and player answers, reduced to what the extractor reads."""

import json
from collections.abc import Sequence
from typing import Any

from sandbox.sites.youtube_faults import UNPLAYABLE
from sandbox.sites.youtube_video import Video

Json = dict[str, Any]

PLAYER_PATH = "/s/player/0123abcd/player_ias.vflset/en_US/base.js"
_VISITOR = "CgtzYW5kYm94MDAwMA%3D%3D"
_CLIENT_VERSION = "2.20260708.00.00"
_CONFIGURATION = {
    "INNERTUBE_API_KEY": "sandbox",
    "INNERTUBE_CONTEXT": {"client": {"clientName": "WEB", "clientVersion": _CLIENT_VERSION}},
    "INNERTUBE_CONTEXT_CLIENT_NAME": 1,
    "INNERTUBE_CLIENT_VERSION": _CLIENT_VERSION,
    "VISITOR_DATA": _VISITOR,
    "PLAYER_JS_URL": PLAYER_PATH,
}
_SUBTITLES = (("pt", "Português"), ("en", "English"))


def _text(text: str) -> Json:
    return {"simpleText": text}


def player(video: Video, client: str) -> Json:
    """What `/youtubei/v1/player` answers to this client, and what the watch page carries."""
    status = UNPLAYABLE.get(video.video_id, {"status": "OK", "playableInEmbed": True})
    answer: Json = {
        "responseContext": {"visitorData": _VISITOR},
        "playabilityStatus": status,
        "videoDetails": {"videoId": video.video_id},
    }
    if status["status"] != "ERROR":
        answer |= {"videoDetails": _details(video), "microformat": _microformat(video)}
    if status["status"] == "OK":
        answer |= {"captions": _captions(video), "streamingData": video.streaming(client)}
    return answer


def watch_page(video: Video) -> str:
    owner = {"title": {"runs": [{"text": video.teacher}]}}
    contents = [
        {"videoPrimaryInfoRenderer": {"dateText": _text("2 Jan 2026")}},
        {"videoSecondaryInfoRenderer": {"owner": {"videoOwnerRenderer": owner}}},
    ]
    results = {"results": {"results": {"contents": contents}}}
    return _page(
        ytInitialPlayerResponse=player(video, "WEB"),
        ytInitialData={"contents": {"twoColumnWatchNextResults": results}},
    )


def playlist_page(playlist_id: str, title: str, videos: Sequence[tuple[str, str, int]]) -> str:
    """A playlist of (video id, title, seconds)."""
    items = [
        {
            "playlistVideoRenderer": {
                "videoId": video_id,
                "title": {"runs": [{"text": video_title}]},
                "lengthSeconds": str(seconds),
                "isPlayable": True,
                "index": _text(str(number)),
            }
        }
        for number, (video_id, video_title, seconds) in enumerate(videos, 1)
    ]
    rows = {"playlistVideoListRenderer": {"playlistId": playlist_id, "contents": items}}
    sections = {"contents": [{"itemSectionRenderer": {"contents": [rows]}}]}
    tab = {"selected": True, "content": {"sectionListRenderer": sections}}
    header = {"playlistId": playlist_id, "title": _text(title)}
    return _page(
        ytInitialData={
            "responseContext": {},
            "header": {"playlistHeaderRenderer": header},
            "metadata": {"playlistMetadataRenderer": {"title": title}},
            "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}},
        }
    )


def channel_page(channel_id: str, name: str, videos: Sequence[tuple[str, str, int]]) -> str:
    """The tab of a channel with its videos (video id, title, age in days), newest first."""
    items = [
        {
            "richItemRenderer": {
                "content": {
                    "videoRenderer": {
                        "videoId": video_id,
                        "title": {"runs": [{"text": video_title}]},
                        "lengthText": _text("0:10"),
                        "publishedTimeText": _text(f"{days} days ago"),
                    }
                }
            }
        }
        for video_id, video_title, days in videos
    ]
    tab = {
        "selected": True,
        "title": "Videos",
        "endpoint": {
            "commandMetadata": {"webCommandMetadata": {"url": f"/channel/{channel_id}/videos"}}
        },
        "content": {"richGridRenderer": {"contents": items}},
    }
    described = {"title": name, "externalId": channel_id}
    return _page(
        ytInitialData={
            "responseContext": {},
            "metadata": {"channelMetadataRenderer": described},
            "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab}]}},
        }
    )


def _details(video: Video) -> Json:
    address = f"https://i.ytimg.com/vi/{video.video_id}/hqdefault.jpg"
    return {
        "videoId": video.video_id,
        "title": video.title,
        "lengthSeconds": str(video.clip.seconds),
        "channelId": "UC" + "a" * 22,
        "shortDescription": video.description,
        "author": video.teacher,
        "viewCount": "42",
        "isLiveContent": False,
        "isPrivate": False,
        "thumbnail": {"thumbnails": [{"url": address, "width": 480, "height": 360}]},
    }


def _microformat(video: Video) -> Json:
    return {
        "playerMicroformatRenderer": {
            "title": _text(video.title),
            "lengthSeconds": str(video.clip.seconds),
            "uploadDate": "2026-01-02T03:04:05-08:00",
            "category": "Education",
            "ownerProfileUrl": "http://www.youtube.com/@professora",
            "isFamilySafe": True,
        }
    }


def _captions(video: Video) -> Json:
    address = "https://www.youtube.com/api/timedtext"
    tracks = [
        {
            "baseUrl": f"{address}?v={video.video_id}&lang={language}",
            "languageCode": language,
            "vssId": f".{language}",
            "name": _text(name),
            "isTranslatable": False,
        }
        for language, name in _SUBTITLES
    ]
    return {"playerCaptionsTracklistRenderer": {"captionTracks": tracks}}


def _page(**variables: Json) -> str:
    scripts = [f"ytcfg.set({_literal(_CONFIGURATION)});"]
    scripts += [f"var {name} = {_literal(value)};" for name, value in variables.items()]
    body = "".join(f"<script>{text}</script>" for text in scripts)
    return f"<!doctype html><html><head></head><body>{body}</body></html>"


def _literal(value: Json) -> str:
    # A title may hold "</script>", which would end the element.
    return json.dumps(value).replace("</", r"<\/")
