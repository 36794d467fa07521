"""Downloads, batches and what limits them, as staff see them."""

from downloads.admin import (
    batches,
    cleaning,
    cookies,
    downloads,
    limits,
    listings,
    presets,
    subscriptions,
)

__all__ = [
    "batches",
    "cleaning",
    "cookies",
    "downloads",
    "limits",
    "listings",
    "presets",
    "subscriptions",
]
