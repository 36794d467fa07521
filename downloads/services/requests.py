"""What is asked for, checked: the source it comes from, and what makes two requests the same."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Credential
from core import links
from core.children.addresses import looks_private
from core.errors import Invalid
from core.links import Recognised
from courses.models import CourseMaterial, CourseVideo
from downloads.models import Format, Quality, Subscription
from downloads.taxonomy import explain
from library.models import Source, Video

_LINK_PROBLEMS: dict[type[links.LinkError], StrOrPromise] = {
    links.LinkTooLong: _("The address is too long."),
    links.BadCharacters: _("The address has spaces or other characters that cannot be in it."),
    links.BadScheme: _("The address has to begin with https:// or http://."),
    links.MissingHost: _("The address names no site."),
    links.HasCredentials: _("The address may not hold a name or a password."),
}
_AUDIO_FORMATS = {Format.AUTO, Format.M4A, Format.MP3, Format.OPUS}
_VIDEO_FORMATS = {Format.AUTO, Format.MP4, Format.WEBM, Format.MKV}


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """A link, or a video or material of a course, and the wishes that go with it."""

    url: str = ""
    title: str = ""
    quality: str = Quality.BEST
    format: str = Format.AUTO
    audio_only: bool = False
    subtitles: bool = True
    priority: int = 0
    credential: Credential | None = None
    course_video: CourseVideo | None = None
    material: CourseMaterial | None = None
    subscription: Subscription | None = None
    expires_in_seconds: int | None = None
    known_bytes: int | None = None

    @property
    def sha256(self) -> str:
        """Of the bytes at the source, where that is known."""
        return self.course_video.sha256 if self.course_video else ""

    @property
    def size_bytes(self) -> int | None:
        """What it is expected to have, where a course or a look has told."""
        item = self.course_video or self.material
        return item.size_bytes if item else self.known_bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """A request that can be served. `fingerprint` is equal for two that would fetch the same."""

    request: QueueRequest
    found: Recognised
    fingerprint: str

    @property
    def title(self) -> str:
        """A video in Drive has a file's name; a material stays the file that it is."""
        if self.request.title:
            return self.request.title
        if video := self.request.course_video:
            return links.without_media_suffix(video.title)
        return self.request.material.title if self.request.material else ""


def plan(request: QueueRequest) -> Plan:
    """:raises Invalid: the address or the wishes cannot be served"""
    check_wishes(format=request.format, audio_only=request.audio_only)
    found = _found(request)
    _refuse_private(found.url_normalised)
    return Plan(request, found, _fingerprint(request, found))


def recognise(url: str) -> Recognised:
    """What a pasted link is.

    :raises Invalid: it is none, or leads to a private address
    """
    found = _recognised(url)
    _refuse_private(found.url_normalised)
    return found


def refuse_lists(plan: Plan) -> None:
    """:raises Invalid: there is not one video behind it, but a list to pick from"""
    if links.playlist_of(plan.found.url_normalised) is not None:
        message = _("This link leads to a list of videos. Look at the list and pick from it.")
        raise Invalid(message, code="is_a_list", errors={"url": [message]})


def serves(request: QueueRequest, video: Video) -> bool:
    """Whether a video that is held already is what this request would fetch."""
    if request.audio_only or request.format not in {Format.AUTO, video.container}:
        return False
    if request.quality in {Quality.BEST, Quality.WORST} or video.height is None:
        return True
    return video.height >= int(request.quality.removesuffix("p"))


def _found(request: QueueRequest) -> Recognised:
    """A course knows already what its videos are; a link is looked at."""
    if request.material:
        key = request.material.key
        url = request.material.url or f"https://drive.google.com/file/d/{key}/view"
        return Recognised(Source.DRIVE, key, _checked(url))
    if request.course_video:
        video = request.course_video
        return Recognised(video.source, video.source_key, _checked(video.url))
    return _recognised(request.url)


def _recognised(url: str) -> Recognised:
    try:
        return links.recognise(url)
    except links.LinkError as problem:
        raise _not_a_link(problem) from problem


def _checked(url: str) -> str:
    try:
        return links.split(url).geturl()
    except links.LinkError as problem:
        raise _not_a_link(problem) from problem


def _not_a_link(problem: links.LinkError) -> Invalid:
    message = _LINK_PROBLEMS.get(type(problem), _("This is not a web address."))
    return Invalid(message, code="invalid_url", errors={"url": [message]})


@lru_cache(maxsize=256)  # a course's videos have few hosts
def _looks_private(host: str, port: int, allowed: tuple[str, ...]) -> bool:
    return looks_private(host, port, allowed)


def _refuse_private(url: str) -> None:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if _looks_private(parts.hostname or "", port, tuple(settings.ALLOWED_PRIVATE_ENDPOINTS)):
        refusal = explain("network.blocked_address").message
        raise Invalid(refusal, code="network.blocked_address", errors={"url": [refusal]})


def check_wishes(*, format: str, audio_only: bool) -> None:
    """:raises Invalid: there is no such format of audio, or of video"""
    allowed = _AUDIO_FORMATS if audio_only else _VIDEO_FORMATS
    if format not in allowed:
        message = _("This format does not go with this choice of audio or video.")
        raise Invalid(message, errors={"format": [message]})


def _fingerprint(request: QueueRequest, found: Recognised) -> str:
    wishes = (request.quality, request.format, request.audio_only, request.subtitles)
    words = ["material"] if request.material else [*map(str, wishes)]
    return hashlib.sha256("\n".join([found.source_key, *words]).encode()).hexdigest()
