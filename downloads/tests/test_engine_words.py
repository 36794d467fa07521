"""What sites, yt-dlp and the machine say in words, and the code that each comes to."""

# ruff: noqa: TID251  these are the errors that the engine has to tell apart

import pytest
from yt_dlp.utils import DownloadError

from downloads.engines import failures

SAID = {
    "source.private": [
        "[youtube] x: Private video. Sign in if you've been granted access to this video",
        "This video is private. If you own this video, please sign in",
        "[vimeo] 1: The creator of this video has set it to private",
        "You don't have permission to access this video",
        "This post is only visible to followers",
    ],
    "source.login_required": [
        "[youtube] x: Join this channel to get access to members-only content like this video",
        (
            "This video is available to this channel's members on level: A (or any higher "
            "level). Join this channel"
        ),
        "This video requires payment to watch",
        "[youtube] x: This video is only available to Music Premium members",
        "This video is only available for registered users. Use --cookies",
        (
            "[instagram] Requested content is not available, rate-limit reached or login "
            "required. Use --cookies"
        ),
        "[twitter] 1: NSFW tweet requires authentication. Use --cookies",
        "[vimeo] 1: This video is protected by a password, use the --video-password option",
        "Wrong video password",
        "You need to log in to watch this video",
        "[facebook] This video is only available for registered users",
        "The web client only works when logged-in. Use --cookies",
        "You have to be logged in to see this",
        "Account credentials are required",
        "This content is only available to subscribers",
    ],
    "source.age_restricted": [
        "Sign in to confirm your age. This video may be inappropriate for some users.",
        "This video is age restricted",
        "This video is age-restricted; some formats may be missing without authentication",
    ],
    "source.geo_blocked": [
        "The uploader has not made this video available in your country",
        "This video is not available from your location due to geo restriction",
        "This content is not available in your region",
        "Video unavailable. The uploader has not made this video available in your country",
        "This video is blocked in your country on copyright grounds",
    ],
    "source.removed": [
        "Video unavailable. This video has been removed by the uploader",
        "This video has been removed for violating YouTube's Terms of Service",
        (
            "Video unavailable. This video is no longer available because the YouTube "
            "account associated with this video has been terminated."
        ),
        "This video is no longer available due to a copyright claim by X",
        "This video has been deleted",
        "The video has expired",
        "This account has been suspended",
    ],
    "source.not_found": [
        "[youtube] x: Video unavailable",
        "[youtube] x: Video unavailable. This content isn't available.",
        "This video is unavailable",
        "This video isn't available anymore",
        "This video is not available",
        "This video does not exist",
        (
            "[generic] Unable to download webpage: HTTP Error 404: Not Found (caused by "
            "<HTTPError 404: Not Found>)"
        ),
    ],
    "source.rate_limited": [
        (
            "Video unavailable. This content isn't available, try again later. The current "
            "session has been rate-limited by YouTube for up to an hour."
        ),
        "Too many requests, slow down",
        "Unable to download API page: HTTP Error 429: Too Many Requests",
    ],
    "source.bot_check": [
        "Sign in to confirm you’re not a bot. Use --cookies-from-browser",
        "Sign in to confirm you're not a bot",
        (
            "[generic] Got HTTP Error 403 caused by Cloudflare anti-bot challenge; try again "
            "with --extractor-args"
        ),
        "Please solve the CAPTCHA",
        "Unusual traffic from your computer network",
    ],
    "source.unsupported": [
        "Premieres in 3 days",
        "This live event will begin in 2 hours.",
        "This live event has ended.",
        "The channel is not currently live",
        "[twitch] x is offline",
        "Unsupported URL: https://a.example",
        "No video formats found!",
        "There's no video in this tweet",
        "The playlist does not contain any video",
        "Requested format is not available",
        "This video is not supported",
    ],
    "source.not_downloadable": [
        "This video is DRM protected",
        "The requested site is known to use DRM protection. It will NOT be supported.",
        "The video owner has disabled downloads",
    ],
    "source.quota": [
        "Quota exceeded",
        (
            "Sorry, you can't view or download this file at this time. Too many users have "
            "viewed or downloaded this file recently."
        ),
    ],
    "network.timeout": [
        "[generic] Unable to download webpage: The read operation timed out",
        "HTTPSConnectionPool(host='a', port=443): Read timed out.",
        "HTTP Error 524: A timeout occurred",
    ],
    "network.unreachable": [
        "Unable to download webpage: <urlopen error [Errno 111] Connection refused>",
        "[Errno -3] Temporary failure in name resolution",
        "[Errno -2] Name or service not known",
        "[Errno 101] Network is unreachable",
        "[Errno 113] No route to host",
        "certificate verify failed: certificate has expired",
        "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version",
        "Unable to connect to proxy",
        "Tunnel connection failed: 407 Proxy Authentication Required",
        "HTTP Error 503: Service Unavailable",
        "HTTP Error 520: unknown",
    ],
    "network.interrupted": [
        "[Errno 104] Connection reset by peer",
        "Remote end closed connection without response",
        "IncompleteRead(10 bytes read, 20 more expected)",
        "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
        "fragment 3 not found, unable to continue",
        "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol",
        "HTTP Error 416: Requested range not satisfiable",
        "Conflicting range. (start=10 > end=5)",
    ],
    "source.not_a_video": [
        "Did not get any data blocks",
        "The downloaded file is empty",
    ],
    "disk.full": [
        "unable to write data: [Errno 28] No space left on device",
        "unable to write data: [Errno 122] Disk quota exceeded",
    ],
    "limit.size": [
        "unable to write data: [Errno 27] File too large",
        "File is larger than max-filesize (100 bytes > 50 bytes). Aborting.",
    ],
    "internal": [
        "unable to open for writing: [Errno 13] Permission denied: 'x'",
        "unable to open for writing: [Errno 30] Read-only file system: 'x'",
        "unable to create directory [Errno 36] File name too long",
        "unable to write data: [Errno 5] Input/output error",
        "[Errno 24] Too many open files",
        "ffmpeg not found. Please install or provide the path using --ffmpeg-location",
    ],
    "file.corrupt": [
        "Postprocessing: Conversion failed!",
        "Postprocessing: Error opening output files: Invalid data found when processing input",
    ],
}
CASES = [(code, text) for code, texts in SAID.items() for text in texts]


@pytest.mark.parametrize(("code", "text"), CASES, ids=[text[:60] for _, text in CASES])
def test_what_is_said_has_its_code(code: str, text: str):
    assert failures.classify(DownloadError(f"ERROR: {text}")).code == code


def test_a_pause_that_nobody_named_is_an_hour():
    assert failures.classify(DownloadError("Too many requests, slow down")).retry_after == 3600


def test_what_the_machine_says_is_not_the_sites_fault():
    found = failures.classify(DownloadError("unable to write data: [Errno 5] Input/output error"))

    assert (found.code, found.retryable, found.start_over) == ("internal", True, False)
