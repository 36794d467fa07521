"""Requests whose user is known to be signed in, so that types can say so."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import ApiKey, ApiSession, User


class SignedInRequest(HttpRequest):
    user: User


class ApiRequest(Request):
    """`auth` is the API key or the token's session it came with; a browser's session has none."""

    user: User
    auth: ApiKey | ApiSession | None
