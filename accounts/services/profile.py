"""What people change about themselves."""

from django.db import transaction

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import audit


def change_profile(*, by: User, full_name: str, language: str) -> User:
    """`language` is empty where the browser's is wanted."""
    by.full_name = full_name.strip()
    by.language = language
    by.full_clean(validate_unique=False, validate_constraints=False)
    with transaction.atomic():
        by.save(update_fields=["full_name", "language"])
        fields = ["full_name", "language"]
        audit.record(Deed.USER_CHANGED, by=by, target=by, owner_id=by.pk, fields=fields)
    return by
