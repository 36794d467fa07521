"""What apps above show on the page of a course; they register it in AppConfig.ready()."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accounts.models import User
from courses.models import CourseVideo

VideoStates = Callable[[User, Sequence[CourseVideo]], Mapping[int, Any]]

_sources: list[VideoStates] = []


def register_video_states(source: VideoStates) -> None:
    """`source` tells what becomes of videos that are not held yet, by their numbers.

    Each state is shown by templates/downloads/_course_video_state.html.
    """
    if source not in _sources:
        _sources.append(source)


def video_states(user: User, videos: Sequence[CourseVideo]) -> dict[int, Any]:
    return {
        video_id: state for source in _sources for video_id, state in source(user, videos).items()
    }
