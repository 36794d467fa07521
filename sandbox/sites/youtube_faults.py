"""Video ids that do not play, and what YouTube answers for each, in its own words."""

from typing import Any

Playability = dict[str, Any]

# Ids that fail outside the player's answer
TOO_MANY_REQUESTS = "http429xxxx"
NO_SUBTITLES = "subs429xxxx"
FORBIDDEN_MEDIA = "forbid"  # what the id begins with
SLOW_MEDIA = "slow"  # what the id begins with


def _screen(reason: str, more: str) -> Playability:
    message = {"reason": {"simpleText": reason}, "subreason": {"simpleText": more}}
    return {"errorScreen": {"playerErrorMessageRenderer": message}}


def _answer(status: str, reason: str, more: str = "", **rest: Any) -> Playability:
    return {"status": status, "reason": reason, **(_screen(reason, more) if more else {}), **rest}


UNPLAYABLE: dict[str, Playability] = {
    "private0000": _answer(
        "LOGIN_REQUIRED",
        "Private video",
        "Sign in if you've been granted access to this video",
        messages=["This is a private video. Please sign in to verify that you may see it."],
    ),
    "removed0000": _answer(
        "ERROR", "Video unavailable", "This video has been removed by the uploader"
    ),
    "missing0000": _answer("ERROR", "Video unavailable"),
    "agegate0000": _answer(
        "LOGIN_REQUIRED",
        "Sign in to confirm your age",
        "This video may be inappropriate for some users.",
        desktopLegacyAgeGateReason=1,
    ),
    "geoblock000": _answer(
        "UNPLAYABLE",
        "Video unavailable",
        "The uploader has not made this video available in your country",
    ),
    "notabot0000": _answer(
        "LOGIN_REQUIRED",
        "Sign in to confirm you’re not a bot",
        "This helps protect our community. Learn more",
    ),
    "ratelimit00": _answer("UNPLAYABLE", "This content isn't available, try again later."),
    "members0000": _answer(
        "UNPLAYABLE",
        "Join this channel to get access to members-only content like this video, "
        "and other exclusive perks.",
    ),
    "premiere000": _answer("LIVE_STREAM_OFFLINE", "Premieres in 3 hours"),
}
