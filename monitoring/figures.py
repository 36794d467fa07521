"""Names of the figures that only grow, and how durations are told apart."""

from enum import StrEnum

# Seconds from the first start to the end: a clip to a whole day's recording.
BUCKETS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600)


class Figure(StrEnum):
    ENDED = "ended"  # label: status|source
    FAILED = "failed"  # label: code
    BYTES = "bytes"  # label: source
    DURATION = "duration"  # label: upper bound in seconds, or +Inf
    DURATION_SUM = "duration_sum"
