"""What the API tells of subscriptions and of the videos they have found."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, TypedDict

from core.models import Status
from core.shapes import Moment, PageShape, moment, moment_or_none
from downloads.api.answers import DirectoriesAnswer, VideoMetadataAnswer
from downloads.models import Format, FoundVideo, Quality, Subscription, SubscriptionKind
from downloads.selectors import subscriptions as selectors
from downloads.selectors.subscriptions import FoundState, FoundStatus
from downloads.services import folders
from downloads.taxonomy import explain
from library.api.answers import media_path
from library.models import Source


class FoundByAnswer(StrEnum):
    CHECK = "check"
    USER = "user"


class TroubleAnswer(TypedDict):
    """Why a check or a download failed."""

    code: str
    message: Annotated[str, "What happened, in plain words."]
    advice: Annotated[str, "What to do about it."]
    retryable: Annotated[bool, "Whether trying again may help."]


class SubscriptionAnswer(TypedDict):
    """A source that is watched."""

    id: int
    monitoring_id: Annotated[int, "The same, as older clients call it."]
    name: str
    kind: SubscriptionKind
    url: str | None
    course_id: int | None
    course_google_id: str | None
    credential_id: Annotated[int | None, "The Google account that sees the course."]
    directory: Annotated[str, "Below the media root: links to its videos, by their titles."]
    enabled: bool
    interval: Annotated[int, "Seconds between two checks."]
    auto_download: bool
    quality: Quality
    format: Format
    audio_only: bool
    subtitles: bool
    title_filter: str
    longest_seconds: int | None
    since: Moment | None
    keep_last: int | None
    checking: Annotated[bool, "It is being looked at, or will be as soon as a worker is free."]
    last_checked_at: Moment | None
    next_check_at: Annotated[Moment | None, "Null while it is not watched."]
    failures: Annotated[int, "Checks that failed since the last good one; each waits longer."]
    error: Annotated[TroubleAnswer | None, "Why the last check failed."]
    found_videos: int
    new_videos: Annotated[int, "Not held, nor asked for, nor set aside, nor gone."]
    created_at: Moment


class SubscriptionList(PageShape):
    results: list[SubscriptionAnswer]


class FoundVideoAnswer(TypedDict):
    """A video that is known of, fetched or not; its state is that of its newest download.

    From `monitoring_id` on, the names of older clients.
    """

    id: int
    subscription_id: int | None
    url: str
    source: Source
    title: str
    channel: str | None
    channel_id: str | None
    duration_seconds: float | None
    published_at: Moment | None
    status: FoundStatus
    found_by: FoundByAnswer
    wanted: Annotated[bool, "The rule of its subscription took it."]
    found_at: Moment
    gone_at: Annotated[Moment | None, "Since when its source has it no longer."]
    removed_at: Annotated[Moment | None, "When it was set aside, or removed by keep-last."]
    course_video_id: int | None
    download_id: int | None
    video_id: Annotated[int | None, "The library's video."]
    error: TroubleAnswer | None
    monitoring_id: int | None
    created_by: Annotated[int, "The person in whose name it was found."]
    download_status: FoundStatus
    download_progress: float
    download_started_at: Moment | None
    download_completed_at: Moment | None
    project_path: str | None
    video_path: str | None
    source_path: str | None
    directories: DirectoriesAnswer
    metadata: VideoMetadataAnswer


class FoundVideoList(PageShape):
    results: list[FoundVideoAnswer]


def subscription_answers(found: Sequence[Subscription]) -> list[SubscriptionAnswer]:
    """With the figures of all of them, which takes the same few queries for any number."""
    counts, checking = selectors.counts_of(found), selectors.checked_now(found)
    return [_subscription(one, counts[one.pk], checking=one.pk in checking) for one in found]


def found_answers(found: Sequence[FoundVideo]) -> list[FoundVideoAnswer]:
    states = selectors.states_of(found)
    return [_found(one, states[one.pk]) for one in found]


def _subscription(
    one: Subscription, counts: selectors.Counts, *, checking: bool
) -> SubscriptionAnswer:
    return SubscriptionAnswer(
        id=one.pk,
        monitoring_id=one.pk,
        name=one.name,
        kind=SubscriptionKind(one.kind),
        url=one.url or None,
        course_id=one.course_id,
        course_google_id=one.course.google_id if one.course else None,
        credential_id=one.credential_id,
        directory=folders.directory_of(one),
        enabled=one.enabled,
        interval=one.interval_seconds,
        auto_download=one.auto_download,
        quality=Quality(one.quality),
        format=Format(one.format),
        audio_only=one.audio_only,
        subtitles=one.subtitles,
        title_filter=one.title_filter,
        longest_seconds=one.longest_seconds,
        since=moment_or_none(one.since),
        keep_last=one.keep_last,
        checking=checking,
        last_checked_at=moment_or_none(one.last_checked_at),
        next_check_at=moment(one.next_check_at) if one.enabled else None,
        failures=one.failures,
        error=_trouble(one),
        found_videos=counts.found,
        new_videos=counts.new,
        created_at=moment(one.created_at),
    )


def _found(one: FoundVideo, state: FoundState) -> FoundVideoAnswer:
    download, video = state.download, state.video
    directories = _directories(one, state)
    return FoundVideoAnswer(
        id=one.pk,
        subscription_id=one.subscription_id,
        url=one.url,
        source=Source(one.source),
        title=one.title,
        channel=one.channel or None,
        channel_id=one.channel_id or None,
        duration_seconds=one.duration_seconds,
        published_at=moment_or_none(one.published_at),
        status=state.status,
        found_by=FoundByAnswer(one.found_by),
        wanted=one.wanted,
        found_at=moment(one.found_at),
        gone_at=moment_or_none(one.gone_at),
        removed_at=moment_or_none(one.removed_at),
        course_video_id=one.course_video_id,
        download_id=download.pk if download else None,
        video_id=video.pk if video else None,
        error=_failure(state),
        monitoring_id=one.subscription_id,
        created_by=one.owner_id,
        download_status=state.status,
        download_progress=_progress(state),
        download_started_at=moment_or_none(download.started_at) if download else None,
        download_completed_at=_completed_at(state),
        project_path=directories["project"],
        video_path=directories["video"],
        source_path=directories["source"],
        directories=directories,
        metadata=VideoMetadataAnswer(
            title=one.title or (video.title if video else None),
            duration_seconds=video.duration_seconds if video else one.duration_seconds,
            format=video.container if video else None,
            source=Source(one.source),
        ),
    )


def _progress(state: FoundState) -> float:
    if state.status == FoundStatus.COMPLETED:
        return 100.0
    return state.download.progress_percent if state.download else 0.0


def _completed_at(state: FoundState) -> str | None:
    download = state.download
    if download is None or download.status != Status.COMPLETED:
        return None
    return moment_or_none(download.finished_at)


def _directories(one: FoundVideo, state: FoundState) -> DirectoriesAnswer:
    """Its subscription's directory, its link in there, and the file that this leads to."""
    project = folders.directory_of(one.subscription) if one.subscription else None
    if state.video is None:
        return DirectoriesAnswer(project=project, video=None, source=None)
    source = media_path(state.video)
    if one.subscription is None:
        return DirectoriesAnswer(project=source.rpartition("/")[0], video=source, source=source)
    link = f"{project}/{folders.name_of(one, state.video)}"
    return DirectoriesAnswer(project=project, video=link, source=source)


def _trouble(one: Subscription) -> TroubleAnswer | None:
    told = selectors.trouble(one)
    if told is None:
        return None
    return TroubleAnswer(
        code=one.error_code,
        message=str(told.message),
        advice=str(told.advice),
        retryable=told.retryable,
    )


def _failure(state: FoundState) -> TroubleAnswer | None:
    if state.status != FoundStatus.FAILED or state.download is None:
        return None
    told = explain(state.download.error_code)
    return TroubleAnswer(
        code=state.download.error_code,
        message=str(told.message),
        advice=str(told.advice),
        retryable=told.retryable,
    )
