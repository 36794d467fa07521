"""Reads of people."""

from accounts.models import User


def has_people() -> bool:
    """Whether anybody has an account; until then the site waits for its first admin."""
    return User.objects.exists()
