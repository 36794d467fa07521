"""The one way in which Django checks a password: counted, as at every other door."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from accounts.services import sign_in
from core import circumstances, client_address


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """Whoever asks for a password is answered here, and no backend after this one is asked.

    Django's own stands behind it for the sessions that were begun with it.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User:
        """
        :raises TooMany: the account is locked, or the address has to wait
        :raises PermissionDenied: the password is wrong
        """
        login = credentials.get("email") or credentials.get("username") or ""
        password = credentials.get("password") or ""
        how = circumstances.now()
        address = client_address.of_request(request) if request is not None else how.address
        try:
            return sign_in.check_password(login=login, password=password, address=address)
        except sign_in.Closed as refusal:
            self._stash_user(refusal.user)
            raise PermissionDenied from None
        except sign_in.WrongPassword:
            raise PermissionDenied from None
