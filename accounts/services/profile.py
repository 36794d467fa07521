"""What people change about themselves."""

from accounts.models import User


def change_profile(*, by: User, full_name: str, language: str) -> User:
    """`language` is empty where the browser's is wanted."""
    by.full_name = full_name.strip()
    by.language = language
    by.full_clean(validate_unique=False, validate_constraints=False)
    by.save(update_fields=["full_name", "language"])
    return by
