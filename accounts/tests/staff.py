"""Staff with few powers, for tests."""

from django.test import Client

from accounts.models import Role, User
from accounts.roles import Power
from accounts.services import people


def make_staff(username: str, *powers: Power) -> User:
    """Staff who are no superuser and have just these powers."""
    user = User(username=username, email=f"{username}@example.org", role=Role.ADMIN)
    people.grant(user, powers)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
