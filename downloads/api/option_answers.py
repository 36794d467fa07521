"""What the API tells of presets, of looks at addresses and of cookies."""

from typing import Annotated, TypedDict

from core.models import Status
from core.shapes import Moment, PageShape, moment, moment_or_none
from downloads.api.answers import ErrorAnswer
from downloads.models import CookieJar, Format, Listing, Preset, Quality
from downloads.selectors.cookies import state_of
from downloads.selectors.listings import Found
from downloads.taxonomy import explain
from library.models import Source


class PresetAnswer(TypedDict):
    """Wishes that staff keep ready, to be named when something is downloaded."""

    id: int
    name: str
    description: str | None
    quality: Quality
    format: Format
    audio_only: bool
    subtitles: bool
    is_default: Annotated[bool, "Chosen at first in the pages' forms."]


class PresetList(TypedDict):
    results: list[PresetAnswer]
    total: int


class EntryAnswer(TypedDict):
    """One video of a list."""

    place: Annotated[int, "From 0; by it the video is picked."]
    url: str
    source: Source
    title: str | None
    channel: str | None
    channel_id: str | None
    duration_seconds: float | None
    published_at: Annotated[Moment | None, "Lists say it about right, to the day or the month."]
    estimated_size: int | None
    available: Annotated[bool, "False: the source says that it cannot be downloaded."]
    held: Annotated[bool, "Your library has it."]
    under_way: Annotated[bool, "A download of yours is fetching it."]


class ListingFacts(TypedDict):
    id: int
    status: Status
    url: str
    is_playlist: Annotated[bool | None, "Whether there may be several; null until it is known."]
    title: str | None
    channel: str | None
    total_videos: Annotated[int | None, "In the whole list, even where fewer are told."]
    error: ErrorAnswer | None
    created_at: Moment
    finished_at: Moment | None


class ListingAnswer(ListingFacts):
    """A look at an address. It is forgotten after a week."""

    entries: list[EntryAnswer]


class ListingList(PageShape):
    results: list[ListingFacts]


class CookiesAnswer(TypedDict):
    """Cookies of a site; what is in them is shown to nobody."""

    id: int
    site: str
    number: int
    enabled: bool
    state: Annotated[str, "`good`, `old`, `refused` by their site, `expired`, or `off`."]
    owner_id: int
    created_at: Moment
    expires_at: Annotated[Moment | None, "When the last of them is over."]
    last_used_at: Moment | None
    refused_at: Annotated[Moment | None, "When the site last wanted a new sign-in."]


class CookiesList(PageShape):
    results: list[CookiesAnswer]


def preset_answer(preset: Preset) -> PresetAnswer:
    return PresetAnswer(
        id=preset.pk,
        name=preset.name,
        description=preset.description or None,
        quality=Quality(preset.quality),
        format=Format(preset.format),
        audio_only=preset.audio_only,
        subtitles=preset.subtitles,
        is_default=preset.is_default,
    )


def listing_facts(listing: Listing) -> ListingFacts:
    done = listing.status == Status.COMPLETED
    return ListingFacts(
        id=listing.pk,
        status=Status(listing.status),
        url=listing.url,
        is_playlist=listing.is_playlist if done else None,
        title=listing.title or None,
        channel=listing.channel or None,
        total_videos=listing.total,
        error=_error(listing),
        created_at=moment(listing.created_at),
        finished_at=moment_or_none(listing.finished_at),
    )


def _error(listing: Listing) -> ErrorAnswer | None:
    if listing.status != Status.FAILED:
        return None
    told = explain(listing.error_code)
    return ErrorAnswer(
        code=listing.error_code,
        message=str(told.message),
        advice=str(told.advice),
        retryable=told.retryable,
        who=told.who,
        reference=f"l{listing.pk}-{listing.run}",
    )


def entry_answer(found: Found) -> EntryAnswer:
    entry = found.entry
    return EntryAnswer(
        place=found.place,
        url=entry["url"],
        source=Source(entry["source"]),
        title=entry["title"] or None,
        channel=entry["channel"] or None,
        channel_id=entry["channel_id"] or None,
        duration_seconds=entry["duration_seconds"],
        published_at=entry["published_at"],
        estimated_size=entry.get("estimated_bytes"),
        available=entry["available"],
        held=found.state == "held",
        under_way=found.state == "active",
    )


def cookies_answer(jar: CookieJar) -> CookiesAnswer:
    return CookiesAnswer(
        id=jar.pk,
        site=jar.site,
        number=jar.number,
        enabled=jar.enabled,
        state=state_of(jar),
        owner_id=jar.owner_id,
        created_at=moment(jar.created_at),
        expires_at=moment_or_none(jar.expires_at),
        last_used_at=moment_or_none(jar.last_used_at),
        refused_at=moment_or_none(jar.refused_at),
    )
