"""What a running download does; stages only go forward within a run. Pure."""

from enum import StrEnum


class Stage(StrEnum):
    RESOLVING = "resolving"
    DOWNLOADING = "downloading"
    MERGING = "merging"
    STORING = "storing"
