"""The life of a download, as data. No Django, no I/O."""

from enum import StrEnum


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What a running download does; stages only go forward within a run."""

    RESOLVING = "resolving"
    DOWNLOADING = "downloading"
    MERGING = "merging"
    STORING = "storing"


MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.FAILED, State.CANCELLED}),
    State.RUNNING: frozenset({State.QUEUED, State.COMPLETED, State.FAILED, State.CANCELLED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
    State.COMPLETED: frozenset(),
}


def can_move(source: State, target: State) -> bool:
    return target in MOVES[source]


def sources_of(target: State) -> list[State]:
    """Every state from which a download may enter `target`."""
    return [state for state, moves in MOVES.items() if target in moves]
