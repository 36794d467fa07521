"""What yt-dlp is told. Nothing in here comes from a user but choices out of closed lists."""

from typing import Any

from downloads.engines.base import Job

SOCKET_SECONDS = 20.0
RETRIES = 3
FRAGMENT_RETRIES = 5
LONGEST_RETRY_SLEEP = 30.0
FRAGMENTS_AT_ONCE = 4

_AUDIO_SORT = {
    "mp3": ["acodec:mp3", "ext:mp4:m4a"],
    "opus": ["acodec:opus"],
    "m4a": ["acodec:m4a", "ext:mp4:m4a"],
}
_MP4_SORT = ["vcodec:h264", "acodec:m4a", "ext:mp4:m4a"]


def build(job: Job, *, deno: str | None) -> dict[str, Any]:
    limits, network = job["limits"], job["network"]
    pause = limits.get("retry_seconds", 1.0)
    return {
        "quiet": True,
        "noprogress": True,
        "color": "no_color",
        "warn_when_outdated": False,
        "cachedir": False,
        "usenetrc": False,
        "enable_file_urls": False,
        "ignoreerrors": False,
        # The environment may name a proxy; only the operator's setting counts.
        "proxy": network["proxy"],
        "compat_opts": {"no-certifi"} if network["ca_file"] else set(),
        "js_runtimes": {"deno": {"path": deno}} if deno else {},
        # One video: a playlist is told from it by the second entry.
        "noplaylist": True,
        "extract_flat": "in_playlist",
        "playlist_items": "1:2",
        "format": _expression(job),
        "format_sort": _sort(job),
        # Whatever leads to a program with a network of its own would pass by the guard.
        "external_downloader": {"default": "native"},
        "hls_prefer_native": True,
        "concurrent_fragment_downloads": FRAGMENTS_AT_ONCE,
        # Left on, a missing fragment makes a shorter video and no error.
        "skip_unavailable_fragments": False,
        "continuedl": True,
        "overwrites": False,
        "updatetime": False,
        "socket_timeout": limits.get("socket_seconds", SOCKET_SECONDS),
        "retries": limits.get("retries", RETRIES),
        "fragment_retries": limits.get("retries", FRAGMENT_RETRIES),
        "extractor_retries": min(limits.get("retries", RETRIES), 2),
        "file_access_retries": 3,
        "retry_sleep_functions": dict.fromkeys(
            ("http", "fragment", "extractor", "file_access"),
            lambda n: min(pause * 2**n, LONGEST_RETRY_SLEEP),
        ),
    }


def for_listing(job: Job, *, most: int, deno: str | None) -> dict[str, Any]:
    """What a list holds, without a look at each of its videos."""
    return {
        **build(job, deno=deno),
        "noplaylist": False,
        "playlist_items": f"1:{most}",
        # Lists say "3 weeks ago", which is better than nothing.
        "extractor_args": {"youtubetab": {"approximate_date": [""]}},
    }


def _expression(job: Job) -> str:
    if job["expression"]:
        return job["expression"]
    if job["audio_only"]:
        return "ba/source/b" if job["source"] == "drive" else "ba/b"
    if job["source"] == "drive":
        return _drive_expression(job["quality"])
    return "bv*+ba/b"


def _drive_expression(quality: str) -> str:
    """The original says nothing of its height, so a wanted height is looked for before it."""
    if quality == "best":
        return "source/bv*+ba/b"
    if quality == "worst":
        return "bv*+ba/b"
    limit = f"[height<={quality.removesuffix('p')}]"
    return f"bv*{limit}+ba/b{limit}/source/b"


def _sort(job: Job) -> list[str]:
    """The first criterion decides; of what is larger than the wanted height the smallest."""
    wanted, quality = job["format"], job["quality"]
    if job["audio_only"]:
        preferred = _AUDIO_SORT.get(wanted, _AUDIO_SORT["m4a"])
        return [*preferred, "+abr"] if quality == "worst" else preferred
    height = {"best": "res", "worst": "+res"}.get(quality, f"res:{quality.removesuffix('p')}")
    smallest = ["+size", "+br"] if quality == "worst" else []
    if wanted == "webm":  # what is no WebM cannot become one, so this comes before the height
        return ["ext:webm:webm", height, *smallest]
    return [height, *_MP4_SORT, *smallest]
