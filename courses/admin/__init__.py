"""The back office for courses: see everything, change nothing by hand, act through services."""

from courses.admin import content, course, sync

__all__ = ["content", "course", "sync"]
