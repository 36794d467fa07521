"""While nobody can sign in yet, whoever started the product may make the first admin."""

import sys
from getpass import getpass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.module_loading import import_string


def ask(email: str) -> None:
    """With an e-mail and a terminal: make the first admin, with a password typed right here."""
    if email and sys.stdin.isatty() and not get_user_model().objects.exists():
        password = getpass(f"Password for {email}: ")
        import_string(settings.FIRST_ADMIN_SERVICE)(email=email, full_name="", password=password)


def invite(origin: str, *, email: str) -> str:
    """A line with the one-time link, or "" when there are users already."""
    if get_user_model().objects.exists():
        return ""
    path = import_string(settings.FIRST_ADMIN_LINK)(email)
    return f"Make the first admin here, within an hour: {origin}{path}"
