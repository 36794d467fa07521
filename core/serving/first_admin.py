"""While nobody can sign in yet, whoever started the product may make the first admin."""

import sys
from getpass import getpass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.module_loading import import_string


def invite(origin: str, *, email: str) -> str:
    """A line with the one-time link, or "" when there are users already.

    With an e-mail and a terminal the password is asked for right here instead.
    """
    if get_user_model().objects.exists():
        return ""
    if email and sys.stdin.isatty():
        password = getpass(f"Password for {email}: ")
        import_string(settings.FIRST_ADMIN_SERVICE)(email=email, full_name="", password=password)
        return f"Sign in as {email}."
    path = import_string(settings.FIRST_ADMIN_LINK)(email)
    return f"Make the first admin here, within an hour: {origin}{path}"
